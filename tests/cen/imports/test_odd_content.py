"""Whatever stands in a file: it is refused or accounted for, and nothing else happens."""

from __future__ import annotations

import contextlib
import io
import random

import pytest

from cen.imports.mapping import shipped
from cen.imports.reader import open_table
from cen.imports.refused import FileRefused
from cen.rules import Stage, check
from tests.cen.imports.layouts import IDS_COLUMNS, PANGOLIN_COLUMNS, WEAPONS_COLUMNS, judged, table

ODD = [
    *(
        "",
        " ",
        "-",
        "--",
        "?",
        "Y",
        "N",
        "unknown",
        "Unknown",
        "NaN",
        "inf",
        "1e400",
        "-1",
        "0",
        "0.0",
        "1,234",
        "1.234,5",
    ),
    *("=1+1", "@x", "+cmd|' /C calc'!A0", "'=x", "\u202e gnp", "\u0000", "\x07", "\ufeff", "￥５", "٣٫٥", "Ünïcødé"),
    *(
        "9" * 30,
        "x" * 500,
        "2012-02-30",
        "2012-13",
        "31/31/2012",
        "0000-00-00",
        "9999-12-31",
        "44927",
        "12",
        "Kilogram",
    ),
    *(
        "a;b",
        'say "hi"',
        "two\nlines",
        "<script>",
        "' or 1=1 --",
        "%s",
        "{0}",
        "\U0001f600",
        "Côte d'Ivoire",
        "Various",
    ),
    *("DOS*1000", "KGM · kilogram", "1 2 3", "١٢", "1/2", "½", "10^3", "NULL", "None", "#REF!", "TRUE", "ǅ", "ﬁ", "İ"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("mapping", "columns", "delimiter"),
    [
        ("unodc-ids", IDS_COLUMNS, ";"),
        ("cbp-weapons", WEAPONS_COLUMNS, ","),
        ("eia-pangolin", PANGOLIN_COLUMNS, ","),
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_every_row_of_odd_cells_is_accounted_for(mapping: str, columns: list[str], delimiter: str, seed: int) -> None:
    chance = random.Random(seed)
    rows = [{name: chance.choice(ODD) for name in columns} for _ in range(150)]
    content = table(columns, rows, delimiter).replace(b"\x00", b"")
    cases, report = judged(content, mapping)
    given = sum(any(text.strip() for text in row.values()) for row in rows)
    assert report["rows"] == given == sum(len(case.rows) for case in cases)
    assert report["accepted"] + report["refused"] + report["waiting"] == report["rows"]
    for case in cases:
        if case.sheet is None:
            assert all(one.findings for one in case.rows)
        else:
            assert [one.code for one in check(case.sheet, Stage.DRAFT)] == []


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("name", ["list.csv", "list.xlsx"])
def test_bytes_of_any_kind_are_a_table_or_are_refused(name: str, seed: int) -> None:
    chance = random.Random(seed)
    pieces = [
        b"a,b\n",
        b'"',
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"PK\x03\x04",
        b"\x00",
        b"=1",
        b"\r\n",
        b"\xe9",
        b",,,",
        b"1;2",
    ]
    content = b"".join(chance.choice([*pieces, chance.randbytes(5)]) for _ in range(chance.randrange(1, 40)))
    with contextlib.suppress(FileRefused):
        for row in open_table(io.BytesIO(content), name).rows:
            assert row.number > 1


def test_a_mapping_with_another_encoding_stays_the_same_otherwise() -> None:
    before, after = shipped("unodc-ids"), shipped("unodc-ids").with_encoding("cp1252")
    assert after.layout.encoding == "cp1252"
    assert (after.fields, after.goods, after.totals, after.uncounted) == (
        before.fields,
        before.goods,
        before.totals,
        before.uncounted,
    )
