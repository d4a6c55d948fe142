"""The kinds of identifier that a case may carry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from cen.identifiers import (
    air,
    chemicals,
    contacts,
    containers,
    documents,
    people_documents,
    places,
    post,
    seals,
    trade_items,
    travel_documents,
    vessels,
)
from cen.identifiers.finding import Outcome, Sentence
from cen.identifiers.spelling import compact


def no_repair(number: str) -> tuple[str, ...]:
    """For kinds without a rule that could tell a better number."""
    return ()


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: its spelling, its rule, its repairs. ``nominal`` kinds point at a person."""

    code: str
    label: Sentence
    check: Callable[[str], Outcome]
    normalise: Callable[[str], str] = compact
    repair: Callable[[str], tuple[str, ...]] = no_repair
    nominal: bool = False


class UnknownKind(LookupError):
    """No kind has this code: a mistake of the caller, not of the person who typed the number."""


_KINDS = (
    Kind(
        "container",
        _("Container"),
        containers.check,
        containers.normalise,
        containers.repair,
    ),
    Kind(
        "imo",
        _("IMO ship number"),
        vessels.check_imo,
        vessels.normalise_imo,
        vessels.repair_imo,
    ),
    Kind("mmsi", _("MMSI"), vessels.check_mmsi, vessels.normalise_mmsi),
    Kind("awb", _("Air waybill"), air.check_awb, air.normalise_awb, air.repair_awb),
    Kind("hawb", _("House air waybill"), air.check_hawb),
    Kind("bl", _("Bill of lading"), documents.check_bl),
    Kind("flight", _("Flight"), air.check_flight, air.normalise_flight),
    Kind("aircraft_registration", _("Aircraft registration"), air.check_registration),
    Kind("icao24", _("Aircraft address (ICAO 24-bit)"), air.check_icao24),
    Kind("airport", _("Airport"), air.check_airport),
    Kind("locode", _("UN/LOCODE"), places.check_locode),
    Kind("seal", _("Seal"), seals.check),
    Kind(
        "mrn",
        _("Movement reference number"),
        documents.check_mrn,
        documents.normalise,
        documents.repair_mrn,
    ),
    Kind("ucr", _("Unique consignment reference"), documents.check_ucr),
    Kind("s10", _("Postal item"), post.check, post.normalise, post.repair),
    Kind(
        "sscc",
        _("Logistic unit (SSCC)"),
        trade_items.check_sscc,
        trade_items.normalise_sscc,
        trade_items.repair_sscc,
    ),
    Kind(
        "gtin",
        _("Article number (GTIN)"),
        trade_items.check_gtin,
        trade_items.normalise,
        trade_items.repair_gtin,
    ),
    Kind(
        "cas",
        _("CAS number"),
        chemicals.check_cas,
        chemicals.normalise_cas,
        chemicals.repair_cas,
    ),
    Kind(
        "un_number",
        _("UN number of dangerous goods"),
        chemicals.check_un,
        chemicals.normalise_un,
    ),
    Kind("inn", _("Substance name (INN)"), chemicals.check_inn, chemicals.normalise_inn),
    Kind("eori", _("EORI number"), documents.check_eori),
    Kind(
        "lei",
        _("Legal entity identifier"),
        documents.check_lei,
        documents.normalise,
        documents.repair_lei,
    ),
    Kind("vat", _("Tax number (VAT)"), documents.check_vat),
    Kind(
        "imei",
        _("IMEI of a mobile phone"),
        trade_items.check_imei,
        trade_items.normalise,
        trade_items.repair_imei,
        nominal=True,
    ),
    Kind(
        "vin",
        _("Vehicle identification number"),
        people_documents.check_vin,
        people_documents.normalise,
        people_documents.repair_vin,
        nominal=True,
    ),
    Kind("plate", _("Vehicle plate"), people_documents.check_plate, nominal=True),
    Kind(
        "passport_mrz",
        _("Machine-readable zone of a travel document"),
        travel_documents.check,
        travel_documents.normalise,
        nominal=True,
    ),
    Kind(
        "passport_number",
        _("Travel document number"),
        people_documents.check_passport_number,
        nominal=True,
    ),
    Kind(
        "iban",
        _("Bank account (IBAN)"),
        people_documents.check_iban,
        people_documents.normalise,
        people_documents.repair_iban,
        nominal=True,
    ),
    Kind(
        "phone",
        _("Telephone number"),
        contacts.check_phone,
        contacts.normalise_phone,
        nominal=True,
    ),
    Kind(
        "email",
        _("E-mail address"),
        contacts.check_email,
        contacts.normalise_email,
        nominal=True,
    ),
)

KINDS: dict[str, Kind] = {kind.code: kind for kind in _KINDS}
"""Every kind by its code."""

NOMINAL_KINDS = frozenset(kind.code for kind in _KINDS if kind.nominal)
"""Codes of the kinds that point at a person."""


def all_kinds() -> tuple[Kind, ...]:
    """Every kind, in the order in which people are offered them."""
    return _KINDS


def kind_of(code: str) -> Kind:
    """The kind with this code, or :class:`UnknownKind`."""
    try:
        return KINDS[code]
    except KeyError:
        raise UnknownKind(code) from None
