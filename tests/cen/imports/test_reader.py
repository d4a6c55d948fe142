"""Files as tables: encodings, delimiters, formulas, bombs, and what else people send."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest

from cen.imports import limits
from cen.imports.cells import Row, for_sheet, text_of, without_guard
from cen.imports.reader import Layout, open_table
from cen.imports.refused import FileRefused


def rows(content: bytes, name: str = "list.csv", layout: Layout | None = None) -> list[Row]:
    return list(open_table(io.BytesIO(content), name, layout or Layout()).rows)


def workbook(*lines: list[Any], change: Any = None) -> bytes:
    book: Any = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    if change:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def refusal(content: bytes, name: str = "list.csv", layout: Layout | None = None) -> str:
    with pytest.raises(FileRefused) as caught:
        rows(content, name, layout)
    assert str(caught.value.sentence)
    return caught.value.code


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_delimiter_and_marked_encoding_are_found(mark: str, encoding: str) -> None:
    text = f'Lieu{mark}"Poids{mark} kg"\r\nAbéché{mark}"1{mark}5"\r\n'
    (row,) = rows(text.encode(encoding))
    assert row.cells == {"Lieu": "Abéché", f"Poids{mark} kg": f"1{mark}5"}
    assert row.number == 2


def test_windows_1252_is_read_where_it_is_declared_and_refused_where_it_would_be_a_guess() -> None:
    content = "Lieu\nAbéché €\n".encode("cp1252")
    assert refusal(content) == "encoding_wrong"
    (row,) = rows(content, layout=Layout(encoding="cp1252"))
    assert row.cells == {"Lieu": "Abéché €"}


@pytest.mark.parametrize(
    ("content", "layout", "code"),
    [
        (b"a,b\n\x81\x8d,1\n", Layout(encoding="cp1252"), "encoding_wrong"),
        ("a,b\n1,2\n".encode("utf-16-le"), Layout(), "encoding_wrong"),
        (b"a,b\n1,2\n", Layout(encoding="utf-16"), "encoding_wrong"),
        (b"a,b\n1,2\n", Layout(encoding="klingon"), "encoding_unknown"),
        (b"", Layout(), "file_empty"),
        (b"\n\n", Layout(), "header_missing"),
        (b"a,a\n1,2\n", Layout(), "header_twice"),
        (b'a,b\n"never closed,1\n', Layout(), "table_broken"),
        (b"a\n" + b"x" * (limits.CELL_CHARACTERS + 1), Layout(), "table_broken"),
        (b",".join(b"c%d" % n for n in range(limits.COLUMNS + 1)), Layout(), "too_many_columns"),
        (b"PK\x03\x04 no csv", Layout(), "kind_mistaken"),
        (b"\xd0\xcf\x11\xe0 old", Layout(), "old_workbook"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_its_reason(content: bytes, layout: Layout, code: str) -> None:
    assert refusal(content, layout=layout) == code


@pytest.mark.parametrize("name", ["list.ods", "list.xls", "list.xlsm", "list", "list.csv.exe"])
def test_an_ending_we_do_not_read_is_refused_whatever_is_inside(name: str) -> None:
    assert refusal(b"a,b\n1,2\n", name) == "kind_unknown"


def test_a_formula_in_text_is_told_from_a_negative_number_and_a_dash() -> None:
    lines = [
        '=HYPERLINK("x")',
        "@SUM(A1)",
        "+cmd|' /C calc'!A0",
        "-2+3+cmd|x",
        "-5.2",
        "+5",
        "-",
        "- loose -",
        "+233 20 111",
    ]
    found = [row.broken.get("b") for row in rows(("a|b\n" + "".join(f"1|{line}\n" for line in lines)).encode())]
    # The pipe is the delimiter here, so the third and fourth are cut short and have one cell too many.
    assert found[0] == found[1] == "cell_formula"
    assert found[4:] == [None] * 5
    (dde,) = rows(b"a,b\n1,+cmd|' /C calc'!A0\n")
    assert dde.broken == {"b": "cell_formula"}


def test_a_row_of_another_shape_or_with_control_characters_is_marked_and_the_others_are_kept() -> None:
    short, longer, control, good = rows(b"a,b\n1\n1,2,3\n1,\x01\n1,2\n")
    assert short.broken == longer.broken == {"": "row_shape"}
    assert control.broken == {"b": "cell_control_characters"}
    assert good.broken == {}
    assert rows(b"a,b\n1,2,,\n")[0].broken == {}


def test_a_workbook_keeps_numbers_and_dates_and_never_calculates() -> None:
    content = workbook(
        ["date", "amount", "note", "sum"],
        [datetime(2012, 3, 28), 1.234, "Tema", "=A2+1"],
        [None, None, None, None],
        ["2012-03", 7, "'=kept as text", None],
    )
    first, second = rows(content, "list.xlsx")
    assert text_of(first.cells["date"]) == "2012-03-28"
    assert first.cells["amount"] == 1.234
    assert first.broken == {"sum": "cell_formula"}
    assert second.number == 4
    assert second.broken == {"note": "cell_formula"}


def test_the_first_visible_sheet_is_read_or_the_one_named() -> None:
    def change(book: Any) -> None:
        book.active.sheet_state = "hidden"
        book.create_sheet("Second").append(["b"])
        book["Second"].append(["2"])

    content = workbook(["a"], ["1"], change=change)
    assert [row.cells for row in rows(content, "list.xlsx")] == [{"b": "2"}]
    assert refusal(content, "list.xlsx", Layout(sheet="Third")) == "sheet_missing"


def test_a_workbook_that_would_burst_is_refused_before_it_is_unpacked() -> None:
    out = io.BytesIO(workbook(["a"], ["1"]))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet2.xml", b"<x>" + b" " * (limits.RATIO_COUNTS_FROM + 1))
    assert refusal(out.getvalue(), "list.xlsx") == "archive_too_large"


def test_a_workbook_of_countless_parts_with_macros_or_with_entities_is_refused() -> None:
    many, macros, laughs = (io.BytesIO(workbook(["a"], ["1"])) for _ in range(3))
    with zipfile.ZipFile(many, "a") as archive:
        for number in range(limits.ARCHIVE_ENTRIES):
            archive.writestr(f"xl/media/{number}", b"")
    assert refusal(many.getvalue(), "list.xlsx") == "archive_too_large"
    with zipfile.ZipFile(macros, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"")
    assert refusal(macros.getvalue(), "list.xlsx") == "macros"
    entities = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    with zipfile.ZipFile(laughs) as old, zipfile.ZipFile(clean := io.BytesIO(), "w") as new:
        for entry in old.infolist():
            held = old.read(entry)
            if entry.filename == "xl/worksheets/sheet1.xml":
                held = entities + held.replace(b">1<", b">&b;<")
            new.writestr(entry.filename, held)
    assert refusal(clean.getvalue(), "list.xlsx") in {"no_workbook", "table_broken"}
    assert refusal(b"PK\x03\x04 nonsense", "list.xlsx") == "no_workbook"


@pytest.mark.parametrize("text", ["=1+1", "@x", "+cmd", "-dash", "\tx"])
def test_what_goes_back_into_a_file_is_never_a_formula_and_comes_back_the_same(text: str) -> None:
    assert for_sheet(text) == f"'{text}"
    assert without_guard(for_sheet(text)) == text


@pytest.mark.parametrize("text", ["-5.2", "+5", "Tema", "", "'quoted"])
def test_numbers_and_plain_texts_go_back_as_they_are(text: str) -> None:
    assert for_sheet(text) == text
    assert without_guard(text) == text


def test_the_text_of_a_cell() -> None:
    cells = [None, " x ", 5.0, 0.1, True, date(2012, 1, 2), datetime(2012, 1, 2, 3, 4)]
    assert [text_of(cell) for cell in cells] == ["", "x", "5", "0.1", "True", "2012-01-02", "2012-01-02 03:04:00"]


def test_of_a_row_that_is_too_long_only_the_beginnings_are_kept() -> None:
    long = "x" * 32_000
    found = rows(workbook([f"c{n}" for n in range(10)], [long] * 10), "list.xlsx")[-1]
    assert found.broken[""] == "row_too_long"
    assert {len(str(cell)) for cell in found.cells.values()} == {100}
