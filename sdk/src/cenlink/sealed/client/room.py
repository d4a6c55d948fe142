"""A closed group as its members use it: read, post, attach, and decide who belongs to it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cenlink.sealed.checks.grp import Group, Role
from cenlink.sealed.checks.grp_links import apply
from cenlink.sealed.client.desk import Desk
from cenlink.sealed.client.entries import Entry
from cenlink.sealed.client.files import require_media_allowed, saved, uploaded
from cenlink.sealed.client.posting import Posting, Sent
from cenlink.sealed.client.staleness import Operation, Stale, staleness
from cenlink.sealed.client.turns import Signer, Turns
from cenlink.sealed.private.authoring import write_group_link
from cenlink.sealed.refusals import Code, Refused

USUAL_POLICY = {"hist": "full", "post": "writer", "mq": 1, "maxage": 90, "ret": 0}


@dataclass(frozen=True)
class MemberSeen:
    """A member with the administration that answers for it and the code by which that is compared."""

    uid: bytes
    name: str
    role: str
    administration: str
    code: str
    suspended: bool
    typ: str


class Room:
    """One group for the account at the desk. Changes are decided on the newest state, or refused."""

    def __init__(self, desk: Desk, gid: bytes) -> None:
        self.desk, self.gid = desk, gid
        self.posting = Posting(desk, gid)
        self.turns: Turns = self.posting.turns

    @classmethod
    def founded(
        cls,
        desk: Desk,
        name: str,
        members: Sequence[tuple[bytes, str]] = (),
        *,
        description: str = "",
        desks: Sequence[bytes] = (),
        co: Sequence[Signer] = (),
        **policy: Any,
    ) -> Room:
        """A new group with the asker as manager; members as (account, role), `desks` that it follows as adm ids.

        Refused: `uncertified`, `schema` …
        """
        desk.network.sync()
        home = policy.pop("home", None) or desk.network.account(desk.own.uid).adm
        adds = [(desk.own.uid, "manager"), *members]
        ops: list[Operation] = [["pol", {**USUAL_POLICY, **policy, "home": home}]]
        ops += [["add", newcomer(desk, uid, role)] for uid, role in adds]
        view = desk.network.view(desk.own.uid)
        raw = write_group_link(None, ops, (desk.own.uid, desk.keys), view=view, at=desk.state.now())
        gid = apply(Group(), raw, desk.network.directory).id
        desk.server.found(raw)
        room = cls(desk, gid)
        room.turns.turn(lambda _: [], rotate=True, name=named(name, description, desks), co=co)
        return room

    @property
    def now(self) -> Group:
        return self.turns.known.now

    @property
    def name(self) -> str:
        """Refused: `wrap`, `history`, `sealed` when the present key is not there."""
        return self.turns.name()["name"]

    @property
    def description(self) -> str:
        return self.turns.name()["desc"]

    @property
    def desks(self) -> list[bytes]:
        """The administrations whose desks the group follows; none for an ordinary group. Refused: as `name`."""
        return list(self.turns.name().get("desks", ()))

    def members(self) -> list[MemberSeen]:
        """By name. Administration codes are to be compared once by another way."""
        seen = []
        for uid, member in self.now.members.items():
            administration, code = self.desk.network.administration_of(uid)
            typ = self.desk.network.account(uid).typ
            name = self.desk.network.name(uid)
            seen.append(MemberSeen(uid, name, str(member.role), administration, code, member.suspended, typ))
        return sorted(seen, key=lambda one: (one.name, one.uid))

    # Reading

    def read(self, after: int = 0) -> list[Entry]:
        """Fetches what is new, then gives the messages numbered above `after`, each with its standing."""
        self.desk.network.sync()
        self.desk.sync_group(self.gid)
        return self.desk.group(self.gid)[1].entries(self.desk.own.keyset.all_keys(), after)

    def entry(self, i: int) -> Entry:
        """Refused: `state` when there is no such message."""
        found = [entry for entry in self.read(i - 1) if entry.i == i]
        if not found:
            raise Refused(Code.STATE, f"there is no message {i}")
        return found[0]

    def vouch(self, i: int) -> None:
        """The reader asked the author by another way: message `i` is genuine, although its key is withdrawn."""
        kept = self.desk.state.message(self.gid, i)
        if kept is None or kept.code != Code.WITHDRAWN:
            raise Refused(Code.STATE, "only a message under a withdrawn key can be vouched for")
        self.desk.state.keep_fact(f"vouched/{kept.lhash.hex()}", True)
        self.desk.state.verify_message(self.gid, i)

    # Posting

    def post(self, text: str, *, files: Sequence[Path] = (), re: bytes | None = None) -> Sent:
        """Sends a message, with files when there are some. `re` is the lhash of what it answers."""
        return self.send({"t": "msg", "body": typed(text), "re": re}, files=files)

    def send(self, body: dict[str, Any], *, files: Sequence[Path] = (), take_back: Sequence[bytes] = ()) -> Sent:
        """Sends a body of any type (sealed-protocol §8) without its `files`, which are attached here."""
        require_media_allowed(body, files=bool(files))
        if files:
            self.posting.prepare()
        attached = [self.attach(source) for source in files]
        return self.posting.send({**body, "files": attached}, take_back)

    def attach(self, source: Path) -> dict[str, Any]:
        """Seals and uploads one file; its description."""
        return uploaded(self.desk.server, self.gid, source)

    def save(self, i: int, number: int, target: Path) -> Path:
        """Saves file `number` (from 0) of message `i` as `target`. Refused: `file`, `sealed`, `state`, `schema`."""
        body = self.entry(i).body
        if body is None or not 0 <= number < len(body["files"]):
            raise Refused(Code.STATE, f"message {i} has no such file, or cannot be read")
        require_media_allowed(body, files=True)
        return saved(self.desk.server, self.gid, body["files"][number], target)

    def take_back(self, i: int, reason: str = "") -> Sent:
        """Takes back an own message, or any as a manager: content and files go, the signed header stays."""
        body = {"t": "msg", "body": typed(reason), "re": None}
        return self.send(body, take_back=[self.entry(i).lhash])

    # Who belongs to it

    def add(self, uid: bytes, role: str = "writer", *, co: Sequence[Signer] = ()) -> None:
        """Refused: `rights`, `uncertified`, `withdrawn`, `state` when it is a member already."""
        self.turns.turn(lambda _: [["add", newcomer(self.desk, uid, role)]], co=co)

    def remove(self, uid: bytes, *, co: Sequence[Signer] = ()) -> None:
        """Removes a member and changes the key, so that nothing newer opens for it."""
        self.turns.turn(lambda _: [["rem", {"u": uid}]], co=co)

    def change_role(self, uid: bytes, role: str, *, co: Sequence[Signer] = ()) -> None:
        self.turns.turn(lambda _: [["role", {"u": uid, "role": str(Role(role))}]], co=co)

    def readmit(self, uid: bytes, *, co: Sequence[Signer] = ()) -> None:
        """Admits the newest key of a member whom its administration reset, once a manager is sure of the person."""

        def decide(_: Group) -> list[Operation]:
            newest = self.desk.network.account(uid).newest
            return [["key", {"u": uid, "gen": newest.gen, "kid": newest.key.kid}]]

        self.turns.turn(decide, co=co)

    def rotate(self) -> None:
        """Begins a new period with a new key."""
        self.turns.turn(lambda _: [], rotate=True)

    def mend(self) -> None:
        """Changes the key if somebody holds it who should not, or if it is old."""
        self.turns.mend()

    @property
    def staleness(self) -> Stale:
        return staleness(self.turns.known, self.desk.network.directory)

    def leave(self) -> None:
        """Refused: `last_manager`."""
        if self.now.members[self.desk.own.uid].kid != self.desk.keys.kid:
            self.turns.mend()
        self.turns.turn(lambda _: [["rem", {"u": self.desk.own.uid}]], alone=True, leaves=True)

    def close(self, *, co: Sequence[Signer] = ()) -> None:
        """Ends the group for ever; what was said stays readable."""
        self.turns.turn(lambda _: [["close", {}]], co=co)

    def grant(self, uid: bytes, n: int, *, co: Sequence[Signer] = ()) -> None:
        """Gives a member the key of an earlier period, and with it what links back from there."""
        self.turns.turn(lambda _: [["grant", {"u": uid, "n": n}]], co=co)

    def offer_key(self, uid: bytes) -> None:
        """Gives a member whose key is missing or damaged the present period's anew. Refused: `rights`, `wrap`."""
        self.desk.network.sync()
        n = self.desk.sync_group(self.gid).n
        kid = self.now.holders.get(uid)
        if kid is None:
            raise Refused(Code.RIGHTS, "the present key is not meant for this account")
        self.desk.server.offer_wrap(self.gid, self.turns.wrapped(n, uid, kid).encoded())

    def change_policy(self, *, co: Sequence[Signer] = (), **changes: Any) -> None:
        def decide(group: Group) -> list[Operation]:
            rules = group.rules
            policy = {name: getattr(rules, name) for name in ("hist", "post", "mq", "maxage", "ret", "home")}
            return [["pol", {**policy, **changes}]]

        self.turns.turn(decide, co=co)

    def rename(self, name: str, description: str = "") -> None:
        self.turns.turn(lambda _: [], name=named(name, description, self.desks))

    def take_over(self) -> None:
        """Becomes manager where none is left, named by the home administration. Refused: `rights`."""

        def decide(_: Group) -> list[Operation]:
            newest = self.desk.network.account(self.desk.own.uid).newest
            return [["succ", {"u": self.desk.own.uid, "gen": newest.gen, "kid": newest.key.kid}]]

        self.turns.turn(decide, alone=True)


def typed(text: str) -> str:
    """Typed text in one normal form, so that equal words have equal bytes (sealed-protocol §3.1)."""
    return unicodedata.normalize("NFC", text)


def named(name: str, description: str, desks: Sequence[bytes] = ()) -> dict[str, Any]:
    """What is sealed as a group's name."""
    said: dict[str, Any] = {"name": typed(name), "desc": typed(description)}
    return {**said, "desks": list(desks)} if desks else said


def newcomer(desk: Desk, uid: bytes, role: str) -> dict[str, Any]:
    """The fields of an `add` of the account's newest key. Refused: `uncertified`, `withdrawn`."""
    newest = desk.network.account(uid).newest
    desk.network.directory.require_usable(uid, newest.key.kid)
    return {"u": uid, "role": str(Role(role)), "gen": newest.gen, "kid": newest.key.kid}
