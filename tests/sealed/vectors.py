"""Writes the published vectors, `sdk/vectors/sealed.json`: python -m tests.sealed.vectors

Signatures, wraps and seals are randomised, so these are vectors to verify and open. Byte strings are base64url without
padding; `pool` holds long ones once, and `{"at": n}` means entry n of it.
"""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

from cenlink.sealed.checks.cbor import dec, enc
from cenlink.sealed.checks.grp import Group
from cenlink.sealed.checks.leaves import chain_leaf, leaf_hash, message_leaf
from cenlink.sealed.checks.signed import sha256
from cenlink.sealed.checks.spoken_codes import administration_code, secret_key_text
from cenlink.sealed.private.attachments import Sealer
from cenlink.sealed.private.bodies import require_body
from cenlink.sealed.private.epochs import epoch_key
from cenlink.sealed.private.keys import Keys, derive
from cenlink.sealed.private.keyset import Keyset
from cenlink.sealed.private.linking import NewDevice, answer
from cenlink.sealed.private.sealing import padme, seal
from cenlink.sealed.private.slots import (
    Stretching,
    device_key,
    passkey_key,
    passphrase_key,
    sealed_slot,
    slot_public,
)

from tests.sealed import (
    cases_of_group_links,
    cases_of_groups,
    cases_of_messages,
    cases_of_periods,
    cases_of_the_network,
    test_cbor,
)
from tests.sealed.cases import CASES, Judged, Stage
from tests.sealed.network import said
from tests.sealed.refusing import code_of

WHERE = Path(__file__).parents[2] / "sdk" / "vectors" / "sealed.json"
PARTS = [cases_of_group_links, cases_of_groups, cases_of_messages, cases_of_periods, cases_of_the_network]


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Pool:
    def __init__(self) -> None:
        self.entries: list[str] = []
        self._known: dict[bytes, int] = {}

    def at(self, data: bytes) -> dict[str, int]:
        if data not in self._known:
            self._known[data] = len(self.entries)
            self.entries.append(b64(data))
        return {"at": self._known[data]}


def seed_of(name: str) -> bytes:
    return sha256(f"comm/1 vector {name}".encode())


def played(pool: Pool) -> list[dict[str, Any]]:
    """All cases, each with what a client has to know before it judges."""
    written = []
    for case in CASES:
        stage = Stage.fresh(**case.policy)
        judged = case.play(stage)
        entry: dict[str, Any] = {"name": case.name, "sort": judged.sort, "refused": case.refused}
        if judged.sort == "network":
            entry |= {"kind": judged.kind, "raw": pool.at(judged.raw)}
        else:
            links = [link.signed.raw for link in stage.room.chain.links]
            entry["links"] = [pool.at(raw) for raw in links]
            entry |= _of_the_room(stage, judged, pool)
        entry["network"] = [[kind, pool.at(raw)] for kind, raw in stage.network.accepted]
        written.append(entry)
    return written


def _of_the_room(stage: Stage, judged: Judged, pool: Pool) -> dict[str, Any]:
    if judged.sort == "group":
        after = code_of(lambda: stage.room.chain.extend(judged.raw, stage.network.directory))
        return {"raw": pool.at(judged.raw), "after": None if after else summary(stage.room.now)}
    if judged.sort == "kept":
        return {"verified": judged.verified}
    content = dec(dec(judged.raw)[2])
    secret = stage.room.secrets[content["n"]]
    return {
        "raw": pool.at(judged.raw),
        "ct": pool.at(judged.ct or b""),
        "i": judged.i,
        "lhashes": [b64(lhash) for lhash in stage.room.order.lhashes],
        "secret": b64(secret),
    }


def summary(group: Group) -> dict[str, Any]:
    """What two clients compare of a state."""
    members = [[b64(u), m.role, m.gen, b64(m.kid), m.suspended] for u, m in sorted(group.members.items())]
    return {
        "id": b64(group.id),
        "n": group.n,
        "members": members,
        "closed": group.closed,
        "owed": [[n, b64(u), b64(kid)] for n, u, kid in group.owed],
    }


