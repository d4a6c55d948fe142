"""What the page of sealed groups decides for itself, against the Python client where that decides the same."""

from __future__ import annotations

import io
import random
from typing import Any

import pytest
from cenlink.sealed.client.bulletins import Bulletins
from cenlink.sealed.client.entries import Entry, Standing
from cenlink.sealed.client.files import require_media_allowed
from cenlink.sealed.refusals import Refused
from PIL import Image
from playwright.sync_api import Page

from tests.sealed.browser.served import address, browser, bundle, sheet

__all__ = ["address", "browser", "bundle", "sheet"]
pytestmark = pytest.mark.browser
HANDLING = {"tlp": "AMBER", "pap": None, "codes": [], "grading": None}
DAY = 86_400


def some_room(chance: random.Random) -> list[Entry]:
    """Bulletins, versions, withdrawals and acknowledgements of three people, not all of them right or trusted."""
    entries: list[Entry] = []
    for i in range(1, 25):
        re = chance.choice([None, *(one.lhash for one in entries[-6:])]) if entries else None
        kind = "bulletin" if re is None else chance.choice(["bulletin", "withdraw", "ack", "ack", "msg"])
        body: dict[str, Any] = {"t": kind, "body": f"text {i}", "files": [], "re": re}
        if kind == "bulletin":
            body |= {"subj": f"subject {i}", "handling": HANDLING, "to": [], "valid_to": None, "ack_by": None}
            body["version"] = chance.randint(1, 4)
        if kind == "ack":
            body["kind"] = chance.choice(["received", "read", "acknowledged"])
        standing = chance.choice([Standing.TRUSTED] * 9 + [Standing.LATE])
        author = bytes([chance.randint(1, 3)]) * 16
        entries.append(Entry(i, chance.randbytes(32), standing, author=author, body=body))
    return entries


def told(entry: Entry) -> dict[str, Any]:
    body = dict(entry.body or {})
    body["re"] = body["re"] and body["re"].hex()
    author = entry.author.hex() if entry.author else ""
    return {"lhash": entry.lhash.hex(), "standing": str(entry.standing), "author": author, "body": body}


class Room:
    def __init__(self, entries: list[Entry]) -> None:
        self.entries = entries

    def read(self) -> list[Entry]:
        return self.entries


def test_both_clients_see_the_same_bulletins(sheet: Page) -> None:
    chance = random.Random(7)
    rooms = [some_room(chance) for _ in range(200)]
    seen = sheet.evaluate("(rooms) => sealed.desk.bulletins(rooms)", [[told(one) for one in room] for room in rooms])
    versions = withdrawn = acknowledged = 0
    for entries, here in zip(rooms, seen, strict=True):
        there = Bulletins(Room(entries)).list()  # type: ignore[arg-type]
        assert [one["first"] for one in here] == [one.first.hex() for one in there]
        for ours, theirs in zip(here, there, strict=True):
            assert ours["newest"] == theirs.entry.lhash.hex()
            assert ours["versions"] == [one.lhash.hex() for one in theirs.versions]
            assert ours["withdrawn"] == theirs.withdrawn
            said = {kind: {uid.hex() for uid in who} for kind, who in theirs.acknowledged.items()}
            assert {kind: set(who) for kind, who in ours["said"].items()} == said
            versions += len(theirs.versions) > 1
            withdrawn += theirs.withdrawn is not None
            acknowledged += bool(said)
    assert min(versions, withdrawn, acknowledged) > 10


@pytest.mark.parametrize(
    ("body", "bulletin", "reader", "expected"),
    [
        ({}, {}, {}, ["unread"]),
        ({}, {}, {"read": ["aa"]}, []),
        ({}, {}, {"me": "author"}, []),
        ({"ack_by": 2 * DAY}, {}, {"read": ["aa"]}, ["due"]),
        ({"ack_by": DAY - 1}, {}, {"read": ["aa"]}, ["overdue"]),
        ({"ack_by": 2 * DAY}, {}, {"read": ["aa"], "answers": False}, []),
        ({"ack_by": 2 * DAY}, {}, {"me": "author"}, []),
        ({"ack_by": 2 * DAY}, {"said": {"acknowledged": ["me"]}}, {"read": ["aa"]}, []),
        ({"ack_by": 2 * DAY}, {"said": {"read": ["me"]}}, {"read": ["aa"]}, ["due"]),
        ({"ack_by": 2 * DAY}, {"newest": "bb"}, {"read": ["aa"]}, ["replaced"]),
        ({"ack_by": 2 * DAY}, {"withdrawn": "wrong"}, {"read": ["aa"]}, ["withdrawn"]),
        ({"valid_to": DAY - 1}, {}, {"read": ["aa"]}, ["over"]),
        ({"valid_to": DAY + 1}, {}, {"read": ["aa"]}, []),
    ],
)
def test_how_a_bulletin_stands_for_its_reader(
    sheet: Page, body: dict[str, Any], bulletin: dict[str, Any], reader: dict[str, Any], expected: list[str]
) -> None:
    message = {"lhash": "aa", "author": "author", "body": {"ack_by": None, "valid_to": None} | body}
    given = [
        message,
        {"newest": "aa", "withdrawn": None, "said": {}} | bulletin,
        {"me": "me", "answers": True, "read": [], "now": DAY} | reader,
    ]
    assert sheet.evaluate("(given) => sealed.desk.states(...given)", given) == expected


