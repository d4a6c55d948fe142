"""An account's life: opened, unlocked, its key changed, everything lost and begun anew (sealed-protocol §10)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from cenlink.sealed.checks.signed import lhash, sha256
from cenlink.sealed.client.desk import Desk
from cenlink.sealed.client.turns import Turns
from cenlink.sealed.client.unlocked import Unlocked, slots_of, unlocked
from cenlink.sealed.client.ways import NewSlot, Way, new_slot, opened_by
from cenlink.sealed.private.authoring import write_link
from cenlink.sealed.private.keys import Keys, new_seed
from cenlink.sealed.private.keyset import Keyset, new_account_key, open_keyset
from cenlink.sealed.refusals import Code, Refused
from cenlink.sealed.server import KeyStore

_PENDING, _OPENING = "reset", "opening"


def open_account(
    desk: Desk, *, adm: bytes, name: str, ways: Sequence[Way], typ: str = "officer", device: str = ""
) -> Unlocked:
    """A new account of an administration; its contact point certifies it afterwards. `typ` is officer or agent."""
    seed, now = new_seed(), desk.state.now()
    keys = Keys(seed)
    op = ["new", {"adm": adm, "gen": 1, "name": name, "pub": keys.public.as_map(), "typ": typ}]
    raw = write_link("usr", None, [op], keys, at=now)
    uid = lhash(raw)[:16]
    made = [new_slot(uid, way, 1) for way in ways]
    devices = [[desk.state.device, now, device]]
    keyset = Keyset(uid, 1, {1: seed}, slots=[one.entry for one in made], devices=devices)
    store, account = _store(keyset, made)
    # If the answer gets lost, `take_up` finds the account again.
    desk.state.keep_fact(_OPENING, uid)
    desk.server.tell("usr", raw, store)
    _enter(desk, account)
    desk.state.drop_fact(_OPENING)
    _require_read_back(desk, account)
    return account


def take_up(desk: Desk) -> bytes | None:
    """The account whose opening was interrupted after the server had taken it; it is this folder's from now on."""
    uid: bytes | None = desk.state.fact(_OPENING)
    desk.network.sync()
    if uid is None or uid not in desk.network.directory.accounts:
        return None
    desk.state.keep_fact("account", uid)
    desk.state.drop_fact(_OPENING)
    return uid


def _store(keyset: Keyset, made: Sequence[NewSlot]) -> tuple[KeyStore, Unlocked]:
    account_key = new_account_key()
    return Unlocked(keyset, account_key, b"", []).sealed(keyset, [one.slot for one in made], account_key)


def _enter(desk: Desk, account: Unlocked) -> None:
    desk.state.keep_fact("account", account.uid)
    desk.state.keep_keyset(account.uid, account.keyset.rev, account.ct)
    desk.account = account
    desk.server.speak_for(account.uid)
    desk.network.sync()


def _require_read_back(desk: Desk, account: Unlocked) -> None:
    """A seed is forgotten only when the server gives back what was stored. Refused: `keyset`."""
    store = desk.server.key_store()
    if store is None or (store.rev, store.ct) != (account.keyset.rev, account.ct):
        raise Refused(Code.KEYSET, "the server does not give back what it took; do not end this program, try again")


def unlock(desk: Desk, way: Way, uid: bytes | None = None) -> Unlocked:
    """Opens the account that this folder belongs to, or `uid`.

    Refused: `sealed` (wrong passphrase, Secret Key or passkey), `kdf`, `keyset`, `rollback`.
    """
    uid = uid or desk.state.fact("account")
    if uid is None:
        raise Refused(Code.KEYSET, "this folder has no account yet")
    desk.network.sync()
    desk.server.speak_for(uid)
    store = stored(desk)
    account_key = opened_by(way, uid, slots_of(store))
    desk.account = unlocked(desk.state, desk.network, uid, store, account_key)
    desk.state.keep_fact("account", uid)
    return desk.account


def stored(desk: Desk) -> KeyStore:
    """Refused: `keyset` when the server has none."""
    store = desk.server.key_store()
    if store is None:
        raise Refused(Code.KEYSET, "the server has no key store of this account")
    return store


# The key changes


def rotate(desk: Desk, *, why: str = "routine", ways: Sequence[Way] | None = None) -> Unlocked:
    """A new key; then, before anything else, each of one's groups gets it and a new period (rule S d).

    `why` "lost": a device is in strange hands. Then name the `ways` that remain: they get new slots and the account
    a new account key, so that what was lost opens nothing any more.
    """
    if why == "lost" and not ways:
        raise Refused(Code.KEYSET, "name the ways of unlocking that remain")
    # What one's present key signed is verified while it is still good; afterwards it would have to be vouched for.
    desk.sync()
    own = desk.own
    seed = new_seed()
    gen = max(own.keyset.seeds) + 1
    op = ["rot", {"gen": gen, "pub": Keys(seed).public.as_map(), "why": why}]
    raw = write_link("usr", _head(desk), [op], own.keys, Keys(seed), at=desk.state.now())
    seeds = {**own.keyset.seeds, gen: seed}
    store, account = _next(own, seeds=seeds) if ways is None else _renewed(own, ways, seeds=seeds)
    desk.server.tell("usr", raw, store, own.digest)
    _enter(desk, account)
    _require_read_back(desk, account)
    renew_in_groups(desk)
    return account


def _head(desk: Desk) -> Any:
    return desk.network.account(desk.own.uid).head