def of_keys() -> list[dict[str, str]]:
    written = []
    for name in ("A", "B"):
        seed = seed_of(name)
        keys = Keys(seed)
        pub = {part: b64(value) for part, value in keys.public.as_map().items()}
        written.append({"seed": b64(seed), "kid": b64(keys.kid), **pub})
    return written


def of_sealing(pool: Pool) -> list[dict[str, Any]]:
    """Cobblestone at the sizes where chunks end."""
    sizes = (0, 1, 16383, 16384, 16385, 49152, 200_001)
    key, context = seed_of("seal"), ["comm/1/back", bytes(16), 2, 1]
    return [
        {
            "key": b64(key),
            "size": size,
            "byte": size % 251,
            "context": b64(enc(context)),
            "sealed": pool.at(seal(key, context, bytes([size % 251]) * size)),
        }
        for size in sizes
    ]


def of_periods(pool: Pool) -> dict[str, Any]:
    stage = Stage.fresh()
    room = stage.room
    room.turn(stage.alice, [room.epoch()])
    first, second = room.now.epochs
    bob = stage.bob
    return {
        "gid": b64(room.gid),
        "account": b64(bob.uid),
        "seed": b64(bob.seeds[0]),
        "secrets": [b64(room.secrets[1]), b64(room.secrets[2])],
        "commits": [b64(first.commit), b64(second.commit)],
        "back": b64(second.backs[0]),
        "wraps": [pool.at(w.encoded()) for w in room.wraps if w.account == bob.uid],
        "labels": {label: b64(epoch_key(room.secrets[2], room.gid, 2, label)) for label in ("msg", "back", "meta")},
    }


