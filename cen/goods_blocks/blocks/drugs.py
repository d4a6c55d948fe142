"""Drugs: form and strength, names and numbers of the substance, and the logo that links consignments."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from cen.goods_blocks.description import Block, FieldKind, FieldSpec

BLOCK = Block(
    "drug",
    _("Drugs"),
    ("DRG",),
    (
        FieldSpec("form", _("Form"), FieldKind.CODE, code_list="goods_form", needed="form_missing"),
        FieldSpec(
            "purity",
            _("Purity in per cent"),
            FieldKind.NUMBER,
            most=Decimal(100),
            help=_("By laboratory or field test; 0 to 100."),
        ),
        FieldSpec(
            "unit_mass",
            _("Mass of one tablet or dose"),
            FieldKind.QUANTITY,
            units=("MGM", "GRM", "MC"),
            help=_("As weighed. Pieces are never turned into kilograms without it."),
        ),
        FieldSpec("inn", _("Substance (INN)"), FieldKind.TEXT, help=_("The international name, such as ketamine.")),
        FieldSpec("cas", _("CAS number"), FieldKind.TEXT, longest=20),
        FieldSpec("un_number", _("UN number"), FieldKind.TEXT, longest=10),
        FieldSpec(
            "logo",
            _("Logos or stamps on it"),
            FieldKind.SEVERAL,
            longest=80,
            help=_("One a line: what is pressed into tablets or blocks, or stands on the wrapping."),
        ),
        FieldSpec("laboratory", _("Confirmed by a laboratory"), FieldKind.BOOLEAN),
    ),
)
