"""Wildlife under CITES: species, specimen, source and permit."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from cen.goods_blocks.description import Block, FieldKind, FieldSpec

BLOCK = Block(
    "wildlife",
    _("Wildlife"),
    ("FLO", "FAU"),
    (
        FieldSpec(
            "species",
            _("Scientific name"),
            FieldKind.TEXT,
            needed="species_missing",
            help=_("Species such as Manis javanica; the genus alone where no more is known."),
        ),
        FieldSpec("common_name", _("Common name"), FieldKind.TEXT),
        FieldSpec("appendix", _("CITES Appendix"), FieldKind.CODE, code_list="cites_appendix"),
        FieldSpec("specimen", _("Specimen"), FieldKind.CODE, code_list="cites_term"),
        FieldSpec("source", _("Source"), FieldKind.CODE, code_list="cites_source"),
        FieldSpec("purpose", _("Purpose"), FieldKind.CODE, code_list="cites_purpose"),
        FieldSpec("live_count", _("Live animals or plants"), FieldKind.NUMBER, most=Decimal(10_000_000), whole=True),
        FieldSpec("dead_count", _("Of these found dead"), FieldKind.NUMBER, most=Decimal(10_000_000), whole=True),
        FieldSpec("permit_shown", _("A permit was shown"), FieldKind.BOOLEAN),
        FieldSpec(
            "permit_number",
            _("Number of the permit"),
            FieldKind.TEXT,
            needed="block_field_missing",
            needed_when=("permit_shown", True),
            leaves=False,
            help=_("It stays in your administration."),
        ),
        FieldSpec("permit_country", _("Permit issued by"), FieldKind.CODE, code_list="country"),
        FieldSpec("permit_valid_until", _("Permit valid until"), FieldKind.DATE),
    ),
)
