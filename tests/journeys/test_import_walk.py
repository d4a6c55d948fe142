"""The import by the portal's pages, without JavaScript: file, columns, check, send, bad rows back."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.access.row_security import acting_as
from accounts.actor import SystemTask, system
from cen.actions.import_work import carry_on
from cen.actions.imports import STORAGE
from cen.models import Case, Goods, ImportBatch
from tests.access.test_urls import signed_in
from tests.cast import Cast
from tests.cen.imports.layouts import ids

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, settings: Any) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        STORAGE: {**settings.STORAGES[STORAGE], "OPTIONS": {"location": str(tmp_path / "imports")}},
    }


def upload(
    client: Client, content: bytes, mapping: str, name: str = "list.csv", page: str = "/imports/new", **more: str
) -> Any:
    return client.post(page, {"file": SimpleUploadedFile(name, content), "mapping": mapping, **more})


def downloaded(client: Client, page: str) -> bytes:
    answer: Any = client.get(page)
    return b"".join(answer.streaming_content)


def work() -> None:
    while carry_on(seconds=60):
        pass


def text_of(answer: Any) -> str:
    return answer.content.decode()


def cases_of(actor: Any) -> list[Case]:
    with acting_as(actor):
        return list(Case.unguarded.order_by("reference"))


def test_alice_imports_a_known_layout_corrects_the_bad_rows_and_imports_them_again(cast: Cast) -> None:
    alice = signed_in("alice@example.org")
    answer = upload(alice, ids({}, {}, {"AMOUNT": "-3", "PLACE": "=1+1"}, {"PLACE": "Wa"}), "unodc-ids")
    assert answer.status_code == 302
    address = answer["Location"]
    waiting = text_of(alice.get(address))
    # A browser without JavaScript looks again by itself.
    assert '<meta http-equiv="refresh"' in waiting
    work()
    checked = text_of(alice.get(address))
    assert "refresh" not in checked
    for shown in ("number_negative", "cell_formula", "duplicate_row", "AMOUNT", "-3"):
        assert shown in checked, shown
    assert cases_of(cast.alice) == []
    content = downloaded(alice, f"{address}/rows.csv")
    lines = content.decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert lines[0].endswith("OpenCEN: row,OpenCEN: what to correct")
    assert "'=1+1" in content.decode("utf-8-sig")
    assert alice.post(f"{address}/send", {"keep_duplicates": "on"}).status_code == 302
    work()
    assert "Done" in text_of(alice.get(address))
    assert len(cases_of(cast.alice)) == 3
    remaining = downloaded(alice, f"{address}/rows.csv").decode("utf-8-sig")
    assert len(remaining.splitlines()) == 2
    corrected = remaining.replace("-3", "3").replace("'=1+1", "Ho").encode()
    again = upload(alice, corrected, "unodc-ids")["Location"]
    work()
    assert "duplicate_row" not in text_of(alice.get(again))
    alice.post(f"{again}/send")
    work()
    assert [case.place_name for case in cases_of(cast.alice)] == ["Tema", "Tema", "Wa", "Ho"]


def test_alice_matches_her_own_columns(cast: Cast) -> None:
    alice = signed_in("alice@example.org")
    content = b"Fecha;Municipio;Clase bien;Cantidad;Nota\n03/18/2019 12:00:00 AM;Tema;Cocaine;1.234,5;x\n"
    address = upload(alice, content, "own")["Location"]
    assert address.endswith("/match")
    form = text_of(alice.get(address))
    assert "03/18/2019" in form
    # What the heading suggests is chosen already.
    assert re.search(r'<option value="seizure_date" selected>', form)
    answers = {
        "column_0": "seizure_date",
        "column_1": "place_name",
        "column_2": "goods.goods_type",
        "column_3": "goods.quantity",
        "unit": "GRM",
        "date_order": "mdy",
        "decimal": "comma",
    }
    missing = alice.post(address, {"column_0": "seizure_date"})
    assert missing.status_code == 422
    twice = alice.post(address, answers | {"column_4": "seizure_date"})
    assert twice.status_code == 422
    assert alice.post(address, answers).status_code == 302
    work()
    page = address.removesuffix("/match")
    assert alice.get(address)["Location"] == page
    alice.post(f"{page}/send")
    work()
    (case,) = cases_of(cast.alice)
    assert str(case.seizure_date) == "2019-03-18"
    with acting_as(cast.alice):
        assert [(str(one.quantity), one.unit, one.goods_type) for one in Goods.unguarded.all()] == [
            ("1234.500000000", "GRM", "COC")
        ]
        batch = ImportBatch.unguarded.get()
    assert 'to = "seizure_date"' in batch.mapping_text


def test_a_workbook_from_the_portal_comes_back_by_its_own_mapping(cast: Cast) -> None:
    alice = signed_in("alice@example.org")
    assert "/imports/workbooks/TOB.xlsx" in text_of(alice.get("/imports/workbooks"))
    book = openpyxl.load_workbook(io.BytesIO(downloaded(alice, "/imports/workbooks/TOB.xlsx")))
    sheet = book["Seizures"]
    given: dict[Any, Any] = {
        "Date of the seizure": "2026-10-19",
        "Type of goods": "CIG-W",
        "Quantity": 500,
        "Unit": "PCS-CIG",
    }
    sheet.append([given.get(cell.value) for cell in sheet[1]])
    out = io.BytesIO()
    book.save(out)
    address = upload(alice, out.getvalue(), "opencen-tob", "filled.xlsx")["Location"]
    work()
    alice.post(f"{address}/send")
    work()
    assert [str(case.seizure_date) for case in cases_of(cast.alice)] == ["2026-10-19"]
    assert alice.get("/imports/workbooks/NIX.xlsx").status_code == 404


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "list.csv", "empty"),
        (b"a;b\n1;2\n", "list.ods", "can&#x27;t be read"),
        (b"PK\x03\x04", "list.csv", "workbook or an archive"),
        (b"\xff\xfe\x00", "list.xlsx", "no Excel workbook"),
    ],
)
def test_a_file_that_can_not_be_read_is_refused_at_its_field(cast: Cast, content: bytes, name: str, said: str) -> None:
    answer = upload(signed_in("alice@example.org"), content, "unodc-ids", name)
    assert answer.status_code == 422
    assert said in text_of(answer)


def test_a_broken_file_never_is_an_error_of_the_server(cast: Cast) -> None:
    alice = signed_in("alice@example.org")
    for content, mapping in (
        (b"\x00\x01\x02", "own"),
        (b"a,a\n", "own"),
        (b'a\n"open', "own"),
        (b"a;b\n\xe9;1\n", "own"),
    ):
        assert upload(alice, content, mapping).status_code == 422, content
    address = upload(alice, b"a;b\n\xe9;1\n", "unodc-ids")["Location"]
    work()
    page = text_of(alice.get(address))
    assert "UTF-8" in page
    assert upload(alice, b"a;b\n\xe9;1\n", "own", encoding="cp1252").status_code == 302
    assert alice.post("/imports/new", {"mapping": "nothing"}).status_code == 422


def test_an_import_is_seen_by_its_administration_alone(cast: Cast) -> None:
    alice = signed_in("alice@example.org")
    address = upload(alice, ids({"AMOUNT": "-1"}), "unodc-ids")["Location"]
    work()
    for insider in ("alice", "amira"):
        client = signed_in(f"{insider}@example.org")
        assert client.get(address).status_code == 200
        assert "number_negative" in text_of(client.get(address))
        assert "list.csv" in text_of(client.get("/imports"))
    for stranger in ("bob", "mallory", "rosa", "sam", "dora"):
        client = signed_in(f"{stranger}@example.org")
        for page in (address, f"{address}/rows.csv", f"{address}/match"):
            assert client.get(page).status_code == 404, (stranger, page)
        for page in (f"{address}/send", f"{address}/cancel"):
            assert client.post(page).status_code == 404, (stranger, page)
    for stranger in ("bob", "mallory"):
        assert "list.csv" not in text_of(signed_in(f"{stranger}@example.org").get("/imports"))


def test_sam_imports_by_country_and_sees_the_findings_of_it(cast: Cast) -> None:
    sam = signed_in("sam@example.org")
    assert sam.get("/imports/new").status_code == 403
    assert signed_in("alice@example.org").get("/imports/by-country").status_code == 403
    content = ids({}, {"COUNTRY": "Senegal"}, {"COUNTRY": "Atlantis"})
    address = upload(sam, content, "unodc-ids", page="/imports/by-country")["Location"]
    work()
    assert "administration_missing" in text_of(sam.get(address))
    for stranger in ("alice", "bob", "mallory"):
        assert signed_in(f"{stranger}@example.org").get(address).status_code == 404
    sam.post(f"{address}/send")
    work()
    assert (len(cases_of(cast.alice)), len(cases_of(cast.bob)), len(cases_of(cast.sam))) == (1, 1, 0)
    assert cases_of(cast.alice)[0].author_id == cast.sam.officer_id


def test_a_cancelled_import_leaves_nothing_and_can_not_be_sent(cast: Cast) -> None:
    alice = signed_in("alice@example.org")
    address = upload(alice, ids({}), "unodc-ids")["Location"]
    work()
    assert alice.post(f"{address}/cancel").status_code == 302
    assert alice.post(f"{address}/send").status_code == 409
    assert "Cancelled" in text_of(alice.get(address))
    with acting_as(system(SystemTask.IMPORT)):
        assert Case.unguarded.count() == 0


def test_what_is_in_cells_and_names_of_files_is_shown_as_text(cast: Cast) -> None:
    alice = signed_in("alice@example.org")
    evil = "<script>alert(1)</script>"
    address = upload(alice, ids({"AMOUNT": evil}), "unodc-ids", f"{evil}.csv")["Location"]
    work()
    for page in (address, "/imports"):
        assert "<script>alert" not in text_of(alice.get(page))
    assert "&lt;script&gt;" in text_of(alice.get(address))
