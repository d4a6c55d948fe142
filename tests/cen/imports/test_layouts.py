"""What the shipped mappings make of their layouts, rule by rule."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from cen.imports.mapping import parse, shipped, shipped_names
from cen.imports.refused import MappingRefused
from cen.imports.targets import TARGETS
from cen.rules import Stage, check
from cen.sheet import Sheet
from tests.cen.imports.layouts import codes, ids, judged, pangolins, weapons

pytestmark = pytest.mark.django_db


def sheet_of(content: bytes, mapping: str) -> Sheet:
    (case,), _report = judged(content, mapping)
    assert case.sheet is not None, case.rows
    return case.sheet


def test_a_usual_row_becomes_a_complete_sheet() -> None:
    sheet = sheet_of(ids({}), "unodc-ids")
    assert (sheet.seizure_date, sheet.date_precision) == (date(2012, 3, 28), "day")
    assert (sheet.place_name, sheet.place_country, sheet.location_type, sheet.direction) == ("Tema", "GH", "SP", "IM")
    (line,) = sheet.goods
    assert (line.category, line.goods_type, line.quantity, line.unit) == ("DRG", "COC", Decimal("12.5"), "KGM")
    assert {leg.role: leg.country for leg in sheet.legs} == {"departure": "BR", "destination": "GH"}
    assert sheet.unknown["production"] == "SOURCE"
    assert sheet.conveyances[0].mode == "1"
    assert sheet.concealments[0].place == "BAGGAGE"
    assert check(sheet, Stage.SUBMIT) == []


@pytest.mark.parametrize(
    ("word", "mode", "counted"),
    [
        ("Unknown", "0", "0"),
        ("Commercial air", "4", "4"),
        ("River", "8", "8"),
        ("Pedestrian", "P", ""),
        ("Other", "", ""),
    ],
)
def test_unknown_transport_is_code_0_and_what_says_no_mode_counts_as_blank(word: str, mode: str, counted: str) -> None:
    (case,), report = judged(ids({"TRANSPORT": word}), "unodc-ids")
    assert case.sheet
    assert "".join(one.mode for one in case.sheet.conveyances) == mode
    assert report["rows_by_transport_mode_rec19"] == {counted: 1}


def test_any_other_unknown_is_empty_with_the_reason() -> None:
    sheet = sheet_of(
        ids({"DEPARTURE_COUNTRY": "Unknown", "DESTINATION_COUNTRY": "", "INSTALLATION": "Unknown"}), "unodc-ids"
    )
    assert sheet.legs == []
    assert {sheet.unknown[name] for name in ("departure", "location_type")} == {"SOURCE"}
    assert sheet.unknown["destination"] == "BLANK"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Swaziland", "SZ"),
        ("Libyan Arab Jamahiriya", "LY"),
        ("Iraq (Kurdistan Region)", "IQ"),
    ],
)
def test_old_names_of_countries_resolve(name: str, code: str) -> None:
    assert sheet_of(ids({"COUNTRY": name}), "unodc-ids").place_country == code


def test_a_country_that_was_divided_before_that_day_counts_in_the_totals_and_is_left_empty_in_the_draft() -> None:
    old = {"COUNTRY": "Netherlands Antilles", "SEIZURE_DATE": "2009-03-28"}
    (before, after), report = judged(ids(old, old | {"SEIZURE_DATE": "2012-03-28"}), "unodc-ids")
    assert before.sheet
    assert after.sheet
    assert (before.sheet.place_country, after.sheet.place_country) == ("AN", "")
    assert (codes(before), codes(after)) == (set(), {"code_unknown"})
    assert after.sheet.unknown["place_country"] == "UNRESOLVED"
    assert report["rows_by_country_iso2"] == {"AN": 2}


def test_a_country_that_can_not_be_resolved_is_reported_and_left_empty() -> None:
    (case,), _report = judged(ids({"DEPARTURE_COUNTRY": "Yugoslavia"}), "unodc-ids")
    assert case.sheet
    assert case.sheet.unknown["departure"] == "UNRESOLVED"
    (finding,) = case.rows[0].findings
    assert (finding.code, finding.column, finding.given) == ("country_dissolved", "DEPARTURE_COUNTRY", "Yugoslavia")


@pytest.mark.parametrize("day", ["2013-02-30", "2013-13-01", "31.06.2012"])
def test_an_impossible_date_refuses_its_row_at_its_cell(day: str) -> None:
    (bad, good), report = judged(ids({"SEIZURE_DATE": day}, {}), "unodc-ids")
    (finding,) = bad.rows[0].findings
    assert (finding.code, finding.column, finding.given) == ("date_impossible", "SEIZURE_DATE", day)
    assert bad.sheet is None
    assert good.sheet is not None
    assert (report["accepted"], report["refused"]) == (1, 1)


@pytest.mark.parametrize(("text", "precision"), [("2012-03", "month"), ("2012", "year"), ("2012-03-28", "day")])
def test_the_precision_of_a_date_is_kept(text: str, precision: str) -> None:
    assert sheet_of(ids({"SEIZURE_DATE": text}), "unodc-ids").date_precision == precision


@pytest.mark.parametrize(
    ("amount", "unit", "quantity", "code", "unmeasured"),
    [
        ("1.234", "Kilogram", Decimal("1.234"), None, ""),
        ("0.10699999999999998", "Gram", Decimal("0.107"), None, ""),
        ("Y", "Kilogram", None, "number_unmeasured", "not_measured"),
        ("", "Kilogram", None, None, "BLANK"),
        ("Unknown", "Kilogram", None, None, "SOURCE"),
        ("3", "Thousand of doses", Decimal(3000), "unit_multiplied", ""),
        ("5", "Hogshead", None, "unit_unknown", "UNRESOLVED"),
        ("5", "", None, "unit_blank", "UNRESOLVED"),
    ],
)
def test_quantities(amount: str, unit: str, quantity: Decimal | None, code: str | None, unmeasured: str) -> None:
    (case,), _report = judged(ids({"AMOUNT": amount, "DRUG_UNIT": unit}), "unodc-ids")
    assert case.sheet
    (line,) = case.sheet.goods
    assert (line.quantity, line.unmeasured) == (quantity, unmeasured)
    assert codes(case) == ({code} if code else set())
    assert amount in line.quantity_text


@pytest.mark.parametrize("amount", ["-5", "0.0", "1,2,3", "many kilos", "1e15"])
def test_what_can_not_be_a_quantity_refuses_its_row(amount: str) -> None:
    (case,), _report = judged(ids({"AMOUNT": amount}), "unodc-ids")
    assert case.sheet is None
    assert [finding.column for finding in case.rows[0].findings] == ["AMOUNT"]


def test_a_drug_nobody_knows_is_other_with_its_word_and_families_are_known_by_their_beginning() -> None:
    (odd, family, precursor), _report = judged(
        ids({"DRUG_NAME": "Exampline"}, {"DRUG_NAME": "JWH-9999"}, {"DRUG_NAME": "Acetic Anhydride"}), "unodc-ids"
    )
    assert odd.sheet
    assert (odd.sheet.goods[0].goods_type, odd.sheet.goods[0].description) == ("DRG-OTH", "Exampline")
    assert codes(odd) == {"word_other"}
    assert family.sheet
    assert family.sheet.goods[0].goods_type == "NPS-C"
    assert precursor.sheet
    assert (precursor.sheet.goods[0].category, precursor.sheet.goods[0].goods_type) == ("PRE", "AAH")


def test_an_exact_duplicate_waits_for_confirmation_whatever_its_row_number() -> None:
    content = ids({}, {"PLACE": "Accra"}, {})
    cases, report = judged(content, "unodc-ids")
    assert [case.rows[0].outcome for case in cases] == ["accepted", "accepted", "duplicate"]
    assert (report["cases"], report["exact_duplicates"], report["waiting"]) == (2, 1, 1)
    assert report["exact_duplicate_rows_ignoring_ROW"] == 1
    # The totals are those of the file.
    assert report["rows_by_country_iso2"] == {"GH": 3}
    kept, report = judged(content, "unodc-ids", keep_duplicates=True)
    assert [case.rows[0].outcome for case in kept] == ["accepted", "accepted", "warned"]
    assert report["cases"] == 3


def test_totals_are_those_of_the_source() -> None:
    _cases, report = judged(
        ids(
            {"AMOUNT": "500", "DRUG_UNIT": "Gram"},
            {"AMOUNT": "2", "DRUG_NAME": "Heroin", "SEIZURE_DATE": "2012-04-01", "DEPARTURE_COUNTRY": "Unknown"},
            {"AMOUNT": "30", "DRUG_UNIT": "Tablet", "HIDING_PLACE": ""},
        ),
        "unodc-ids",
    )
    assert report["kg_by_drug_name_top25"] == {"Heroin": 2.0, "Cocaine": 0.5}
    assert (report["total_kg"], report["rows_not_weight"]) == (2.5, 1)
    assert report["rows_by_month"] == {"2012-03": 2, "2012-04": 1}
    assert report["routes_top20"] == {"BR>GH": 2}
    assert report["rows_by_concealment"] == {"Baggage": 2, "": 1}
    assert (report["first_date"], report["last_date"]) == ("2012-03-28", "2012-04-01")


def test_rows_of_one_event_are_one_case_wherever_they_stand() -> None:
    cases, report = judged(
        weapons(
            {"Event ID": "7.0", "Month (abbv)": "OCT"},
            {"Event ID": "8.0", "Month (abbv)": "SEP", "Quantity Seized": "5.0"},
            {"Event ID": "7.0", "Month (abbv)": "OCT", "Category": "Ammunition", "Quantity Seized": "40.0"},
        ),
        "cbp-weapons",
    )
    (seven, eight) = cases
    assert seven.sheet
    assert eight.sheet
    assert (seven.reference, [row.row.number for row in seven.rows]) == ("7", [2, 4])
    assert [(line.goods_type, line.quantity) for line in seven.sheet.goods] == [
        ("WEA-HGN", Decimal(2)),
        ("WEA-AMM", Decimal(40)),
    ]
    # October belongs to the calendar year before its fiscal year.
    assert (seven.sheet.seizure_date, seven.sheet.date_precision) == (date(2022, 10, 1), "month")
    assert eight.sheet.seizure_date == date(2023, 9, 1)
    assert (report["rows"], report["cases"], report["distinct_events"]) == (3, 2, 2)
    assert (report["events_spanning_more_than_one_row"], report["total_quantity"]) == (1, 47.0)
    assert report["events_by_fy"] == {"2023": 2}


def test_an_event_with_a_bad_row_waits_as_a_whole() -> None:
    (case,), report = judged(weapons({}, {"Category": "Magazine", "Quantity Seized": "-1"}), "cbp-weapons")
    assert case.sheet is None
    assert codes(case) == {"event_waits", "number_negative"}
    assert report["refused"] == 2


def test_rows_of_an_event_that_disagree_are_told() -> None:
    (case,), _report = judged(weapons({}, {"Category": "Magazine", "Inbound/Outbound": "OUTBOUND"}), "cbp-weapons")
    assert case.sheet
    assert case.sheet.direction == "IM"
    (finding,) = case.rows[1].findings
    assert (finding.code, finding.column) == ("rows_disagree", "Inbound/Outbound")


def test_rows_without_an_event_are_cases_by_themselves() -> None:
    cases, report = judged(weapons({"Event ID": ""}, {"Event ID": "", "Category": "Scope"}), "cbp-weapons")
    assert len(cases) == 2
    assert (report["distinct_events"], report["blank_event_id_rows"]) == (0, 2)


def test_live_animals_carcasses_weight_and_scales_are_lines_of_their_own() -> None:
    lines = sheet_of(pangolins({"carcass_no": "3", "scales_kg": "12.5"}), "eia-pangolin").goods
    assert [(line.goods_type, line.quantity, line.unit) for line in lines] == [
        ("PAN-B", 7, "LIV"),
        ("PAN-B", 3, "H87"),
        ("PAN-S", Decimal("12.5"), "KGM"),
    ]
    (whole,) = sheet_of(pangolins({"live_no": "", "weight_kg": "90"}), "eia-pangolin").goods
    assert (whole.quantity, whole.unit, whole.second_quantity, whole.second_unit) == (
        Decimal(7),
        "H87",
        Decimal(90),
        "KGM",
    )
    (nothing,) = sheet_of(pangolins({"live_no": "", "whole_no": ""}), "eia-pangolin").goods
    assert (nothing.quantity, nothing.unmeasured) == (None, "BLANK")


def test_present_but_unmeasured_scales_and_luggage_as_a_mode() -> None:
    (case,), _report = judged(
        pangolins({"scales_kg": "Y", "live_no": "", "whole_no": "", "transit_type": "In luggage"}), "eia-pangolin"
    )
    assert case.sheet
    assert [(line.goods_type, line.unmeasured) for line in case.sheet.goods] == [("PAN-S", "not_measured")]
    assert case.sheet.conveyances == []
    assert (case.sheet.flow_kind, case.sheet.concealments[0].place) == ("PASSENGER", "BAGGAGE")
    assert codes(case) == {"number_unmeasured"}


def test_a_range_of_years_takes_the_day_away_and_a_report_is_no_seizure() -> None:
    (ranged, report_only), _report = judged(
        pangolins({"date": "2005-12-01", "year": "SPLIT 2005-2006"}, {"case": "T-2", "type": "Report"}), "eia-pangolin"
    )
    assert ranged.sheet
    assert (ranged.sheet.seizure_date, ranged.sheet.date_precision) == (date(2005, 1, 1), "year")
    assert codes(ranged) == {"date_range_of_years"}
    assert report_only.sheet is None
    assert codes(report_only) == {"row_not_taken"}


def test_a_text_longer_than_its_field_is_cut_with_a_warning_and_kept_whole_elsewhere() -> None:
    long_name = "Seven villages by the river " * 6
    (case,), _report = judged(ids({"PLACE": long_name}), "unodc-ids")
    assert case.sheet
    assert codes(case) == {"text_cut"}
    assert len(case.sheet.place_name) == 120
    assert "Seven villages" in case.sheet.modus_operandi


def test_a_formula_refuses_its_row_and_shows_the_cell() -> None:
    (case,), _report = judged(ids({"PLACE": '=HYPERLINK("x")'}), "unodc-ids")
    assert codes(case) == {"cell_formula"}
    assert case.sheet is None
    assert case.rows[0].findings[0].column == "PLACE"


def test_statistics_are_told_from_cases_and_a_foreign_layout_from_ours() -> None:
    with pytest.raises(MappingRefused) as summed:
        judged(b"FY,Drug Type,Count of Event,Sum Qty (lbs)\n2019,Khat,3,5.5\n", "unodc-ids")
    assert summed.value.code == "aggregate_file"
    with pytest.raises(MappingRefused) as foreign:
        judged(b"a,b\n1,2\n", "unodc-ids")
    assert foreign.value.code == "columns_missing"


def test_by_country_the_administration_follows_from_the_column() -> None:
    cases, _report = judged(
        ids({}, {"COUNTRY": "Sénégal"}, {"COUNTRY": "Atlantis"}), "unodc-ids", administrations={"GH": "GH", "SN": "SN"}
    )
    assert [case.owner for case in cases] == ["GH", "SN", ""]
    assert "administration_missing" in codes(cases[2])
    assert cases[2].sheet is None


@pytest.mark.parametrize("name", shipped_names())
def test_every_code_of_a_shipped_mapping_is_one_of_its_list(name: str) -> None:
    from cen.codelists import lists

    mapping = shipped(name)
    checked = 0
    for one in [*mapping.fields, *(each for line in mapping.goods for each in line.fields)]:
        if one.read != "code":
            continue
        codes_used = {*one.words.values(), *one.prefixes.values(), one.otherwise, one.blank, one.value} - {""}
        for code in codes_used:
            assert code.partition("*")[0] in lists.entries(one.code_list), (one.to, code)
            checked += 1
    assert checked >= 1


@pytest.mark.parametrize(
    "text",
    [
        "name = ",
        'name = "A b"',
        'name = "a-b"\ncolour = 1',
        'name = "a-b"\n[[field]]\nto = "nothing"\nfrom = "x"',
        'name = "a-b"\n[[field]]\nto = "direction"',
        'name = "a-b"\n[[field]]\nto = "direction"\nfrom = "x"\nread = "guess"',
        'name = "a-b"\n[[field]]\nto = "direction"\nfrom = "x"\nwords = "nowhere"',
        'name = "a-b"\n[[total]]\nkey = "x"\nmeasure = "moods"',
        'name = "a-b"\n[file]\ndate_order = "ymd"',
        'name = "a-b"\nfield = 3',
        'name = "a-b"\n[rows.only]\nwhat = 1',
    ],
)
def test_a_mapping_that_is_wrong_is_refused_and_never_raises_anything_else(text: str) -> None:
    with pytest.raises(MappingRefused):
        parse(text)


def test_each_target_is_a_field_of_the_sheet_or_of_its_lines() -> None:
    from cen.sheet import ConcealmentEntry, ConveyanceEntry, GoodsEntry, LegEntry

    entries = {"leg": LegEntry, "conveyance": ConveyanceEntry, "concealment": ConcealmentEntry, "goods": GoodsEntry}
    for name in TARGETS:
        head, _dot, rest = name.partition(".")
        if head == "identifier" or ".block." in name:
            continue
        assert hasattr(entries.get(head, Sheet)(), rest.rpartition(".")[2] or head), name
