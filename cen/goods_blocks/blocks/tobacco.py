"""Tobacco: who made it, for which market, and what the fiscal marks say. The brand stands in the line itself."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from cen.goods_blocks.description import Block, FieldKind, FieldSpec

BLOCK = Block(
    "tobacco",
    _("Tobacco"),
    ("TOB",),
    (
        FieldSpec("logo", _("Logo or design"), FieldKind.TEXT),
        FieldSpec("manufacturer", _("Manufacturer on the pack"), FieldKind.TEXT),
        FieldSpec("production_country", _("Country of production"), FieldKind.CODE, code_list="country"),
        FieldSpec(
            "market_country",
            _("Intended market"),
            FieldKind.CODE,
            code_list="country",
            help=_("By health warning or language of the pack."),
        ),
        FieldSpec("fiscal_mark", _("Tax stamp"), FieldKind.CODE, code_list="fiscal_mark"),
        FieldSpec("sticks_in_pack", _("Cigarettes in a pack"), FieldKind.NUMBER, most=Decimal(1000), whole=True),
        FieldSpec(
            "pack_codes",
            _("Codes on packs or cases"),
            FieldKind.SEVERAL,
            leaves=False,
            longest=80,
            help=_("One a line: tracking and production codes. They stay in your administration."),
        ),
    ),
)
