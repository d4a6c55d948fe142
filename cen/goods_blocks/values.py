"""The values of a block: brought into their one shape, narrowed to what leaves, and shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import formats
from django.utils.translation import gettext

from cen.goods_blocks import codes
from cen.goods_blocks.description import FieldKind, FieldSpec
from cen.goods_blocks.registry import block_of
from cen.numbers import read_number

_YES = frozenset({"yes", "y", "true", "1"})
_NO = frozenset({"no", "n", "false", "0"})


def tidied(category: str, block: Any) -> dict[str, Any]:
    """The block in its one shape, whichever door it came through; what is empty falls out.

    What can't be brought into shape, or is no field of the category, stays as it is: the rules say so.
    """
    if not isinstance(block, Mapping):
        return {"?": str(block)[:100]} if block else {}
    known = block_of(category)
    tidy: dict[str, Any] = {}
    for name, value in block.items():
        spec = known.field(str(name)) if known else None
        shaped = _shaped(spec, value) if spec else value
        if not _is_empty(shaped):
            tidy[str(name)] = shaped
    return tidy


def decimal_text(value: Decimal) -> str:
    """Digits only, without exponent and trailing zeros: the shape of numbers in a block."""
    return format(value.normalize(), "f")


def leaving(category: str, block: Mapping[str, Any]) -> dict[str, Any]:
    """Those values that go with a release: an allow-list, field by field."""
    known = block_of(category)
    fields = known.fields if known else ()
    return {spec.name: block[spec.name] for spec in fields if spec.leaves and spec.name in block}


def texts(category: str, block: Mapping[str, Any]) -> dict[str, str]:
    """The free texts that would leave, by field: searched for leftovers before a release."""
    known = block_of(category)
    found = {}
    for spec in known.fields if known else ():
        if spec.leaves and not spec.code_list and spec.kind in {FieldKind.TEXT, FieldKind.SEVERAL}:
            value = block.get(spec.name)
            found[spec.name] = "; ".join(map(str, value)) if isinstance(value, list) else str(value or "")
    return found


def shown(category: str, block: Mapping[str, Any] | None) -> Iterator[tuple[Any, str, FieldSpec]]:
    """Label, text in the active language and description of each value, in the order of the form."""
    known = block_of(category)
    for spec in known.fields if known and block else ():
        if block and spec.name in block:
            yield spec.label, _text(spec, block[spec.name]), spec


def _shaped(spec: FieldSpec, value: Any) -> Any:
    match spec.kind:
        case FieldKind.NUMBER:
            return _number(value)
        case FieldKind.QUANTITY if isinstance(value, Mapping):
            amount = _number(value.get("value"))
            return {"value": amount, "unit": value.get("unit", "")} if not _is_empty(amount) else None
        case FieldKind.DATE:
            return value.isoformat() if isinstance(value, date) else _stripped(value)
        case FieldKind.BOOLEAN:
            word = value.strip().casefold() if isinstance(value, str) else value
            return True if word in _YES else False if word in _NO else word
        case FieldKind.SEVERAL if isinstance(value, list | tuple):
            return [one for one in map(_stripped, value) if one != ""]
        case FieldKind.SEVERAL if isinstance(value, str):
            return [one for one in (part.strip() for part in value.splitlines()) if one]
        case _:
            return _stripped(value)


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return value
    reading = read_number(str(value))
    return decimal_text(reading.value) if reading.value is not None else _stripped(value)


def _stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _is_empty(value: Any) -> bool:
    return value is None or value == "" or value == [] or value == {}


def _text(spec: FieldSpec, value: Any) -> str:
    match spec.kind:
        case FieldKind.BOOLEAN if isinstance(value, bool):
            return gettext("Yes") if value else gettext("No")
        case FieldKind.CODE:
            return codes.label(spec.code_list, str(value))
        case FieldKind.SEVERAL if isinstance(value, list):
            return ", ".join(codes.label(spec.code_list, str(one)) if spec.code_list else str(one) for one in value)
        case FieldKind.QUANTITY if isinstance(value, Mapping):
            return f"{value.get('value', '')} {codes.label('unit', str(value.get('unit', '')))}".strip()
        case FieldKind.DATE:
            return _day(str(value))
        case _:
            return str(value)


def _day(text: str) -> str:
    try:
        return str(formats.date_format(date.fromisoformat(text), "j M Y"))
    except ValueError:
        return text
