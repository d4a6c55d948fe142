"""Rules about goods lines."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from cen.codelists import lists
from cen.rules.rule import Rule, Stage, rule
from cen.sheet import Sheet


@rule
class SomeGoods(Rule):
    code = "goods_missing"
    sentence = _("Add at least one line of goods with its category.")
    stage = Stage.SUBMIT

    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        if sheet.kind == "seizure" and not sheet.goods:
            yield "goods"


@rule
class CategoryGiven(Rule):
    code = "category_missing"
    sentence = _("Choose the category of these goods.")
    stage = Stage.DRAFT

    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        return [f"goods/{n}/category" for n, line in enumerate(sheet.goods) if not line.category]


@rule
class TypeOfCategory(Rule):
    code = "type_of_other_category"
    sentence = _("This type belongs to another category. Choose a type of the category given.")
    stage = Stage.DRAFT

    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        types = lists.entries("goods_type")
        for number, line in enumerate(sheet.goods):
            known = types.get(line.goods_type)
            if known is not None and known.parent != line.category:
                yield f"goods/{number}/goods_type"


@rule
class QuantityPositive(Rule):
    code = "quantity_not_positive"
    sentence = _("A quantity is greater than zero. Leave it empty and say why if it is not known.")
    stage = Stage.DRAFT

    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        for number, line in enumerate(sheet.goods):
            if line.quantity is not None and line.quantity <= 0:
                yield f"goods/{number}/quantity"


@rule
class QuantityOrReason(Rule):
    code = "quantity_missing"
    sentence = _("Give the quantity, or say why there is none.")
    stage = Stage.SUBMIT

    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        for number, line in enumerate(sheet.goods):
            if line.quantity is None and not line.unmeasured:
                yield f"goods/{number}/quantity"


@rule
class UnitWithQuantity(Rule):
    code = "unit_missing"
    sentence = _("Choose the unit of the quantity.")
    stage = Stage.DRAFT

    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        for number, line in enumerate(sheet.goods):
            if line.quantity is not None and not line.unit:
                yield f"goods/{number}/unit"


@rule
class HsCodeInDigits(Rule):
    code = "hs_code_unreadable"
    sentence = _("An HS code here has two, four or six digits and nothing else. Cut longer national codes.")
    stage = Stage.DRAFT

    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        for number, line in enumerate(sheet.goods):
            for name in ("hs_code", "declared_hs_code"):
                code = getattr(line, name)
                if code and not (code.isascii() and code.isdigit() and len(code) in {2, 4, 6}):
                    yield f"goods/{number}/{name}"


@rule
class UnitUsualForCategory(Rule):
    code = "unit_not_usual"
    sentence = _("Goods of this category are seldom measured in this unit. Look whether it is right.")
    stage = Stage.DRAFT
    severity = "warning"

    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        categories = lists.entries("category")
        for number, line in enumerate(sheet.goods):
            entry = categories.get(line.category)
            if entry and line.unit and line.unit not in str(entry.extra.get("units", "")).split():
                yield f"goods/{number}/unit"
