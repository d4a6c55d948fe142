"""`cenlink`: every command against an honest server, and what it says when something is wrong."""

from __future__ import annotations

import json
import os
import shlex
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cenlink.cli import enrolment
from cenlink.cli.front import cenlink
from cenlink.sealed.client.http import Unreachable
from cenlink.sealed.private import slots
from cenlink.sealed.server import KeyStore
from click.testing import CliRunner

from tests.sealed.command_line import PASSPHRASE, Bureau, Founded, QuickStretching, Terminal
from tests.sealed.honest_server import HonestServer
from tests.sealed.hostile_server import stripped


@pytest.fixture
def bureau(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Founded:
    monkeypatch.setattr(slots, "Argon2id", QuickStretching)
    return Founded(tmp_path)


def account_of(terminal: Terminal) -> str:
    return str(terminal.json("verify")["account"]["id"])


def test_a_group_is_created_posted_in_and_read(bureau: Founded) -> None:
    made = bureau.alice.json("group", "create", "Reefers", "--member", "Gate:reader")
    assert (made["members"], made["period"], made["role"]) == (2, 1, "manager")
    bureau.alice.run("post", "Reefers", "Check TLLU 1234567")
    said = bureau.gate.json("read", "Reefers")
    assert [(one["body"]["body"], one["name"], one["standing"]) for one in said] == [
        ("Check TLLU 1234567", "Alice", "trusted")
    ]
    assert "Check TLLU 1234567" in bureau.gate.run("read", "Reefers").stdout
    refused = bureau.gate.run("post", "Reefers", "may I?", code=5)
    assert refused.stdout == ""
    assert refused.stderr.startswith("cenlink: The author's role does not allow this.")
    assert len(refused.stderr.splitlines()) == 1


def test_members_come_change_and_go(bureau: Founded) -> None:
    bob = bureau.enrolled("Bob", "--officer")
    bureau.alice.run("group", "create", "Reefers")
    bureau.alice.run("group", "add", "Reefers", "Bob", "--role", "manager")
    bureau.alice.run("group", "add", "Reefers", "Gate")
    seen = {one["name"]: one for one in bob.json("group", "members", "Reefers")}
    assert {name: one["role"] for name, one in seen.items()} == {
        "Alice": "manager",
        "Bob": "manager",
        "Gate": "writer",
    }
    assert {one["code"] for one in seen.values()} == {bureau.code}
    bob.run("group", "role", "Reefers", "Gate", "reader")
    bob.run("group", "remove", "Reefers", "Gate")
    bureau.alice.run("group", "rotate", "Reefers")
    assert bureau.alice.json("groups")[0]["period"] == 3
    bob.run("group", "leave", "Reefers")
    bureau.alice.run("group", "close", "Reefers", "--yes")
    assert bureau.alice.json("groups")[0]["closed"]
    bureau.gate.run("read", "Reefers", code=4)


def test_files_are_attached_and_saved(bureau: Founded, tmp_path: Path) -> None:
    source, target = tmp_path / "x-ray.png", tmp_path / "saved.png"
    source.write_bytes(b"pixels" * 1000)
    bureau.alice.run("group", "create", "Reefers", "--member", "Gate")
    bureau.alice.run("attach", "Reefers", str(source), "--text", "look")
    assert "file 0: x-ray.png" in bureau.gate.run("read", "Reefers").stdout
    bureau.gate.run("save", "Reefers", "1", "-o", str(target))
    assert target.read_bytes() == source.read_bytes()
    bureau.gate.run("save", "Reefers", "1", "-o", str(target), code=6)
    bureau.gate.run("save", "Reefers", "1", "--number", "3", code=4)


def test_bulletins_are_sent_acknowledged_replaced_and_withdrawn(bureau: Founded) -> None:
    bureau.alice.run("group", "create", "Reefers", "--member", "Gate")
    sent = bureau.alice.json(
        *("bulletin", "send", "Reefers", "Look at the seals", "--subject", "Reefers from the north"),
        *("--to", bureau.code, "--tlp", "GREEN", "--ack-hours", "4"),
    )
    name = sent["id"][:12]
    bureau.gate.run("bulletin", "ack", "Reefers", name)
    assert "1 of 1" in bureau.alice.run("bulletin", "list", "Reefers").stdout
    bureau.alice.run(
        "bulletin", "send", "Reefers", "-", "--subject", "Reefers", "--replaces", name, typed="And the doors\n"
    )
    listed = bureau.gate.json("bulletin", "list", "Reefers")[0]
    assert (listed["version"], listed["bulletin"]["body"]["body"]) == (2, "And the doors")
    bureau.gate.run("bulletin", "withdraw", "Reefers", name, "not mine", code=5)
    bureau.alice.run("bulletin", "withdraw", "Reefers", name, "wrong port")
    assert bureau.gate.json("bulletin", "list", "Reefers")[0]["withdrawn"] == "wrong port"


def test_keys_change_as_routine_and_after_a_loss(bureau: Founded) -> None:
    bureau.alice.run("group", "create", "Reefers", "--member", "Gate")
    bureau.gate.run("rotate")
    bureau.gate.run("post", "Reefers", "with a new key")
    lost = bureau.gate.json("rotate", "--lost")
    assert lost["secret_key"].startswith("C1-")
    bureau.gate.run("post", "Reefers", "with another")
    assert len(bureau.alice.json("read", "Reefers")) == 2
    assert "Note: A member has a new key. (Gate)" not in bureau.alice.run("read", "Reefers").stderr
    # The Secret Key from before opens nothing any more.
    stale = bureau.gate.run("groups", code=3, CENLINK_SECRET_KEY_FILE=str(bureau.gate.folder / "secret"))
    assert stale.stderr == "cenlink: Wrong passphrase or Secret Key.\n"


def test_a_passphrase_is_changed(bureau: Founded) -> None:
    new = bureau.gate.folder / "new"
    new.write_text("five other quiet words\n")
    new.chmod(0o600)
    bureau.gate.run("passphrase", "--new-passphrase-file", str(new))
    bureau.gate.run("groups", code=3)
    bureau.gate.run("groups", CENLINK_PASSPHRASE_FILE=str(new))


def test_another_device_is_linked_by_a_code(bureau: Founded) -> None:
    bureau.alice.run("group", "create", "Reefers")
    bureau.alice.run("post", "Reefers", "hello")
    account = account_of(bureau.alice)
    laptop = bureau.terminal("laptop", like="Alice")

    def answer() -> None:
        bureau.alice.run("link", "answer", codes[0], "--yes", "--name", "laptop")

    codes: list[str] = []
    shown = shown_code(bureau, laptop, account, codes, answer)
    assert shown["administration_code"] == bureau.code
    assert laptop.json("read", "Reefers")[0]["body"]["body"] == "hello"
    assert [name for *_, name in laptop.json("verify")["account"]["devices"]] == ["", "laptop"]


def shown_code(
    bureau: Bureau, laptop: Terminal, account: str, codes: list[str], answer: Callable[[], None]
) -> dict[str, str]:
    """Runs `link show`; the code that it says is typed at the other device while it waits."""
    said = enrolment.told

    def heard(text: str) -> None:
        said(text)
        if "link answer" in text:
            codes.append(text.split()[-1])

    bureau.meanwhile = answer
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(enrolment, "told", heard)
        result = laptop.run("--json", "link", "show", "--account", account)
    return dict(json.loads(result.stdout))


def test_nobody_answers_in_time(bureau: Founded) -> None:
    laptop = bureau.terminal("laptop", like="Alice")
    result = laptop.run("link", "show", "--account", account_of(bureau.alice), "--wait", "4", code=1)
    assert "Nobody answered" in result.stderr


def test_everything_lost_is_begun_anew_with_the_contact_point(bureau: Founded) -> None:
    bureau.alice.run("group", "create", "Reefers", "--member", "Gate")
    bureau.gate.run("post", "Reefers", "before")
    bureau.alice.run("read", "Reefers")
    account = account_of(bureau.gate)
    new = bureau.terminal("new machine", like="Gate")
    begun = new.json("reset", "begin", "--account", account)
    new.run("reset", "finish", code=5)
    bureau.point.run("authority", "reset", account, begun["key"], "--why", "fire", *bureau.keys(bureau.point, "e"))
    new.run("reset", "finish")
    bureau.alice.run("post", "Reefers", "meanwhile")
    new.run("read", "Reefers", code=4)
    bureau.alice.run("group", "readmit", "Reefers", "Gate")
    assert [one["body"]["body"] for one in new.json("read", "Reefers")] == ["before", "meanwhile"]


def test_a_revoked_account_sends_nothing(bureau: Founded) -> None:
    bureau.alice.run("group", "create", "Reefers", "--member", "Gate")
    bureau.point.run("authority", "revoke", account_of(bureau.gate), *bureau.keys(bureau.point, "d"))
    bureau.gate.run("post", "Reefers", "still?", code=4)
    bureau.alice.run("post", "Reefers", "Gate is gone")
    assert bureau.alice.json("groups")[0]["members"] == 1


def test_a_draft_is_signed_on_two_machines(bureau: Founded, tmp_path: Path) -> None:
    chile = bureau.terminal("chile")
    chile.run("key", "make", bureau.key(chile, "f"))
    made = chile.json(
        *("authority", "found", "--cc", "CL", "--name", "Aduanas", "--threshold", "1"), *bureau.keys(chile, "f")
    )
    path = str(tmp_path / "admission")
    code = made["administration_code"]
    first = bureau.root.json("root", "admit", code, *bureau.keys(bureau.root, "a"), "--draft", path)
    assert first["missing"]
    bureau.root.run("draft", "publish", path, code=5)
    assert "Aduanas" in bureau.root.run("draft", "show", path).stdout
    bureau.root.run("draft", "sign", path, *bureau.keys(bureau.root, "c"), code=5)
    bureau.root.run("draft", "sign", path, *bureau.keys(bureau.root, "b"))
    bureau.root.run("draft", "publish", path)
    codes = {one["code"] for one in bureau.alice.json("verify")["administrations"]}
    assert codes == {bureau.code, code}
    bureau.root.run("root", "revoke", code, *bureau.keys(bureau.root, "abc"))
    assert [one["revoked"] for one in bureau.alice.json("verify")["administrations"]] == [False, True]


def test_verify_shows_codes_and_ends_with_five_after_an_alarm(bureau: Founded, tmp_path: Path) -> None:
    bureau.alice.run("group", "create", "Reefers")
    bureau.alice.run("post", "Reefers", "hello")
    said = bureau.alice.run("verify").stdout
    assert bureau.code in said
    group = next(iter(bureau.house.groups.values()))
    group.renumber([])
    alarmed = bureau.alice.run("verify", code=5)
    assert "ALARM" in alarmed.stdout
    assert "evidence export" in alarmed.stderr
    out = tmp_path / "evidence.json"
    bureau.alice.run("evidence", "export", "-o", str(out))
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    found = json.loads(out.read_text())
    assert {one["code"] for one in found["findings"]} == {"rollback"}
    assert "hello" not in out.read_text()
    bureau.alice.run("post", "Reefers", "no more", code=5)


def test_what_was_dealt_with_is_told_no_more(bureau: Founded) -> None:
    bureau.alice.run("group", "create", "Reefers")
    group = next(iter(bureau.house.groups.values()))
    bureau.alice.run("post", "Reefers", "hello")
    group.stored[0] = replace(group.stored[0], raw=stripped(group.stored[0].raw))
    bureau.gate.run("verify")
    bureau.alice.run("group", "add", "Reefers", "Gate")
    assert "not signed by exactly those" in bureau.gate.run("verify", code=5).stderr
    bureau.gate.run("verify", code=5)
    bureau.gate.run("verify", "--settle")
    bureau.gate.run("verify")


def test_evidence_of_others_is_compared(bureau: Founded, tmp_path: Path) -> None:
    out = tmp_path / "evidence.json"
    bureau.alice.run("evidence", "export", "-o", str(out))
    bureau.gate.run("groups")
    assert bureau.gate.json("evidence", "compare", str(out))["contradictions"] == 0
    said = json.loads(out.read_text())
    said["heads"][0]["lhash"] = "00" * 32
    out.write_text(json.dumps(said))
    assert bureau.gate.json("evidence", "compare", str(out), code=5)["contradictions"] == 1
    out.write_text("{}")
    bureau.gate.run("evidence", "compare", str(out), code=5)


def test_failures_are_one_line_and_have_their_exit_code(bureau: Founded) -> None:
    bureau.alice.run("no-such-command", code=2)
    bureau.alice.run("read", code=2)
    for code, args, env in (
        (3, ("groups",), {"CENLINK_TOKEN": "unknown"}),
        (3, ("groups",), {"CENLINK_TOKEN": ""}),
        (3, ("groups",), {"CENLINK_PASSPHRASE": "wrong words, all of them"}),
        (4, ("read", "Nowhere"), {}),
        (4, ("group", "create", "Reefers", "--member", "Nobody"), {}),
        (1, ("enrol", "--administration", bureau.code, "--name", "Twice"), {}),
        (5, ("reset", "finish"), {}),
    ):
        result = bureau.alice.run(*args, code=code, **env)
        assert len(result.stderr.splitlines()) == 1, result.stderr
        assert result.stderr.startswith("cenlink: ")
        assert result.stdout == ""


def test_secrets_are_taken_from_closed_files_only(bureau: Founded, tmp_path: Path) -> None:
    open_file = tmp_path / "passphrase"
    open_file.write_text(PASSPHRASE)
    open_file.chmod(0o644)
    result = bureau.alice.run("groups", code=1, CENLINK_PASSPHRASE_FILE=str(open_file))
    assert "chmod 600" in result.stderr
    for name in ("enrol", "rotate", "post", "passphrase"):
        options = CliRunner().invoke(cenlink, [name, "--help"]).output
        assert "--passphrase " not in options
        assert "--token" not in options
    state = bureau.alice.folder / "state"
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    assert {stat.S_IMODE(one.stat().st_mode) for one in state.iterdir()} == {0o600}
    state.chmod(0o755)
    assert "chmod 700" in bureau.alice.run("groups", code=1).stderr


def test_text_of_others_does_not_move_the_cursor(bureau: Founded) -> None:
    bureau.alice.run("group", "create", "Reefers", "--member", "Gate")
    bureau.alice.run("post", "Reefers", "harmless\x1b[2J\u202egnp.exe")
    shown = bureau.gate.run("read", "Reefers").stdout
    assert "\x1b" not in shown
    assert "\u202e" not in shown


class LostAnswers(HonestServer):
    """Does what it is told, and the answer gets lost on the way, once."""

    lost = True

    def tell(self, kind: str, raw: bytes, store: KeyStore | None = None, replaces: bytes | None = None) -> int:
        index = super().tell(kind, raw, store, replaces)
        if self.lost:
            self.lost = False
            raise Unreachable("https://opencen.example.org does not answer.")
        return index


def test_an_answer_that_gets_lost_locks_nobody_out(bureau: Founded) -> None:
    bob = bureau.terminal("Bob")
    bureau.servers["Bob"] = server = LostAnswers(bureau.house)
    enrol = ("enrol", "--administration", bureau.code, "--name", "Bob", "--officer")
    bob.run(*enrol, code=1)
    account = bob.json(*enrol)["account"]
    bureau.point.run("authority", "certify", account, *bureau.keys(bureau.point, "d"))
    server.lost = True
    bob.run("rotate", "--lost", code=1)
    assert bob.json("verify")["account"]["generation"] == 2


def test_a_key_store_of_the_servers_making_is_not_called_a_wrong_passphrase(bureau: Founded) -> None:
    uid = bytes.fromhex(account_of(bureau.gate))
    older = bureau.house.stores[uid]
    bureau.gate.run("rotate")
    bureau.house.stores[uid] = older
    refused = bureau.gate.run("groups", code=5).stderr
    assert refused.startswith("cenlink: The key store does not belong to this account's present key; refused.")


def test_the_ten_lines_of_the_manual_work(bureau: Founded) -> None:
    """Runs docs/cenlink.md as it stands; what other people do meanwhile is played at its remark."""
    machine = bureau.terminal("machine")
    for name, content in (("token", "machine"), ("passphrase", PASSPHRASE), ("x-ray.png", "pixels")):
        (machine.folder / name).write_text(content)
        (machine.folder / name).chmod(0o600)
    given = {"~": str(machine.folder), "NETWORK_ID": bureau.network, "ADMINISTRATION_CODE": bureau.code}
    manual = Path("docs/cenlink.md").read_text(encoding="utf-8")
    lines = manual.split("```sh\n")[1].split("```")[0].strip().splitlines()
    assert len(lines) <= 12
    env = {"CENLINK_TOKEN": "", "CENLINK_PASSPHRASE": ""}
    for line in lines:
        for name, value in given.items():
            line = line.replace(name, value)
        words = shlex.split(line, comments=True)
        if not words:
            admit_the_newcomer(bureau)
        elif words[0] == "export":
            env |= [words[1].split("=", 1)]
        else:
            machine.run(*words[1:], **env)
    said = bureau.alice.json("read", "Reefers")
    assert [one["body"]["body"] for one in said] == ["Container inspected, nothing found", "The scan"]
    assert (machine.folder / "secret-key").read_text().startswith("C1-")


def admit_the_newcomer(bureau: Founded) -> None:
    account = next(reversed(bureau.house.directory.accounts)).hex()
    bureau.point.run("authority", "certify", account, *bureau.keys(bureau.point, "d"))
    bureau.alice.run("group", "create", "Reefers", "--member", account)


def test_python_runs_it_as_a_module() -> None:
    env = {**os.environ, "PYTHONPATH": "sdk/src"}
    command = [sys.executable, "-m", "cenlink", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    assert done.returncode == 0
    assert done.stdout.startswith("Usage: cenlink")