@pytest.mark.parametrize(
    ("kind", "value", "doubtful"),
    [
        ("container", "CSQU3054383", False),
        ("container", "csqu 305438-3", False),
        ("container", "CSQU3054384", True),
        ("container", "CSQA3054383", True),
        ("container", "CSQU305438", True),
        ("imo", "IMO 9074729", False),
        ("imo", "9074728", True),
        ("imo", "907472", True),
        ("hs", "9403.20", False),
        ("hs", "94032", True),
        ("place", "beanr", False),
        ("place", "BE", False),
        ("place", "BE1NR", True),
    ],
)
def test_numbers_that_cannot_be_right_are_doubted(sheet: Page, kind: str, value: str, doubtful: bool) -> None:
    assert sheet.evaluate("([kind, value]) => sealed.desk.doubtful(kind, value)", [kind, value]) is doubtful


@pytest.mark.parametrize("category", ["OBS", " obs ", "DRG"])
@pytest.mark.parametrize("files", [[], ["one"]])
def test_of_one_category_neither_client_takes_files(sheet: Page, category: str, files: list[str]) -> None:
    body = {"t": "form", "fields": {"category": category}}
    refused = None
    try:
        require_media_allowed(body, files=bool(files))
    except Refused as refusal:
        refused = str(refusal.code)
    assert refused == ("schema" if files and category != "DRG" else None)
    assert sheet.evaluate("(given) => sealed.desk.mediaRefused(...given)", [body, files]) == refused


def test_only_pictures_become_pixels_whatever_they_are_called(sheet: Page) -> None:
    drawn = {}
    for kind in ("PNG", "JPEG", "WEBP", "GIF", "BMP"):
        held = io.BytesIO()
        Image.new("RGB", (30, 20), (9, 90, 200)).save(held, kind)
        drawn[kind] = sheet.evaluate("(bytes) => sealed.desk.shown(bytes)", list(held.getvalue()))
    assert drawn == {"PNG": [30, 20], "JPEG": [30, 20], "WEBP": [30, 20], "GIF": "file", "BMP": "file"}
    for content in (b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<html>", b"", b"\x89PNG\r\n\x1a\nbroken"):
        assert sheet.evaluate("(bytes) => sealed.desk.shown(bytes)", list(content)) == "file"


def test_the_index_finds_keeps_and_forgets(sheet: Page) -> None:
    def message(number: int, text: str, **further: Any) -> dict[str, Any]:
        body = {"t": "msg", "body": text, "files": []} | further
        return {"lhash": f"{number:064x}", "at": number, "author": "aa", "standing": "trusted", "body": body}

    def hits(words: str) -> list[int]:
        found = sheet.evaluate("(words) => sealed.desk.find(words)", words)
        return [hit["at"] for hit in found["found"]]

    assert sheet.evaluate("() => sealed.desk.index()") == {"words": 0, "read": []}
    form = {"t": "form", "form": "T-08", "fields": {"goods": "Éclairs", "indicators": ["WEIGHT"], "at": 7}}
    told = [
        message(1, "Reefer at Tema"),
        message(2, "", **form),
        message(3, "", files=[{"name": "Waybill.pdf"}]),
        message(4, "Reefer", subj="Tema again"),
        {**message(5, "Reefer of a stranger"), "standing": "late"},
    ]
    sheet.evaluate("(messages) => sealed.desk.take(messages)", told)
    sheet.evaluate("(read) => sealed.desk.mark(read)", ["aa"])
    assert hits("reefer TEMA") == [4, 1]
    assert hits("eclairs weight") == [2]
    assert hits("waybill.PDF") == [3]
    assert hits("stranger") == hits(" ") == []
    assert sheet.evaluate("() => sealed.desk.index()") == {"words": 4, "read": ["aa"]}
    assert hits("reefer") == [4, 1]
    told[0] = {**told[0], "standing": "taken_back", "body": None}
    sheet.evaluate("(messages) => sealed.desk.take(messages)", told)
    assert hits("reefer") == [4]
    assert sheet.evaluate("() => sealed.desk.index()")["words"] == 3
    assert sheet.evaluate("() => sealed.desk.index({ key: 2 })") == {"words": 0, "read": []}
    assert sheet.evaluate("() => sealed.desk.index({ enrolled: false })") == {"words": 0, "read": []}
    sheet.evaluate("() => sealed.desk.index()")
    sheet.evaluate("(messages) => sealed.desk.take(messages)", [message(n, f"banana {n}") for n in range(10, 210)])
    sheet.evaluate("(messages) => sealed.desk.take(messages)", [message(n, f"banana {n}") for n in range(210, 212)])
    assert hits("banana 211") == [211]
    assert sheet.evaluate("() => sealed.desk.index()")["words"] == 203, "two of two hundred are not worth sealing all"
    sheet.evaluate("() => sealed.desk.forget()")
    assert sheet.evaluate("() => sealed.desk.index()") == {"words": 0, "read": []}
