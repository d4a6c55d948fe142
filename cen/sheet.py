"""A case as it is entered, whichever door it came through: form, import or API.

A sheet holds typed values under the names of the models' columns; the doors turn text into values and say in
findings what could not be read. Rules look at sheets only, so that every door gives the same codes and
sentences.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date, time
from decimal import Decimal
from typing import Any

from django.db.models import Model


@dataclass(slots=True)
class GoodsEntry:
    category: str = ""
    goods_type: str = ""
    description: str = ""
    brand: str = ""
    hs_code: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    quantity_text: str = ""
    unmeasured: str = ""
    second_quantity: Decimal | None = None
    second_unit: str = ""
    packages: int | None = None
    package_type: str = ""
    origin_country: str = ""
    declared_description: str = ""
    declared_hs_code: str = ""
    value: Decimal | None = None
    currency: str = ""
    valuation_basis: str = ""
    block: dict[str, Any] = field(default_factory=dict)
    remarks: str = ""
    declared_quantity_text: str = ""
    duty_evaded: Decimal | None = None


@dataclass(slots=True)
class LegEntry:
    role: str = ""
    country: str = ""
    place_name: str = ""
    locode: str = ""
    iata: str = ""
    on: date | None = None
    confidence: str = ""


@dataclass(slots=True)
class ConveyanceEntry:
    mode: str = ""
    conveyance_type: str = ""
    carrier: str = ""
    vessel_name: str = ""
    voyage: str = ""
    registration_country: str = ""
    size_type: str = ""
    private: bool = False


@dataclass(slots=True)
class ConcealmentEntry:
    place: str = ""
    method: str = ""
    description: str = ""


@dataclass(slots=True)
class IdentifierEntry:
    """A non-nominal identifier as typed; kinds that point to a person are refused by a rule."""

    kind: str = ""
    raw: str = ""


@dataclass(slots=True)
class MediaEntry:
    """An image of the case. It is uploaded to the case, not written with the sheet, which only tells of it."""

    kind: str = ""
    sha256: str = ""
    thumbnail_sha256: str = ""
    width: int = 0
    height: int = 0
    file_name: str = ""
    caption: str = ""
    shows: list[str] = field(default_factory=list)
    exceptional: bool = False
    shared: bool = False


@dataclass(slots=True)
class Sheet:
    """The header and its lines. `unknown` maps a field to the reason why it is empty; `confirmed` lists the
    codes of findings that the person looked at and kept."""

    kind: str = "seizure"
    form: str = "short"
    seizure_date: date | None = None
    seizure_time: time | None = None
    time_zone: str = ""
    date_precision: str = "day"
    location_type: str = ""
    place_name: str = ""
    locode: str = ""
    place_country: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    geo_precision: str = ""
    direction: str = ""
    customs_procedure: str = ""
    flow_kind: str = ""
    detection_trigger: str = ""
    detection_techniques: list[str] = field(default_factory=list)
    intelligence_source: str = ""
    modus_operandi: str = ""
    narrative_public: str = ""
    offences: list[str] = field(default_factory=list)
    persons_count: int | None = None
    arrests_count: int | None = None
    legal_status: str = ""
    disposal: str = ""
    controlled_delivery: bool = False
    controlled_delivery_open: bool = False
    grading_source: str = ""
    grading_information: str = ""
    tlp: str = "GREEN"
    pap: str = ""
    handling_codes: list[str] = field(default_factory=list)
    handling_note: str = ""
    legal_basis: str = ""
    review_on: date | None = None
    evidence_use: bool = False
    intelligence_administration: str = ""
    external_refs: list[dict[str, str]] = field(default_factory=list)
    persons_statistics: list[dict[str, Any]] = field(default_factory=list)
    unknown: dict[str, str] = field(default_factory=dict)
    confirmed: list[str] = field(default_factory=list)
    goods: list[GoodsEntry] = field(default_factory=list)
    legs: list[LegEntry] = field(default_factory=list)
    conveyances: list[ConveyanceEntry] = field(default_factory=list)
    concealments: list[ConcealmentEntry] = field(default_factory=list)
    identifiers: list[IdentifierEntry] = field(default_factory=list)
    media: list[MediaEntry] = field(default_factory=list)


# Lines of one kind in one case; more is a mistake or an attack.
MOST_LINES = 500
LINES = ("goods", "legs", "conveyances", "concealments", "identifiers", "media")


def header_names() -> list[str]:
    """The columns of the header, in the sheet's order."""
    return [one.name for one in fields(Sheet) if one.name not in LINES]


def header_of(sheet: Sheet) -> dict[str, Any]:
    """The header as column values."""
    return {name: getattr(sheet, name) for name in header_names()}


def entry_from[E](entry: type[E], row: Model) -> E:
    """A line read back from its row."""
    return entry(**{one.name: getattr(row, one.name) for one in fields(entry)})  # type: ignore[arg-type]


def columns_of(entry: Any) -> dict[str, Any]:
    """A line as column values."""
    return {one.name: getattr(entry, one.name) for one in fields(entry)}
