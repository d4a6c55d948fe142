"""People of the protocol's tests who sit at a browser instead of the command line."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from cenlink.sealed.refusals import SENTENCES, Code
from playwright.sync_api import Browser, Page

from config.embedded.preparation import ROOT
from config.front_desk.bundling import Workshop
from tests.sealed.browser.front import Front
from tests.sealed.desks import Customs, Person
from tests.sealed.honest_server import HonestServer
from tests.sealed.hostile_server import Rewriting

ENTRY = "tests/sealed/browser/desk_entry.js"
PAGE = b"<!doctype html><title>Desk</title><script src=/desk.js></script>"
_names = count(1)


@dataclass
class RefusedThere(Exception):
    """What the page would show, with its code."""

    code: str
    sentence: str


@dataclass
class Bench:
    """One page, at which one person after the other takes a seat."""

    page: Page
    front: Front

    def ask(self, verb: str, /, **given: Any) -> Any:
        """Raises RefusedThere."""
        said = self.page.evaluate("([verb, given]) => desk.ask(verb, given)", [verb, given])
        assert not self.front.broken, self.front.broken
        if "refused" in said:
            raise RefusedThere(said["refused"], said["sentence"])
        return said.get("answer")

    def seat(self, customs: Customs, person: Person, server: HonestServer | None = None) -> AtBrowser:
        """The person unlocks at this browser; what it remembers of him, it remembers."""
        one = AtBrowser(self, customs, person, server or Rewriting(customs.house, person.uid))
        one.sit_down()
        return one

    def forget(self) -> None:
        """As in a browser that never saw anybody."""
        self.page.evaluate("() => desk.forget()")

    def ahead(self, seconds: int) -> None:
        self.page.evaluate("(seconds) => desk.ahead(seconds)", seconds)


@dataclass
class AtBrowser:
    """Somebody at the browser, on a server that may be hostile."""

    bench: Bench
    customs: Customs
    person: Person
    server: HonestServer
    standing: dict[str, Any] = field(default_factory=dict)

    @property
    def uid(self) -> str:
        return self.person.uid.hex()

    @property
    def passkey(self) -> dict[str, Any]:
        way = self.person.way
        return {"credential": list(way.credential), "output": list(way.output)}

    @property
    def hostile(self) -> Rewriting:
        assert isinstance(self.server, Rewriting)
        return self.server

    def begin(self) -> dict[str, Any]:
        name = str(next(_names))
        self.bench.front.servers[name] = self.server
        adm = self.customs.france.point.adm.hex()
        origin, sentences = f"{self.bench.front.address}/{name}", json.dumps(SENTENCES)
        said: dict[str, Any] = self.ask("begin", origin=origin, formSecret="", adm=adm, sentences=sentences)
        return said

    def sit_down(self) -> None:
        """Raises RefusedThere."""
        self.begin()
        self.standing = self.ask("unlock", passkey=self.passkey)

    def ask(self, verb: str, /, **given: Any) -> Any:
        return self.bench.ask(verb, **given)

    def room(self, gid: bytes) -> dict[str, Any]:
        said: dict[str, Any] = self.ask("room", gid=gid.hex())
        return said

    def post(self, gid: bytes, said: str) -> None:
        self.ask("post", gid=gid.hex(), text=said, files=[])

    def messages(self, gid: bytes) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.room(gid)["messages"]
        return found

    def standings(self, gid: bytes) -> list[str]:
        return [one["standing"] for one in self.messages(gid)]

    def texts(self, gid: bytes) -> list[str]:
        return [one["body"]["body"] for one in self.messages(gid) if one["body"]]

    def roles(self, gid: bytes) -> dict[str, str]:
        return {one["uid"]: one["role"] for one in self.room(gid)["members"]}

    @property
    def found(self) -> list[dict[str, Any]]:
        """All that was found, alarms or not, with its objects."""
        return list(self.evidence["findings"])

    @property
    def evidence(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(self.ask("evidence"))
        return said

    @property
    def alarms(self) -> list[str]:
        return [one["kind"] for one in self.found if one["alarm"]]

    def one(self, kind: str, code: Code) -> str:
        """The sentence of the only finding of this kind; it begins with the code's words."""
        found = [one for one in self.found if one["kind"] == kind]
        assert [one["code"] for one in found] == [str(code)], (kind, self.found)
        assert found[0]["sentence"].startswith(SENTENCES[code])
        return str(found[0]["sentence"])

    def refused(self, expected: Code, verb: str, /, **given: Any) -> str:
        """The sentence with which the verb is refused."""
        with pytest.raises(RefusedThere) as caught:
            self.ask(verb, **given)
        assert caught.value.code == str(expected), caught.value
        return caught.value.sentence

    def stopped(self, gid: bytes) -> bool:
        try:
            self.post(gid, "is anything sent?")
        except RefusedThere as refusal:
            return refusal.code == str(Code.FORK)
        return False


@pytest.fixture(scope="module")
def bench(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """One page for all attacks of a module, with the browser's own algorithms where it has them."""
    workshop, output = Workshop(ROOT), tmp_path_factory.mktemp("desk") / "desk.js"
    workshop.fetch()
    workshop._bundle(ENTRY, output, "--format=iife")
    front = Front(PAGE, output.read_bytes())
    context = browser.new_context()
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(front.address)
    yield Bench(page, front)
    context.close()
    front.close()
    assert complaints == []
    assert front.broken == []


@pytest.fixture
def here(tmp_path: Path) -> Customs:
    """The network of the clients' tests at today's date, since a browser has its own clock."""
    customs = Customs(tmp_path, int(time.time()))
    return customs
