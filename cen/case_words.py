"""The columns of a case as people read them: label, kind and code list, in the order of form and page.

Full form, record page, preview and comparison are made from these words, so that a column has one name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.utils import formats
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cen.goods_blocks import codes
from cen.identifiers.kinds import KINDS


class WordKind(StrEnum):
    TEXT = "text"
    LONG = "long"
    CODE = "code"
    CODES = "codes"
    INTEGER = "integer"
    DECIMAL = "decimal"
    QUANTITY = "quantity"
    DATE = "date"
    TIME = "time"
    BOOLEAN = "boolean"
    IDENTIFIER_KIND = "identifier_kind"


@dataclass(frozen=True, slots=True)
class Word:
    """One column. code_list: `iso4217` for currencies."""

    label: Any
    kind: WordKind = WordKind.TEXT
    code_list: str = ""
    help: Any = ""

    def text(self, value: Any) -> str:
        """The value as shown; '' where nothing is given."""
        if value is None or value == "" or value == []:
            return ""
        match self.kind:
            case WordKind.CODE:
                return codes.label(self.code_list, str(value))
            case WordKind.CODES:
                return ", ".join(codes.label(self.code_list, str(one)) for one in value)
            case WordKind.BOOLEAN:
                return gettext("Yes") if value else ""
            case WordKind.DATE:
                day = date.fromisoformat(value) if isinstance(value, str) else value
                return str(formats.date_format(day, "j M Y"))
            case WordKind.TIME:
                return value.strftime("%H:%M") if isinstance(value, time) else str(value)[:5]
            case WordKind.IDENTIFIER_KIND:
                return str(KINDS[value].label) if value in KINDS else str(value)
            case _:
                return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


K = WordKind
HEADER: dict[str, Word] = {
    "seizure_date": Word(_("Date of the seizure"), K.DATE),
    "date_precision": Word(
        _("The date is exact to the"),
        K.CODE,
        "date_precision",
        _("Where only month or year is known, choose any day in it."),
    ),
    "seizure_time": Word(_("Local time"), K.TIME),
    "time_zone": Word(_("Time zone"), help=_("Such as Africa/Accra.")),
    "location_type": Word(_("Kind of place"), K.CODE, "location_type"),
    "place_name": Word(_("Name of the place")),
    "locode": Word(_("UN/LOCODE"), help=_("Five characters, such as GHTEM.")),
    "place_country": Word(_("Country of the place"), K.CODE, "country"),
    "latitude": Word(_("Latitude"), K.DECIMAL, help=_("Degrees, south is negative: -4.0435")),
    "longitude": Word(_("Longitude"), K.DECIMAL, help=_("Degrees, west is negative: 39.6682")),
    "geo_precision": Word(_("The position is exact to the"), K.CODE, "geo_precision"),
    "direction": Word(_("Direction"), K.CODE, "direction"),
    "flow_kind": Word(_("Kind of traffic"), K.CODE, "flow_kind"),
    "customs_procedure": Word(_("Customs procedure"), K.CODE, "customs_procedure"),
    "detection_trigger": Word(_("Why it was selected"), K.CODE, "detection_trigger"),
    "detection_techniques": Word(_("How it was found"), K.CODES, "detection_technique"),
    "intelligence_source": Word(_("Source of the intelligence"), K.CODE, "intelligence_source"),
    "intelligence_administration": Word(
        _("Administration it came from"), help=_("Its code, such as NL. It stays in your administration.")
    ),
    "modus_operandi": Word(_("Modus operandi"), K.LONG),
    "narrative_public": Word(
        _("What happened"),
        K.LONG,
        help=_("No names, plates or numbers of documents: this text may leave your administration."),
    ),
    "offences": Word(_("Offences"), K.CODES, "offence"),
    "persons_count": Word(_("Persons involved"), K.INTEGER),
    "arrests_count": Word(_("Persons arrested"), K.INTEGER),
    "legal_status": Word(_("Legal status"), K.CODE, "legal_status"),
    "disposal": Word(_("What becomes of the goods"), K.CODE, "disposal"),
    "controlled_delivery": Word(_("Part of a controlled delivery"), K.BOOLEAN),
    "controlled_delivery_open": Word(
        _("The controlled delivery still runs"), K.BOOLEAN, help=_("While it runs, the record can't leave.")
    ),
    "tlp": Word(_("Handling (TLP)"), K.CODE, "tlp"),
    "pap": Word(_("Permissible actions (PAP)"), K.CODE, "pap"),
    "handling_codes": Word(_("Handling codes"), K.CODES, "handling_code"),
    "handling_note": Word(_("Note on handling"), help=_("It stays in your administration.")),
    "grading_source": Word(_("Grading of the source"), K.CODE, "grading_source"),
    "grading_information": Word(_("Grading of the information"), K.CODE, "grading_information"),
    "legal_basis": Word(_("Legal basis"), K.CODE, "legal_basis"),
    "review_on": Word(_("Look at it again on"), K.DATE),
    "evidence_use": Word(_("May be used as evidence"), K.BOOLEAN),
}
SECTIONS: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    (
        "when",
        _("When and where"),
        (
            *("seizure_date", "date_precision", "seizure_time", "time_zone", "location_type", "place_name", "locode"),
            *("place_country", "latitude", "longitude", "geo_precision"),
        ),
    ),
    (
        "control",
        _("Traffic and control"),
        (
            *("direction", "flow_kind", "customs_procedure", "detection_trigger", "detection_techniques"),
            *("intelligence_source", "intelligence_administration"),
        ),
    ),
    ("story", _("What happened"), ("narrative_public", "modus_operandi")),
    (
        "outcome",
        _("Persons and outcome"),
        (
            *("offences", "persons_count", "arrests_count", "legal_status", "disposal", "controlled_delivery"),
            "controlled_delivery_open",
        ),
    ),
    (
        "handling",
        _("Handling"),
        (
            *("tlp", "pap", "handling_codes", "handling_note", "grading_source", "grading_information", "legal_basis"),
            *("review_on", "evidence_use"),
        ),
    ),
)
GOODS: dict[str, Word] = {
    "category": Word(_("Category"), K.CODE, "category"),
    "goods_type": Word(_("Type"), K.CODE, "goods_type"),
    "quantity_text": Word(_("Quantity"), K.QUANTITY, help=_("As you would write it: 500 or 12.5")),
    "unit": Word(_("Unit"), K.CODE, "unit"),
    "unmeasured": Word(_("No quantity, because"), K.CODE, "missing_reason"),
    "second_quantity": Word(_("Second quantity"), K.DECIMAL, help=_("Such as pieces beside kilograms.")),
    "second_unit": Word(_("Unit of the second quantity"), K.CODE, "unit"),
    "description": Word(_("Description")),
    "brand": Word(_("Brand")),
    "hs_code": Word(_("HS code"), help=_("Two, four or six digits.")),
    "packages": Word(_("Number of packages"), K.INTEGER),
    "package_type": Word(_("Kind of packages"), K.CODE, "package_type"),
    "origin_country": Word(_("Country of origin or production"), K.CODE, "country"),
    "declared_description": Word(_("Declared as")),
    "declared_hs_code": Word(_("Declared HS code")),
    "declared_quantity_text": Word(_("Declared quantity")),
    "value": Word(_("Value"), K.DECIMAL),
    "currency": Word(_("Currency of the value"), K.CODE, codes.ISO_4217),
    "valuation_basis": Word(_("Kind of value"), K.CODE, "valuation_basis"),
    "duty_evaded": Word(_("Duties and taxes evaded"), K.DECIMAL, help=_("In the currency of the value.")),
    "remarks": Word(_("Remarks"), help=_("They stay in your administration.")),
}
LEGS: dict[str, Word] = {
    "role": Word(_("Role"), K.CODE, "route_role"),
    "country": Word(_("Country"), K.CODE, "country"),
    "place_name": Word(_("Place")),
    "locode": Word(_("UN/LOCODE")),
    "iata": Word(_("Airport (IATA)")),
    "on": Word(_("Date"), K.DATE),
    "confidence": Word(_("How sure"), K.CODE, "confidence"),
}
CONVEYANCES: dict[str, Word] = {
    "mode": Word(_("Mode"), K.CODE, "transport_mode"),
    "conveyance_type": Word(_("Kind"), K.CODE, "conveyance_type"),
    "carrier": Word(_("Carrier")),
    "vessel_name": Word(_("Name of the vessel")),
    "voyage": Word(_("Voyage, flight or train")),
    "registration_country": Word(_("Flag or country of registration"), K.CODE, "country"),
    "size_type": Word(_("Size or type of the container")),
    "private": Word(_("It belongs to a private person"), K.BOOLEAN, help=_("Then nothing of it leaves.")),
}
CONCEALMENTS: dict[str, Word] = {
    "place": Word(_("Where it was hidden"), K.CODE, "concealment_place"),
    "method": Word(_("How it was hidden"), K.CODE, "concealment_method"),
    "description": Word(_("Description"), K.LONG),
}
IDENTIFIERS: dict[str, Word] = {
    "kind": Word(_("Kind"), K.IDENTIFIER_KIND),
    "raw": Word(_("Number or name")),
}
REFERENCES: dict[str, Word] = {
    "system": Word(_("System"), help=_("Such as nCEN or CENcomm.")),
    "id": Word(_("Number there")),
}
PERSONS: dict[str, Word] = {
    "sex": Word(_("Sex"), K.CODE, "sex"),
    "age_band": Word(_("Age"), K.CODE, "age_band"),
    "nationality": Word(_("Nationality"), K.CODE, "country"),
    "role": Word(_("Role"), K.CODE, "person_role"),
    "count": Word(_("How many"), K.INTEGER),
}
LINES: dict[str, tuple[Any, dict[str, Word]]] = {
    "goods": (_("Goods"), GOODS),
    "legs": (_("Route"), LEGS),
    "conveyances": (_("Conveyance"), CONVEYANCES),
    "concealments": (_("Concealment"), CONCEALMENTS),
    "identifiers": (_("Identifier"), IDENTIFIERS),
    "external_refs": (_("Reference elsewhere"), REFERENCES),
    "persons_statistics": (_("Persons"), PERSONS),
}
# What may be said to be unknown, with the reason: columns, and roles of the route.
UNKNOWN: dict[str, Any] = {
    "seizure_date": _("Date of the seizure"),
    "location_type": _("Kind of place"),
    "direction": _("Direction"),
    "detection_trigger": _("Why it was selected"),
    "concealment": _("Concealment"),
    "conveyance": _("Conveyance"),
    "origin": _("Origin"),
    "departure": _("Departure"),
    "destination": _("Destination"),
}


def value_of(source: Any, name: str) -> Any:
    """A value of a sheet, one of its lines, or a released body."""
    return source.get(name) if isinstance(source, dict) else getattr(source, name, None)


def rows(words: dict[str, Word], source: Any, *, but: tuple[str, ...] = ()) -> Iterator[tuple[Any, str, str]]:
    """Label, text and name of every column that is filled."""
    for name, word in words.items():
        if name not in but and (text := word.text(value_of(source, name))):
            yield word.label, text, name
