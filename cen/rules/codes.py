"""A code must be one of its list, in use on the day of the record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_lazy as _

from cen.goods_blocks import FieldKind, block_of
from cen.goods_blocks import codes as vocabulary
from cen.rules.rule import Rule, Stage, rule
from cen.sheet import Sheet

HEADER_LISTS = {
    "location_type": "location_type",
    "direction": "direction",
    "detection_trigger": "detection_trigger",
    "place_country": "country",
    "flow_kind": "flow_kind",
    "geo_precision": "geo_precision",
    "intelligence_source": "intelligence_source",
    "legal_status": "legal_status",
    "disposal": "disposal",
    "pap": "pap",
    "tlp": "tlp",
    "customs_procedure": "customs_procedure",
    "grading_source": "grading_source",
    "grading_information": "grading_information",
    "legal_basis": "legal_basis",
}
# Columns of several codes.
SEVERAL = {"detection_techniques": "detection_technique", "offences": "offence", "handling_codes": "handling_code"}
LINE_LISTS = {
    "goods": {
        "category": "category",
        "goods_type": "goods_type",
        "unit": "unit",
        "second_unit": "unit",
        "package_type": "package_type",
        "origin_country": "country",
        "currency": vocabulary.ISO_4217,
        "valuation_basis": "valuation_basis",
    },
    "legs": {"role": "route_role", "country": "country", "confidence": "confidence"},
    "conveyances": {
        "mode": "transport_mode",
        "conveyance_type": "conveyance_type",
        "registration_country": "country",
    },
    "concealments": {"place": "concealment_place", "method": "concealment_method"},
}


@rule
class CodeOfItsList(Rule):
    code = "code_unknown"
    sentence = _("This is not a code of the list, or it was not in use on that day. Choose one from the list.")
    stage = Stage.DRAFT

    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        return [pointer for pointer, name, value in _values(sheet) if not self._known(name, value, sheet)]

    @staticmethod
    def _known(name: str, value: str, sheet: Sheet) -> bool:
        return vocabulary.is_valid(name, value, sheet.seizure_date)


def _values(sheet: Sheet) -> Iterator[tuple[str, str, str]]:
    for column, name in HEADER_LISTS.items():
        if value := getattr(sheet, column):
            yield column, name, value
    for column, name in SEVERAL.items():
        for number, value in enumerate(getattr(sheet, column)):
            yield f"{column}/{number}", name, value
    for lines, columns in LINE_LISTS.items():
        for number, line in enumerate(getattr(sheet, lines)):
            for column, name in columns.items():
                if value := getattr(line, column):
                    yield f"{lines}/{number}/{column}", name, value
    yield from _values_of_blocks(sheet)


def _values_of_blocks(sheet: Sheet) -> Iterator[tuple[str, str, str]]:
    for number, line in enumerate(sheet.goods):
        block = block_of(line.category)
        for spec in block.fields if block else ():
            value, pointer = line.block.get(spec.name), f"goods/{number}/block/{spec.name}"
            if spec.kind is FieldKind.CODE and isinstance(value, str):
                yield pointer, spec.code_list, value
            elif spec.kind is FieldKind.SEVERAL and spec.code_list and isinstance(value, list):
                yield from ((f"{pointer}/{place}", spec.code_list, str(one)) for place, one in enumerate(value))
            elif spec.kind is FieldKind.QUANTITY and isinstance(value, dict):
                yield f"{pointer}/unit", "unit", str(value.get("unit", ""))
