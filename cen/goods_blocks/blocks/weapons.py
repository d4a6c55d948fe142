"""Firearms and ammunition: what it is, how it is marked, in which state it was found."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from cen.goods_blocks.description import Block, FieldKind, FieldSpec

BLOCK = Block(
    "weapon",
    _("Weapons"),
    ("WEA",),
    (
        FieldSpec("kind", _("Kind of firearm"), FieldKind.CODE, code_list="firearm_kind"),
        FieldSpec("make", _("Make"), FieldKind.TEXT),
        FieldSpec("model", _("Model"), FieldKind.TEXT),
        FieldSpec("calibre", _("Calibre"), FieldKind.TEXT, longest=40, help=_("As marked, such as 9x19 mm.")),
        FieldSpec("production_country", _("Country of production"), FieldKind.CODE, code_list="country"),
        FieldSpec("production_year", _("Year of production"), FieldKind.NUMBER, most=Decimal(2200), whole=True),
        FieldSpec(
            "serials",
            _("Serial numbers"),
            FieldKind.SEVERAL,
            leaves=False,
            longest=60,
            help=_("One a line. They can lead to a person and stay in your administration."),
        ),
        FieldSpec("marking", _("State of the markings"), FieldKind.CODE, code_list="firearm_marking"),
        FieldSpec("import_mark", _("Import mark"), FieldKind.TEXT, longest=60),
        FieldSpec("status", _("Condition"), FieldKind.CODE, code_list="firearm_status"),
    ),
)
