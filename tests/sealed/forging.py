"""What a member with a bad will, or a defective client, can write: valid signatures on wrong things."""

from __future__ import annotations

import secrets
from typing import Any

from cenlink.sealed.checks.grp_links import apply
from cenlink.sealed.checks.messages import Message
from cenlink.sealed.private.authoring import write_group_link
from cenlink.sealed.private.epochs import epoch_op, wrap
from cenlink.sealed.private.keys import Keys
from cenlink.sealed.private.messages import new_id, seal_message

from tests.sealed.desks import Person


def link_of(person: Person, gid: bytes, ops: list[Any], *, keys: Keys | None = None, **changes: Any) -> bytes:
    """A link as this person would write it on what the person knows of the group."""
    known = person.desk.group(gid)[0]
    fields = {
        "view": person.desk.network.view(person.uid),
        "order": known.order.as_list(),
        "at": person.desk.state.now(),
        "after": known.head,
        **changes,
    }
    after = fields.pop("after")
    return write_group_link(after, ops, (person.uid, keys or person.desk.keys), **fields)


def wraps_of(person: Person, gid: bytes, raw: bytes, secrets_by_n: dict[int, bytes]) -> list[bytes]:
    """The wraps that the link owes."""
    known, directory = person.desk.group(gid)[0], person.desk.network.directory
    owed = apply(known.now, raw, directory).owed
    made = []
    for n, uid, kid in owed:
        key = directory.accounts[uid].key_of(kid)
        assert key
        made.append(wrap(secrets_by_n[n], gid, n, uid, kid, key.x).encoded())
    return made


def turn_with_bad_back_link(person: Person, gid: bytes) -> None:
    """Begins a period whose link back holds random bytes; nobody but members can see that."""
    room = person.room(gid)
    n, secret = room.now.n + 1, secrets.token_bytes(32)
    ops = [epoch_op(secret, gid, n, room.now.recipients(), secrets.token_bytes(32))]
    raw = link_of(person, gid, ops)
    person.desk.server.turn(gid, raw, wraps_of(person, gid, raw, {n: secret}))


def message_of(
    person: Person, gid: bytes, text: str, *, keys: Keys | None = None, secret: bytes | None = None, **header: Any
) -> Message:
    """A message as this person would write it now; `header` overrides single fields."""
    known = person.desk.group(gid)[0]
    keys = keys or person.desk.keys
    fields = {
        "g": gid,
        "n": known.now.n,
        "m": new_id(),
        "by": {"kid": keys.kid, "u": person.uid},
        "dev": secrets.token_bytes(16),
        "ctr": 0,
        "prev": None,
        "head": known.head.position.as_list(),
        "ml": known.order.as_list(),
        "vw": person.desk.network.view(person.uid),
        "at": person.desk.state.now(),
        "att": [],
        "del": [],
        "pd": None,
        "tl": None,
        **header,
    }
    if secret is None:
        secret = known.secret(fields["n"], person.desk.own.keyset.all_keys())
    return seal_message(fields, {"t": "msg", "body": text, "files": [], "re": None}, secret, keys)
