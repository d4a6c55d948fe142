"""Files sealed and opened: whole, in parts, and whatever a server or a member might change (sealed-protocol §7)."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from cenlink.sealed.private.attachments import PART, Sealer, open_file, require_agreement, sealed_size
from cenlink.sealed.private.sealing import padme, seal
from cenlink.sealed.refusals import Code

from tests.sealed.refusing import refused

GID = bytes(16)


def sealed(data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    sealer = Sealer(GID, io.BytesIO(data), len(data), "x-ray.jpg", "image/jpeg")
    parts = list(sealer.parts())
    return sealer.descriptor, parts


@pytest.mark.parametrize("size", [0, 1, 1023, 1024, 1025, 16383, 16384, 16385, 200_001, PART - 72, PART, PART + 1])
def test_a_file_comes_back_as_it_was(tmp_path: Path, size: int) -> None:
    data = bytes(range(256)) * (size // 256) + bytes(range(size % 256))
    descriptor, parts = sealed(data)
    assert sum(map(len, parts)) == descriptor["csize"] == sealed_size(size)
    assert all(len(part) == PART for part in parts[:-1])
    open_file(GID, descriptor, parts, tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == data


def test_the_length_that_a_server_sees_hides_the_true_one() -> None:
    assert sealed_size(10) == sealed_size(1000)
    assert [padme(n) for n in (0, 1024, 1025, 5000, 65537, 1 << 20, (1 << 20) + 1)] == [
        1024,
        1024,
        1088,
        5120,
        67584,
        1 << 20,
        1081344,
    ]


@pytest.mark.parametrize("wrong", ["swapped", "cut", "longer", "missing", "reordered", "bit"])
def test_nothing_appears_under_its_name_unless_all_of_it_was_right(tmp_path: Path, wrong: str) -> None:
    descriptor, parts = sealed(b"A" * (2 * PART))
    changed = {
        "swapped": sealed(b"B" * (2 * PART))[1],
        "cut": [parts[0], parts[1][:-1], *parts[2:]],
        "longer": [*parts, b"x"],
        "missing": parts[:-1],
        "reordered": [parts[1], parts[0], *parts[2:]],
        "bit": [bytes([parts[0][0] ^ 1]) + parts[0][1:], *parts[1:]],
    }[wrong]
    with refused(Code.FILE):
        open_file(GID, descriptor, changed, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_what_stands_after_the_end_is_refused(tmp_path: Path) -> None:
    import hashlib

    plain = b"x" * 10 + b"hidden" + bytes(1008)
    ct = seal(bytes(32), ["comm/1/att", GID, bytes(16)], plain)
    descriptor = {"aid": bytes(16), "key": bytes(32), "size": 10, "csize": len(ct), "name": "a", "type": "b"}
    with refused(Code.FILE):
        open_file(GID, {**descriptor, "ph": hashlib.sha256(ct).digest()}, [ct], tmp_path / "out")


def test_a_file_of_another_group_does_not_open(tmp_path: Path) -> None:
    descriptor, parts = sealed(b"A")
    with refused(Code.SEALED):
        open_file(bytes([1]) * 16, descriptor, parts, tmp_path / "out")


def test_a_source_that_shrinks_while_it_is_sealed_is_told() -> None:
    with refused(Code.FILE):
        list(Sealer(GID, io.BytesIO(b"short"), 100, "a", "b").parts())


@pytest.mark.parametrize("change", [{"size": 2000}, {"csize": 5}, {"ph": b""}, {"ph": bytes(64)}])
def test_descriptions_that_contradict_themselves(change: dict[str, Any]) -> None:
    descriptor, _ = sealed(b"A" * 10)
    declared = [[descriptor["aid"], descriptor["csize"]]]
    require_agreement(declared, [descriptor])
    with refused(Code.FILE):
        require_agreement(declared, [{**descriptor, **change}])
    with refused(Code.FILE):
        require_agreement([], [descriptor])