def of_files(pool: Pool) -> list[dict[str, Any]]:
    gid, written = bytes(16), []
    for size in (0, 10, 20_000):
        data = b"JPEG" * (size // 4) + b"!" * (size % 4)
        sealer = Sealer(gid, io.BytesIO(data), size, "x-ray 1.jpg", "image/jpeg")
        parts = list(sealer.parts())
        descriptor = {k: b64(v) if isinstance(v, bytes) else v for k, v in sealer.descriptor.items()}
        sealed = pool.at(b"".join(parts))
        written.append({"gid": b64(gid), "descriptor": descriptor, "sealed": sealed, "sha256": b64(sha256(data))})
    return written


def of_unlocking() -> dict[str, Any]:
    uid, account_key, secret, held = bytes(16), seed_of("auk"), seed_of("sk")[:16], seed_of("held")
    stretching = Stretching(seed_of("salt")[:16])
    slots = {
        "pass": {"id": bytes(16), "kind": "pass", "rev": 1, **stretching.as_fields()},
        "passkey": {"id": bytes(16), "kind": "passkey", "rev": 1, "credential": b"credential"},
        "device": {"id": bytes(16), "kind": "device", "rev": 1, "dev": bytes(16), **stretching.as_fields()},
    }
    keys = {
        "pass": passphrase_key("Grüße 漢字", secret, stretching),
        "passkey": passkey_key(seed_of("prf")),
        "device": device_key("Grüße 漢字", held, uid, bytes(16), bytes(16), stretching),
    }
    keyset = Keyset(
        uid, 1, {1: seed_of("A")}, slots=[{"id": bytes(16), "kind": "pass", "x": slot_public(keys["pass"])}]
    )
    return {
        "uid": b64(uid),
        "account_key": b64(account_key),
        "passphrase": "Grüße 漢字",
        "secret": b64(secret),
        "secret_text": secret_key_text(secret),
        "prf": b64(seed_of("prf")),
        "held": b64(held),
        "keys": {kind: b64(key) for kind, key in keys.items()},
        "slots": {
            kind: b64(enc(sealed_slot(uid, slot, slot_public(keys[kind]), account_key))) for kind, slot in slots.items()
        },
        "keyset": {"rev": 1, "ct": b64(keyset.sealed(account_key)), "seed": b64(seed_of("A"))},
        "pins_key": b64(derive(account_key, b"comm/1/pins")),
    }


def of_linking() -> dict[str, Any]:
    uid, dev = bytes(16), bytes([1]) * 16
    device = NewDevice.asking(uid, dev, 1_790_000_000)
    handed = {"auk": seed_of("auk"), "rev": 1, "sk": None, "pins": enc({})}
    return {
        "uid": b64(uid),
        "dev": b64(dev),
        "seed": b64(device.seed),
        "secret": b64(device.secret),
        "request": b64(device.request),
        "code": device.code,
        "answer": b64(answer(device.request, device.code, 1_790_000_010, handed)),
        "account_key": b64(seed_of("auk")),
    }


def of_bodies() -> list[dict[str, Any]]:
    handling = {"tlp": "AMBER", "pap": None, "codes": ["H2"], "grading": "B2"}
    bulletin = {"subj": "Cocaine in reefer motors – Ω", "handling": handling, "to": [bytes(16)], "version": 1}
    bulletin = said("Check **TLLU 1234567**", t="bulletin", **bulletin, valid_to=None, ack_by=1_790_000_000)
    feedback = {"result": "inspected", "reason": None, "at": None, "unit": None, "techniques": ["XC"]}
    feedback |= {"minutes": 40, "usefulness": 5, "indicators": []}
    form = said("", t="form", form="T-06", v=1, fields=feedback, re=bytes(32))
    bodies: list[tuple[str, dict[str, Any]]] = [
        ("a message", said("hello")),
        ("a bulletin", bulletin),
        ("a bulletin without handling", {k: v for k, v in bulletin.items() if k != "handling"}),
        ("a bulletin with a colour that does not exist", {**bulletin, "handling": {**handling, "tlp": "PINK"}}),
        ("an acknowledgement", said("", t="ack", kind="read", re=bytes(32))),
        ("an acknowledgement of nothing", said("", t="ack", kind="read")),
        ("a withdrawal", said("wrong container", t="withdraw", re=bytes(32))),
        ("a feedback", form),
        ("a feedback without its warning", {**form, "re": None}),
        ("a feedback with a field of another form", {**form, "fields": {**feedback, "vessel": "MV"}}),
        ("an unknown form", {**form, "form": "T-99"}),
        ("true as a usefulness", {**form, "fields": {**feedback, "usefulness": True}}),
    ]
    return [{"name": n, "body": b64(enc(b)), "refused": code_of(lambda b=b: require_body(b))} for n, b in bodies]


def everything() -> dict[str, Any]:
    pool = Pool()
    lhash = seed_of("link")
    leaves = [chain_leaf("usr", bytes(16), 3, lhash), chain_leaf("grp", bytes(16), 3, lhash)]
    leaves.append(message_leaf(bytes(16), 7, lhash))
    written = {
        "label": "comm/1",
        "cbor": {"written": list(test_cbor.WRITTEN), "refused": test_cbor.REFUSED},
        "padme": {str(n): padme(n) for n in (0, 1, 1024, 1025, 5000, 65537, 1 << 20, (1 << 20) + 1, 200_000_000)},
        "keys": of_keys(),
        "sealing": of_sealing(pool),
        "periods": of_periods(pool),
        "files": of_files(pool),
        "unlocking": of_unlocking(),
        "linking": of_linking(),
        "bodies": of_bodies(),
        "administration_code": {"genesis": b64(lhash), "code": administration_code(lhash)},
        "leaves": {"lhash": b64(lhash), "hashes": [b64(leaf_hash(leaf)) for leaf in leaves]},
        "cases": played(pool),
    }
    return {**written, "pool": pool.entries}


if __name__ == "__main__":
    WHERE.write_text(json.dumps(everything(), ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
