"""Files in a group: what arrives, what is not sent, and what a server might change (sealed-protocol §7)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cenlink.sealed.client.files import LONGEST_NAME, fit_name
from cenlink.sealed.private.forms import FORMS
from cenlink.sealed.refusals import Code

from tests.sealed.desks import Customs
from tests.sealed.hostile_server import flipped, hostile
from tests.sealed.refusing import refused


def test_a_file_arrives_as_it_was(customs: Customs, tmp_path: Path) -> None:
    gid = customs.room()
    source, target = tmp_path / "x-ray.png", tmp_path / "saved.png"
    source.write_bytes(bytes(range(256)) * 400)
    customs.bob.room(gid).post("look", files=[source])
    room = customs.alice.room(gid)
    assert room.read()[0].files == ["x-ray.png"]
    room.save(1, 0, target)
    assert target.read_bytes() == source.read_bytes()
    assert target.stat().st_mode & 0o077 == 0
    with pytest.raises(FileExistsError):
        room.save(1, 0, target)


def form_of(category: str) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "date": "2026-11-24",
        "office": "Calais",
        "location": "port",
        "direction": "import",
        "mode": "sea",
        "category": category,
        "goods": "not named",
        "quantity": "1",
        "unit": "piece",
        "departure": None,
        "destination": None,
        "trigger": "profile",
        "concealed": "unknown",
    }
    FORMS["T-08"](fields, "T-08")
    return {"t": "form", "body": "", "re": None, "form": "T-08", "v": 1, "fields": fields}


def test_no_file_goes_with_a_report_of_obscene_material(customs: Customs, tmp_path: Path) -> None:
    gid = customs.room()
    source = tmp_path / "image.jpg"
    source.write_bytes(b"\xff\xd8")
    room = customs.bob.room(gid)
    for category in ("OBS", " obs"):
        with refused(Code.SCHEMA):
            room.send(form_of(category), files=[source])
    assert not customs.house.groups[gid].files
    room.send(form_of("OBS"))
    room.send(form_of("DRG"), files=[source])
    assert len(customs.alice.room(gid).read()) == 2


def test_a_file_of_such_a_report_is_not_saved_even_if_somebody_sent_it(customs: Customs, tmp_path: Path) -> None:
    gid = customs.room()
    source, target = tmp_path / "image.jpg", tmp_path / "saved.jpg"
    source.write_bytes(b"\xff\xd8")
    room = customs.bob.room(gid)
    room.posting.prepare()
    room.posting.send({**form_of("OBS"), "files": [room.attach(source)]})
    with refused(Code.SCHEMA):
        customs.alice.room(gid).save(1, 0, target)
    assert not target.exists()


def test_names_of_files_are_made_harmless() -> None:
    assert fit_name("../../etc/passwd") == "etcpasswd"
    assert fit_name("invoice\u202efdp.exe") == "invoicefdp.exe"
    assert fit_name("...") == "file"
    assert len(fit_name("a" * 500 + ".jpg")) == LONGEST_NAME
    assert fit_name("a" * 500 + ".jpg").endswith(".jpg")


@pytest.mark.parametrize(
    "rewrite", [flipped, lambda part: part[:-100], lambda _: bytes(8), lambda part: part + b"more"]
)
def test_a_file_that_is_not_the_authors_is_never_saved(customs: Customs, tmp_path: Path, rewrite: Any) -> None:
    gid = customs.room()
    source, target = tmp_path / "manifest.pdf", tmp_path / "saved.pdf"
    source.write_bytes(bytes(5000))
    customs.bob.room(gid).post("the manifest", files=[source])
    alice, server = hostile(customs, customs.alice)
    server.on_part = rewrite
    with refused(Code.FILE):
        alice.room(gid).save(1, 0, target)
    assert not list(tmp_path.glob("*saved*"))


def test_a_file_of_another_message_is_not_taken_for_this_one(customs: Customs, tmp_path: Path) -> None:
    gid = customs.room()
    for name in ("one", "two"):
        source = tmp_path / name
        source.write_bytes(name.encode() * 500)
        customs.bob.room(gid).post(name, files=[source])
    alice, server = hostile(customs, customs.alice)
    parts = [upload.parts[0] for upload in customs.house.groups[gid].files.values()]
    server.on_part = lambda part: parts[1] if part == parts[0] else parts[0]
    with refused(Code.FILE):
        alice.room(gid).save(1, 0, tmp_path / "saved")
