"""Where a column can go: the fields of a sheet by the names that mappings use, and how each is read.

`seizure_date` … are fields of the header; `leg.ROLE.country`, `leg.ROLE.place_name`, `leg.ROLE.locode` a stop of
the route; `conveyance.…` and `concealment.…` the one of the row; `identifier.KIND` a number; `goods.…` the line,
with `goods.block.…` for the fields of the category's own block.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

from cen.identifiers.kinds import KINDS

type Read = Literal[
    "text", "code", "codes", "country", "date", "fiscal_month", "number", "coordinate", "integer", "yes"
]

ROLES = {
    "origin": _("Origin"),
    "production": _("Production"),
    "departure": _("Departure"),
    "transit": _("Transit"),
    "transhipment": _("Transhipment"),
    "destination": _("Destination"),
    "final_destination": _("Final destination"),
}


@dataclass(frozen=True, slots=True)
class Target:
    """One field: how its text is read, from which code list, how long it may be, and its label."""

    name: str
    label: Any
    read: Read = "text"
    code_list: str = ""
    longest: int = 0


def _targets() -> list[Target]:
    return [
        Target("seizure_date", _("Date of the seizure"), "date"),
        Target("location_type", _("Kind of place"), "code", "location_type"),
        Target("place_name", _("Name of the place"), longest=120),
        Target("locode", _("UN/LOCODE"), longest=5),
        Target("place_country", _("Country of the place"), "country"),
        Target("latitude", _("Latitude"), "coordinate"),
        Target("longitude", _("Longitude"), "coordinate"),
        Target("geo_precision", _("How exact the coordinates are"), "code", "geo_precision"),
        Target("direction", _("Direction"), "code", "direction"),
        Target("customs_procedure", _("Customs procedure"), "code", "customs_procedure"),
        Target("flow_kind", _("Kind of traffic"), "code", "flow_kind"),
        Target("detection_trigger", _("Why it was selected"), "code", "detection_trigger"),
        Target("detection_techniques", _("How it was found"), "codes", "detection_technique"),
        Target("intelligence_source", _("Source of intelligence"), "code", "intelligence_source"),
        Target("offences", _("Offences"), "codes", "offence"),
        Target("persons_count", _("Number of persons"), "integer"),
        Target("arrests_count", _("Number of arrests"), "integer"),
        Target("legal_status", _("Legal status"), "code", "legal_status"),
        Target("disposal", _("What becomes of the goods"), "code", "disposal"),
        Target("modus_operandi", _("How it was done"), longest=4000),
        Target("narrative_public", _("What happened"), longest=4000),
        *_route(),
        Target("conveyance.mode", _("Mode of transport"), "code", "transport_mode"),
        Target("conveyance.conveyance_type", _("Means of transport"), "code", "conveyance_type"),
        Target("conveyance.carrier", _("Carrier"), longest=120),
        Target("conveyance.vessel_name", _("Name of the vessel"), longest=120),
        Target("conveyance.voyage", _("Voyage"), longest=30),
        Target("conveyance.registration_country", _("Country of registration"), "country"),
        Target("concealment.place", _("Where it was hidden"), "code", "concealment_place"),
        Target("concealment.method", _("How it was hidden"), "code", "concealment_method"),
        Target("concealment.description", _("Concealment in words"), longest=2000),
        *(
            Target(f"identifier.{kind.code}", kind.label, longest=100)
            for kind in KINDS.values()
            if not kind.nominal and kind.code not in {"airport", "locode"}
        ),
        Target("goods.category", _("Category"), "code", "category"),
        Target("goods.goods_type", _("Type of goods"), "code", "goods_type"),
        Target("goods.description", _("Description of the goods"), longest=500),
        Target("goods.brand", _("Brand"), longest=120),
        Target("goods.hs_code", _("HS code"), longest=6),
        Target("goods.quantity", _("Quantity"), "number"),
        Target("goods.unit", _("Unit"), "code", "unit"),
        Target("goods.second_quantity", _("Second quantity"), "number"),
        Target("goods.second_unit", _("Unit of the second quantity"), "code", "unit"),
        Target("goods.packages", _("Number of packages"), "integer"),
        Target("goods.package_type", _("Kind of packages"), "code", "package_type"),
        Target("goods.origin_country", _("Origin of the goods"), "country"),
        Target("goods.declared_description", _("Declared as"), longest=500),
        Target("goods.declared_hs_code", _("Declared HS code"), longest=6),
        Target("goods.value", _("Value"), "number"),
        Target("goods.currency", _("Currency of the value"), longest=3),
        Target("goods.valuation_basis", _("What the value is"), "code", "valuation_basis"),
        Target("goods.block.form", _("Form of the drug"), "code", "goods_form"),
        Target("goods.block.species", _("Species (scientific name)"), longest=120),
        Target("goods.remarks", _("Remarks on the goods"), longest=1000),
    ]


def _route() -> list[Target]:
    parts: list[tuple[str, Any, Read, int]] = [
        ("country", _("%(role)s: country"), "country", 0),
        ("place_name", _("%(role)s: place"), "text", 120),
        ("locode", _("%(role)s: UN/LOCODE"), "text", 5),
    ]
    return [
        Target(f"leg.{role}.{part}", _Named(label, title), read, longest=longest)
        for role, title in ROLES.items()
        for part, label, read, longest in parts
    ]


@dataclass(frozen=True, slots=True)
class _Named:
    """A label that is put together only when it is shown, in the reader's language."""

    label: Any
    role: Any

    def __str__(self) -> str:
        return str(self.label) % {"role": self.role}


TARGETS: dict[str, Target] = {one.name: one for one in _targets()}
# Fields of a category's block that no list above names are kept as text.
BLOCK = "goods.block."
READS: tuple[Read, ...] = (
    "text",
    "code",
    "codes",
    "country",
    "date",
    "fiscal_month",
    "number",
    "coordinate",
    "integer",
    "yes",
)


def target_of(name: str) -> Target | None:
    """The target of this name; any field of a block is one."""
    if name not in TARGETS and name.startswith(BLOCK) and name.removeprefix(BLOCK).isidentifier():
        return Target(name, name.removeprefix(BLOCK), longest=200)
    return TARGETS.get(name)
