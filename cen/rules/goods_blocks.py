"""Rules about the block of a goods line, read from the block's description."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.refusals import Finding
from cen.goods_blocks import FieldKind, FieldSpec, block_of
from cen.goods_blocks.description import MOST_SEVERAL
from cen.rules.rule import Rule, Stage, rule
from cen.sheet import Sheet

_MOST = Decimal(10) ** 15


def _fields(sheet: Sheet) -> Iterator[tuple[str, FieldSpec, dict[str, Any]]]:
    for number, line in enumerate(sheet.goods):
        block = block_of(line.category)
        for spec in block.fields if block else ():
            yield f"goods/{number}/block/{spec.name}", spec, line.block


class NeededField(Rule):
    """A field whose description names this rule must be there when the record is sent on."""

    stage = Stage.SUBMIT

    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        for pointer, spec, block in _fields(sheet):
            if spec.needed == self.code and spec.is_needed(block) and spec.name not in block:
                yield pointer


@rule
class SpeciesOfWildlife(NeededField):
    code = "species_missing"
    sentence = _("Give the scientific name of the species, or of its genus.")


@rule
class FormOfDrugs(NeededField):
    code = "form_missing"
    sentence = _("Choose the form of the drugs: powder, tablet, liquid and so on.")


@rule
class CurrencyOfCash(NeededField):
    code = "currency_missing"
    sentence = _("Choose the currency of this amount.")


@rule
class OtherNeededField(NeededField):
    code = "block_field_missing"
    sentence = _("Fill in this field: these goods need it.")


@rule
class FieldOfItsCategory(Rule):
    code = "block_field_unknown"
    sentence = _("These goods have no field of this name. Take it out, or choose the category that has it.")
    stage = Stage.DRAFT

    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        for number, line in enumerate(sheet.goods):
            block = block_of(line.category)
            known = {spec.name for spec in block.fields} if block else set()
            yield from (f"goods/{number}/block/{name[:60]}" for name in line.block if name not in known)


@rule
class ValueFitsItsField(Rule):
    code = "block_value_unreadable"
    sentence = _("This does not fit the field: a number, date, text or list of another shape is expected.")
    stage = Stage.DRAFT

    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        return [finding.pointer for finding in self.findings(sheet)]

    def findings(self, sheet: Sheet) -> Iterator[Finding]:
        for pointer, spec, block in _fields(sheet):
            if spec.name in block and (wrong := _wrong(spec, block[spec.name])):
                yield Finding(self.code, str(wrong), pointer, self.severity)


def _wrong(spec: FieldSpec, value: Any) -> Any:
    """What to do about the value, or nothing where it fits."""
    match spec.kind:
        case FieldKind.NUMBER:
            return _wrong_number(spec, value)
        case FieldKind.QUANTITY:
            if not isinstance(value, dict) or set(value) != {"value", "unit"}:
                return _("Give a number and its unit.")
            if spec.units and value["unit"] not in spec.units:
                return _("Choose one of the units of this field.")
            return _wrong_number(spec, value["value"])
        case FieldKind.DATE:
            return None if _is_day(value) else _("Write the date as year, month and day, such as 2026-10-19.")
        case FieldKind.BOOLEAN:
            return None if isinstance(value, bool) else _("Answer yes or no, or leave it empty.")
        case FieldKind.SEVERAL:
            if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
                return _("Write one entry a line.")
            if len(value) > MOST_SEVERAL or any(len(one) > spec.longest for one in value):
                return _("The list or one of its entries is too long. Shorten it.")
            return None
        case _:
            if not isinstance(value, str):
                return _("Write a text.")
            return _("This text is too long. Shorten it.") if len(value) > spec.longest else None


def _wrong_number(spec: FieldSpec, value: Any) -> Any:
    try:
        number = Decimal(value) if isinstance(value, str) else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite():
        return _("Write a number in digits, such as 12.5.")
    most = spec.most if spec.most is not None else _MOST
    if not 0 <= number <= most:
        return _("This number is below zero or too large for the field. Check it.")
    if spec.whole and number != number.to_integral_value():
        return _("Write a whole number.")
    return None


def _is_day(value: Any) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value) is not None
    except ValueError:
        return False
