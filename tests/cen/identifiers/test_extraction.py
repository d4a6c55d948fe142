"""Identifiers in free text: what is found, what is left alone, and how long it takes."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cen.identifiers.extraction import LONGEST_TEXT, find_identifiers

ZONE = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"

FOUND = [
    ("Sealed container MSKU 907032-3, two pallets", "container", "MSKU9070323", "ok"),
    ("conteneur msku9070324 ouvert", "container", "MSKU9070324", "doubtful"),
    ("aboard M/V Invented, IMO 9074729,", "imo", "9074729", "ok"),
    ("IMO No. 8814274 per crew list", "imo", "8814274", "doubtful"),
    ("AWB 125-12345675", "awb", "12512345675", "ok"),
    ("LTA 12512345676 du vol", "awb", "12512345676", "doubtful"),
    ("sent as 020-45678916 from", "awb", "02045678916", "ok"),
    ("item RB 123 456 785 GB held", "s10", "RB123456785GB", "ok"),
    ("item EE473124828CN held", "s10", "EE473124828CN", "doubtful"),
    ("MRN 24DE123456789012A7", "mrn", "24DE123456789012A7", "ok"),
    ("phenethyl 103-81-1 declared", "cas", "103-81-1", "ok"),
    ("CAS no. 87-86-6", "cas", "87-86-6", "doubtful"),
    ("call +33 6 12 34 56 78 now", "phone", "+33612345678", "unchecked"),
    ("call (+44) 20 7946 0958", "phone", "+442079460958", "unchecked"),
    ("0049 170 1234567 was dialled", "phone", "+491701234567", "unchecked"),
    ("06.12.34.56.78", "phone", "0612345678", "unchecked"),
    ("(555) 123-4567", "phone", "5551234567", "unchecked"),
    ("móvil 612 345 678", "phone", "612345678", "unchecked"),
    ("هاتف ٠٦ ١٢ ٣٤ ٥٦ ٧٨", "phone", "0612345678", "unchecked"),
    ("wrote to a.person@example.org.", "email", "a.person@example.org", "unchecked"),
    ("a.person (at) example.org", "email", "a.person@example.org", "unchecked"),
    ("a.person@exam\u200bple.org", "email", "a.person@example.org", "unchecked"),
    ("IBAN GR16 0110 1050 0000 1054 7023 795", "iban", "GR1601101050000010547023795", "ok"),
    ("to GR1601101050000010547023795.", "iban", "GR1601101050000010547023795", "ok"),
    ("IBAN GR16 0110 1050 0000 1054 7023 796", "iban", "GR1601101050000010547023796", "doubtful"),
    (f"scan:\n{ZONE}\nend", "passport_mrz", ZONE.replace("\n", ""), "ok"),
    ("VIN 1M8GDM9AXKP042788", "vin", "1M8GDM9AXKP042788", "ok"),
    ("a van, WVWZZZ1JZXW000001, blue", "vin", "WVWZZZ1JZXW000001", "unchecked"),
    ("passport no. AB 1234567", "passport_number", "AB1234567", "unchecked"),
    ("DNI 12345678Z", "passport_number", "12345678Z", "unchecked"),
    ("cédula 1.234.567", "passport_number", "1234567", "unchecked"),
    ("passeport 12AB34567", "passport_number", "12AB34567", "unchecked"),
    ("IMEI 49-015420-323751-8", "imei", "490154203237518", "ok"),
    ("a car AB-123-CD left", "plate", "AB123CD", "unchecked"),
    ("a car B-MW 1234 left", "plate", "BMW1234", "unchecked"),
    ("turismo 1234 BCD", "plate", "1234BCD", "unchecked"),
    ("lorry 34 ABD 123", "plate", "34ABD123", "unchecked"),
    ("van LB12 XYZ", "plate", "LB12XYZ", "unchecked"),
    ("truck MH 12 AB 1234", "plate", "MH12AB1234", "unchecked"),
    ("car KBX 123A", "plate", "KBX123A", "unchecked"),
    ("placa ABC-123", "plate", "ABC123", "unchecked"),
    ("registration number xyz 987 was", "plate", "XYZ987", "unchecked"),
    ("immatriculé 4567 TU 89", "plate", "4567TU89", "unchecked"),
]


@pytest.mark.parametrize(("text", "kind", "normalised", "verdict"), FOUND)
def test_an_identifier_is_found_in_a_sentence(text: str, kind: str, normalised: str, verdict: str) -> None:
    (found,) = find_identifiers(text)
    assert (found.kind, found.normalised, found.verdict) == (kind, normalised, verdict)
    assert text[found.start : found.end] == found.raw


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Seized 1234567 cigarettes on 2019-10-5, value 1 200 000 EUR",
        "12.03.2011-14.03.2011 between 08:00 and 17:30",
        "HS 0507.10.00.90, HS code 0507100090",
        "reference FR-2024-000123",
        "JWH-018, AM-2201 and HFC-134a, AK-47, 9 x 19 mm, .308",
        "UN 1942, ISO 17712, Rec 19, CAN-H 12",
        "500 PCS 20 KGS 12 MAR 2019 1200 LTR 30 EUR 500",
        "+12 000 000 sticks",
        "serial 0123456789, lot 012345678",
    ],
)
def test_ordinary_figures_are_left_alone(text: str) -> None:
    assert find_identifiers(text) == []


def test_finds_come_in_order_and_do_not_overlap() -> None:
    text = " / ".join(sentence for sentence, *_rest in FOUND)
    found = find_identifiers(text)
    assert len(found) >= len(FOUND) - 2
    assert all(first.end <= second.start for first, second in pairwise(found))


def test_a_text_is_searched_to_its_limit_only() -> None:
    filler = "x " * (LONGEST_TEXT // 2)
    assert find_identifiers(filler + " MSKU9070323") == []
    assert find_identifiers(filler[:-40] + " MSKU9070323 ")[0].kind == "container"


WEARISOME = [
    "a",
    "0",
    "@",
    "<",
    " ",
    "-",
    "+",
    ".",
    "é",
    "AB12 ",
    "+1 ",
    "0 ",
    "a(at)",
    "a.",
    "1-",
    "tel 123456 ",
    "plate A ",
    "passport 12345 ",
    "MSKU 907 ",
    "12 AD 12 ",
    "0.1.",
    "﷽",
    "reg no no no ",
    "01-",
    "GR16 ",
    "a@a.",
    "00 1 ",
    "<<A",
    "(0",
    "tel tel ",
    "A1",
    "1A ",
]


@pytest.mark.parametrize("piece", WEARISOME)
def test_no_text_is_wearisome(piece: str) -> None:
    text = (piece * LONGEST_TEXT)[:LONGEST_TEXT]
    start = time.process_time()
    find_identifiers(text)
    assert time.process_time() - start < 5


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_can_be_searched(text: str) -> None:
    for found in find_identifiers(text):
        assert text[found.start : found.end] == found.raw
        assert found.raw


@settings(max_examples=100, deadline=None)
@given(before=st.text("abc xyz,.", max_size=30), after=st.text("abc xyz,.", max_size=30))
def test_a_container_is_found_wherever_it_stands(before: str, after: str) -> None:
    found = find_identifiers(f"{before} CSQU3054383 {after}")
    assert [one.normalised for one in found] == ["CSQU3054383"]