def _next(own: Unlocked, **changes: Any) -> tuple[KeyStore, Unlocked]:
    return own.sealed(own.keyset.next(own.ct, **changes), own.slots, own.account_key)


def _renewed(own: Unlocked, ways: Sequence[Way], **changes: Any) -> tuple[KeyStore, Unlocked]:
    """With a new account key, and slots for these ways only."""
    made = [new_slot(own.uid, way, own.keyset.rev + 1) for way in ways]
    keyset = own.keyset.next(own.ct, slots=[one.entry for one in made], **changes)
    return own.sealed(keyset, [one.slot for one in made], new_account_key())


def renew_in_groups(desk: Desk) -> list[bytes]:
    """Publishes one's newest key with a new period in each group that knows an older one; the groups."""
    renewed = []
    for gid in desk.sync():
        now = desk.group(gid)[0].now
        member = now.members.get(desk.own.uid)
        if member and not member.suspended and not now.closed and member.kid != desk.keys.kid:
            Turns(desk, gid).mend()
            renewed.append(gid)
    return renewed


# The ways of unlocking change


def change_way(desk: Desk, old: Way, new: Way) -> Unlocked:
    """Replaces a way, such as a passphrase. The account gets a new account key and all slots are sealed anew."""
    return _with_slots(desk, old.fits, [new])


def replace_ways(desk: Desk, kinds: Sequence[str], ways: Sequence[Way]) -> Unlocked:
    """Replaces all ways of these kinds ("pass", "passkey", "device"), as when one passphrase serves several."""
    return _with_slots(desk, lambda slot: slot["kind"] in kinds, ways)


def add_way(desk: Desk, new: Way) -> Unlocked:
    return _with_slots(desk, lambda _: False, [new])


def remove_way(desk: Desk, old: Way) -> Unlocked:
    """Refused: `keyset` for the last one."""
    return _with_slots(desk, old.fits, [])


def _with_slots(desk: Desk, goes: Callable[[dict[str, Any]], bool], also: Sequence[Way]) -> Unlocked:
    own = desk.own
    gone = {slot["id"] for slot in own.slots if goes(slot)}
    made = [new_slot(own.uid, way, own.keyset.rev + 1) for way in also]
    slots = [*(slot for slot in own.slots if slot["id"] not in gone), *(one.slot for one in made)]
    entries = [*(entry for entry in own.keyset.slots if entry["id"] not in gone), *(one.entry for one in made)]
    if not slots:
        raise Refused(Code.KEYSET, "a way of unlocking has to remain")
    # Whoever kept a slot that is gone must not open what comes (AMENDMENTS H7).
    key = new_account_key() if gone else own.account_key
    store, account = own.sealed(own.keyset.next(own.ct, slots=entries), slots, key)
    return put(desk, store, account)


def put(desk: Desk, store: KeyStore, account: Unlocked) -> Unlocked:
    """Replaces the key store. Raises ServerSaidNo (409) when another device was faster: unlock anew, then again."""
    desk.server.put_key_store(store, desk.own.digest)
    _enter(desk, account)
    _require_read_back(desk, account)
    return account


# Everything lost


def begin_reset(desk: Desk, uid: bytes, ways: Sequence[Way]) -> bytes:
    """A new key for an account that nothing opens any more; its kid, which the contact point puts into the reset.

    The key waits in the folder, sealed by the ways, until `finish_reset`.
    """
    desk.network.sync()
    desk.server.speak_for(uid)
    gen = desk.network.account(uid).newest.gen + 1
    old = desk.server.key_store()
    rev = old.rev + 1 if old else 1
    made = [new_slot(uid, way, rev) for way in ways]
    entries, devices = [one.entry for one in made], [[desk.state.device, desk.state.now(), ""]]
    seed = new_seed()
    keyset = Keyset(uid, rev, {gen: seed}, sha256(old.ct) if old else None, entries, devices)
    store, _ = _store(keyset, made)
    desk.state.keep_fact(_PENDING, [uid, store.rev, store.ct, store.slots, old and sha256(old.ct)])
    return Keys(seed).kid


def finish_reset(desk: Desk, way: Way, why: str = "") -> Unlocked:
    """Takes up the new key once the administration has ordered it. Refused: `uncertified` before that."""
    pending = desk.state.fact(_PENDING)
    if pending is None:
        raise Refused(Code.KEYSET, "no reset was begun in this folder")
    uid, rev, ct, slots, replaces = pending
    store = KeyStore(rev, ct, list(slots))
    desk.network.sync()
    account_key = opened_by(way, uid, slots_of(store))
    keyset = open_keyset(account_key, uid, rev, ct)
    chain = desk.network.account(uid)
    op = ["reset", {"gen": max(keyset.seeds), "pub": keyset.newest.public.as_map(), "why": why}]
    if chain.newest.key.kid != keyset.newest.kid:
        if keyset.newest.kid not in desk.network.directory.resets_of(chain.adm, uid):
            raise Refused(Code.UNCERTIFIED, "your administration has not ordered this reset yet")
        raw = write_link("usr", chain.head, [op], keyset.newest, at=desk.state.now())
        desk.server.tell("usr", raw, store, replaces)
    account = Unlocked(keyset, account_key, ct, slots_of(store))
    _enter(desk, account)
    _require_read_back(desk, account)
    desk.state.drop_fact(_PENDING)
    return account


# The end


def end_account(desk: Desk) -> None:
    """Ends the account for ever; its groups remove it."""
    raw = write_link("usr", _head(desk), [["rev", {}]], desk.keys, at=desk.state.now())
    desk.server.tell("usr", raw)
    desk.network.sync()
