"""Bulletins in a group: sent, replaced by a newer version, withdrawn, acknowledged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cenlink.sealed.client.entries import Entry, Standing
from cenlink.sealed.client.posting import Sent
from cenlink.sealed.client.room import Room, typed
from cenlink.sealed.refusals import Code, Refused

ACKNOWLEDGEMENTS = ("received", "read", "acknowledged")


@dataclass(frozen=True)
class Handling:
    """How a bulletin may be passed on: Traffic Light Protocol, permissible actions, handling codes, grading."""

    tlp: str = "AMBER"
    pap: str | None = None
    codes: tuple[str, ...] = ()
    grading: str | None = None

    def as_map(self) -> dict[str, Any]:
        return {"tlp": self.tlp, "pap": self.pap, "codes": list(self.codes), "grading": self.grading}


@dataclass(frozen=True)
class Draft:
    """What a bulletin says. `to`: ids of the addressed administrations; times in unix seconds."""

    subject: str
    text: str
    handling: Handling = Handling()
    to: tuple[bytes, ...] = ()
    valid_to: int | None = None
    ack_by: int | None = None


@dataclass(frozen=True)
class Bulletin:
    """A bulletin as it stands: its newest version, who acknowledged which, and whether it was withdrawn."""

    first: bytes
    entry: Entry
    versions: tuple[Entry, ...]
    acknowledged: dict[str, set[bytes]] = field(default_factory=dict)
    withdrawn: str | None = None

    @property
    def subject(self) -> str:
        return str(self.said["subj"])

    @property
    def said(self) -> dict[str, Any]:
        return self.entry.body or {}

    @property
    def version(self) -> int:
        return int(self.said["version"])

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.first.hex(),
            "version": self.version,
            "withdrawn": self.withdrawn,
            "bulletin": self.entry.as_json(),
            "acknowledged": {kind: sorted(uid.hex() for uid in who) for kind, who in self.acknowledged.items()},
        }


class Bulletins:
    """The bulletins of one room. Only messages that are trusted count."""

    def __init__(self, room: Room) -> None:
        self.room = room

    def send(self, draft: Draft, *, files: Sequence[Path] = ()) -> Sent:
        return self.room.send(_body(draft, 1, None), files=files)

    def replace(self, first: bytes, draft: Draft, *, files: Sequence[Path] = ()) -> Sent:
        """A newer version of the bulletin that began with message `first` (lhash). Refused: `state`, `rights`."""
        present = self._own(first)
        return self.room.send(_body(draft, present.version + 1, first), files=files)

    def withdraw(self, first: bytes, reason: str) -> Sent:
        """Refused: `state`, `rights` for a bulletin of somebody else."""
        self._own(first)
        return self.room.send({"t": "withdraw", "body": typed(reason), "re": first})

    def acknowledge(self, first: bytes, kind: str = "acknowledged") -> Sent:
        """Says that the present version was received, read or acknowledged. Refused: `state`, `schema`."""
        if kind not in ACKNOWLEDGEMENTS:
            raise Refused(Code.SCHEMA, f"kind: not one of {', '.join(ACKNOWLEDGEMENTS)}")
        return self.room.send({"t": "ack", "body": "", "re": self.one(first).entry.lhash, "kind": kind})

    def _own(self, first: bytes) -> Bulletin:
        bulletin = self.one(first)
        if bulletin.entry.author != self.room.desk.own.uid:
            raise Refused(Code.RIGHTS, "only its author changes or withdraws a bulletin")
        if bulletin.withdrawn is not None:
            raise Refused(Code.STATE, "the bulletin was withdrawn")
        return bulletin

    def one(self, first: bytes) -> Bulletin:
        """Refused: `state`."""
        found = [one for one in self.list() if one.first == first]
        if not found:
            raise Refused(Code.STATE, "there is no such bulletin")
        return found[0]

    def list(self) -> list[Bulletin]:
        """Oldest first. A version, a withdrawal counts only from the author of the first one."""
        found: dict[bytes, Bulletin] = {}
        versions: dict[bytes, bytes] = {}
        for entry in self.room.read():
            if entry.standing is not Standing.TRUSTED or entry.body is None:
                continue
            body, re = entry.body, entry.body["re"]
            if body["t"] == "bulletin":
                first = entry.lhash if re is None else versions.get(re, re)
                if _takes(found.get(first), entry, re):
                    versions[entry.lhash] = first
                    found[first] = _with_version(found.get(first), first, entry)
            elif body["t"] == "withdraw" and (one := found.get(versions.get(re, re))):
                found[one.first] = _withdrawn(one, entry)
            elif body["t"] == "ack" and re in versions and (one := found.get(versions[re])):
                _acknowledge(one, entry)
        return list(found.values())


def _takes(present: Bulletin | None, entry: Entry, re: bytes | None) -> bool:
    if re is None or present is None:
        return re is None and present is None
    higher = bool(entry.body and entry.body["version"] > present.version)
    return entry.author == present.entry.author and higher


def _withdrawn(bulletin: Bulletin, entry: Entry) -> Bulletin:
    if entry.author != bulletin.entry.author:
        return bulletin
    return replace(bulletin, withdrawn=entry.text)


def _acknowledge(bulletin: Bulletin, entry: Entry) -> None:
    """Of an older version it says nothing about this one."""
    if entry.body and entry.author and entry.body["re"] == bulletin.entry.lhash:
        bulletin.acknowledged.setdefault(entry.body["kind"], set()).add(entry.author)


def _with_version(present: Bulletin | None, first: bytes, entry: Entry) -> Bulletin:
    return Bulletin(first, entry, (*(present.versions if present else ()), entry))


def _body(draft: Draft, version: int, re: bytes | None) -> dict[str, Any]:
    return {
        "t": "bulletin",
        "body": typed(draft.text),
        "re": re,
        "subj": typed(draft.subject),
        "handling": draft.handling.as_map(),
        "to": list(draft.to),
        "valid_to": draft.valid_to,
        "ack_by": draft.ack_by,
        "version": version,
    }
