"""Currency and bearer negotiable instruments."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from cen.goods_blocks.codes import ISO_4217
from cen.goods_blocks.description import Block, FieldKind, FieldSpec

BLOCK = Block(
    "currency",
    _("Currency"),
    ("CUR",),
    (
        FieldSpec("currency", _("Currency"), FieldKind.CODE, code_list=ISO_4217, needed="currency_missing"),
        FieldSpec("kind", _("Kind of means of payment"), FieldKind.CODE, code_list="currency_kind"),
        FieldSpec(
            "denominations",
            _("Denominations"),
            FieldKind.SEVERAL,
            longest=40,
            help=_("One a line, such as 100, or 250 x 100."),
        ),
        FieldSpec("declared", _("It was declared"), FieldKind.BOOLEAN),
        FieldSpec("declared_amount", _("Amount declared"), FieldKind.NUMBER),
        FieldSpec("counterfeit", _("Counterfeit"), FieldKind.BOOLEAN),
        FieldSpec(
            "serials",
            _("Serial numbers of notes"),
            FieldKind.SEVERAL,
            leaves=False,
            longest=60,
            help=_("One a line. They stay in your administration."),
        ),
    ),
)
