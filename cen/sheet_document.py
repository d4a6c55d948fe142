"""A sheet as a JSON document, both ways: what the API takes and gives for an own case.

The document has the sheet's members under the sheet's names. Dates and times are ISO 8601, quantities decimal
numbers in a string (a JSON number is taken too), a member that is left out keeps its empty value.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, time
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from django.utils.translation import gettext_lazy as _

from accounts.refusals import Finding, RulesBroken
from cen.sheet import MOST_LINES, Sheet

_EXPECTED = {
    str: _("Give a text."),
    bool: _("Give true or false."),
    int: _("Give a whole number."),
    Decimal: _("Give a number, such as 12.5; in a string it keeps every digit."),
    date: _("Give a date as 2026-10-19."),
    time: _("Give a time as 14:30."),
    list: _("Give a list."),
    dict: _("Give an object."),
}


@dataclass(frozen=True, slots=True)
class _Wrong(Exception):
    kind: type


def document_of(sheet: Sheet) -> dict[str, Any]:
    """The sheet as plain JSON values."""
    return {one.name: _plain(getattr(sheet, one.name)) for one in fields(Sheet)}


def sheet_of_document(document: Any) -> Sheet:
    """The sheet; raises RulesBroken with a finding for every member that is unknown or can't be read."""
    findings: list[Finding] = []
    sheet: Sheet = _entry(Sheet, document, "", findings)
    if findings:
        raise RulesBroken(findings)
    return sheet


@cache
def shape_of(entry: type) -> dict[str, Any]:
    """Members of an entry with their types."""
    return get_type_hints(entry)


def _entry(entry: type, document: Any, pointer: str, findings: list[Finding]) -> Any:
    if not isinstance(document, dict):
        findings.append(Finding("value_unreadable", str(_EXPECTED[dict]), pointer))
        return entry()
    shape, given = shape_of(entry), {}
    for name, value in document.items():
        place = f"{pointer}/{name[:60]}" if pointer else name[:60]
        if name not in shape:
            findings.append(Finding("member_unknown", str(_("There is no member of this name.")), place))
            continue
        given[name] = _value(shape[name], value, place, findings)
    return entry(**given)


def _value(expected: Any, value: Any, pointer: str, findings: list[Finding]) -> Any:
    try:
        if get_origin(expected) is list:
            return list(_lines(get_args(expected)[0], value, pointer, findings))
        if get_origin(expected) is dict:
            return _demand(dict, value)
        optional = isinstance(expected, types.UnionType)
        if optional and value is None:
            return None
        return _READ[get_args(expected)[0] if optional else expected](value)
    except _Wrong as wrong:
        findings.append(Finding("value_unreadable", str(_EXPECTED[wrong.kind]), pointer))
        return None


def _lines(expected: Any, value: Any, pointer: str, findings: list[Finding]) -> Iterator[Any]:
    lines = _demand(list, value)
    if len(lines) > MOST_LINES:
        findings.append(Finding("too_many_lines", str(_("These are too many lines for one case.")), pointer))
        return
    for number, line in enumerate(lines):
        place = f"{pointer}/{number}"
        if isinstance(expected, type) and is_dataclass(expected):
            yield _entry(expected, line, place, findings)
        else:
            yield _value(expected, line, place, findings)


def _demand(kind: type, value: Any) -> Any:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise _Wrong(kind)
    return value


def _decimal(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _Wrong(Decimal)
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise _Wrong(Decimal) from None
    if not number.is_finite() or len(str(value)) > 60:
        raise _Wrong(Decimal)
    return number


def _moment(kind: type[date] | type[time], value: Any) -> Any:
    try:
        return kind.fromisoformat(_demand(str, value))
    except (ValueError, _Wrong):
        raise _Wrong(kind) from None


_READ: dict[type, Any] = {
    str: lambda value: _demand(str, value),
    bool: lambda value: _demand(bool, value),
    int: lambda value: _demand(int, value),
    Decimal: _decimal,
    date: lambda value: _moment(date, value),
    time: lambda value: _moment(time, value),
}


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value.isoformat() if isinstance(value, date | time) else value
