"""`cenlink desk` and `cenlink authority desk`: from desk to desk without a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from cenlink.sealed.private import slots

from tests.sealed.command_line import Founded, QuickStretching, Terminal


class TwoOffices(Founded):
    """France with Alice and the agent Gate, and Germany with the agent Zoll."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.other = self.terminal("other")
        self.other.run("key", "make", self.key(self.other, "f"))
        made = self.other.json(
            *("authority", "found", "--cc", "DE", "--name", "Customs of Germany", "--threshold", "1"),
            *self.keys(self.other, "f"),
        )
        self.germany = str(made["administration_code"])
        self.root.run("root", "admit", self.germany, *self.keys(self.root, "ab"))
        self.zoll = self.terminal("Zoll")
        out = ("--secret-key-out", str(self.zoll.folder / "secret"))
        said = self.zoll.json("enrol", "--administration", self.germany, "--name", "Zoll", "--agent", *out)
        self.other.run("authority", "certify", said["account"], *self.keys(self.other, "f"))

    def seat(self, point: Terminal, key: str, *people: str) -> None:
        point.run("authority", "desk", *people, *self.keys(point, key))


@pytest.fixture
def bureau(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TwoOffices:
    monkeypatch.setattr(slots, "Argon2id", QuickStretching)
    made = TwoOffices(tmp_path)
    made.seat(made.point, "d", "Alice", "Gate")
    made.seat(made.other, "f", "Zoll")
    return made


def test_desks_are_listed_with_their_codes(bureau: TwoOffices) -> None:
    found = {one["administration"]: one for one in bureau.alice.json("desk", "list")}
    assert found["Customs of Germany"]["code"] == bureau.germany
    assert [one["name"] for one in found["Customs of France"]["accounts"]] == ["Alice", "Gate"]
    assert "Alice, Gate" in bureau.alice.run("desk", "list").stdout


def test_a_bulletin_goes_from_desk_to_desk_and_is_acknowledged(bureau: TwoOffices) -> None:
    options = ("--subject", "Reefers", "--tlp", "GREEN", "--ack-hours", "4")
    made = bureau.gate.json("desk", "send", "Open them", "--to", bureau.germany, *options)
    assert made["members"] == 3
    [waiting] = bureau.zoll.json("desk", "inbox", "--due")
    assert (waiting["subject"], waiting["by"], waiting["state"]) == ("Reefers", "Customs of France", "acknowledge")
    bureau.zoll.run("bulletin", "ack", waiting["group"], waiting["id"])
    assert bureau.zoll.json("desk", "inbox", "--due") == []
    [seen] = bureau.zoll.json("desk", "inbox")
    assert (seen["id"], seen["state"]) == (made["id"], "")
    assert "1 of 2" in bureau.alice.run("bulletin", "list", made["group"]).stdout


def test_the_agent_lets_in_who_comes_to_the_desk(bureau: TwoOffices) -> None:
    made = bureau.gate.json("desk", "send", "Open them", "--to", bureau.germany, "--subject", "Reefers")
    bureau.enrolled("Amira", "--officer")
    bureau.seat(bureau.point, "d", "Alice", "Gate", "Amira")
    [changed] = bureau.gate.json("desk", "follow")
    assert (changed["id"], changed["members"]) == (made["group"], 4)
    assert bureau.gate.json("desk", "follow") == []


def test_the_own_desk_has_a_standing_group(bureau: TwoOffices) -> None:
    assert bureau.alice.json("desk", "found", "Desk of France")["members"] == 2
    assert [one["name"] for one in bureau.gate.json("groups")] == ["Desk of France"]


def test_an_administration_without_a_desk_is_said_so(bureau: TwoOffices) -> None:
    bureau.seat(bureau.other, "f")
    failed = bureau.gate.run("desk", "send", "Open", "--to", bureau.germany, "--subject", "Reefers", code=5)
    assert "Customs of Germany has named no desk yet" in failed.stderr


def test_a_draft_shows_who_is_to_be_seated(bureau: TwoOffices, tmp_path: Path) -> None:
    draft = str(tmp_path / "draft")
    bureau.point.run("authority", "desk", "Alice", "--draft", draft, *bureau.keys(bureau.point, "d"))
    said = bureau.point.json("draft", "show", draft)
    assert (said["act"], said["us"]) == ("desk", bureau.alice.json("verify")["account"]["id"])
