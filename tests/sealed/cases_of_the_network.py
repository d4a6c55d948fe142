"""Links of the network root, of administrations and of accounts (sealed-protocol §4.1, §4.2)."""

from __future__ import annotations

from typing import Any

from cenlink.sealed.checks.cbor import dec
from cenlink.sealed.checks.links import Link
from cenlink.sealed.private.authoring import write_link
from cenlink.sealed.private.keys import Keys, new_seed, sign
from cenlink.sealed.refusals import Code

from tests.sealed.cases import Judged, Stage, case, network
from tests.sealed.network import Person, Seat

P = 2**255 - 19


def net_link(s: Stage, op: list[Any], *signers: Keys) -> Judged:
    head = s.network.directory.net.head
    return network("net", write_link("net", head, [op], *(signers or (s.network.root,)), at=s.network.tick()))


def adm_link(s: Stage, seat: Seat, op: list[Any], *signers: Keys) -> Judged:
    head = s.network.directory.administrations[seat.id].head
    return network("adm", write_link("adm", head, [op], *(signers or (seat.keys,)), at=s.network.tick()))


def usr_link(s: Stage, person: Person, op: list[Any], *signers: Keys) -> Judged:
    head = s.network.directory.accounts[person.uid].head
    return network("usr", write_link("usr", head, [op], *signers, at=s.network.tick()))


def genesis_of(s: Stage, seat: Seat) -> Link:
    head = s.network.directory.administrations[seat.id].head
    assert head
    return head


def authority(*keys: Keys, th: int = 1) -> dict[str, Any]:
    return {"pubs": [k.public.as_map() for k in keys], "th": th}


def rotation(person: Person, keys: Keys, gen: int = 2) -> list[Any]:
    return ["rot", {"gen": gen, "pub": keys.public.as_map(), "why": "routine"}]


# The root


@case("an administration is admitted without the root's signature", Code.SIGNER)
def _(s: Stage) -> Judged:
    seat = s.network.administration("AT", admitted=False)
    op = ["adm", {"a": seat.id, "gh": genesis_of(s, seat).lhash, "cc": "AT", "name": "Austria", "succ": None}]
    return net_link(s, op, seat.keys)


@case("an administration is admitted under an id that is not its genesis", Code.STATE)
def _(s: Stage) -> Judged:
    op = ["adm", {"a": bytes(16), "gh": bytes([1]) * 32, "cc": "AT", "name": "Austria", "succ": None}]
    return net_link(s, op)


@case("an administration is admitted twice", Code.STATE)
def _(s: Stage) -> Judged:
    genesis = genesis_of(s, s.network.administration("AT"))
    op = ["adm", {"a": genesis.lhash[:16], "gh": genesis.lhash, "cc": "AT", "name": "Austria", "succ": None}]
    return net_link(s, op)


@case("two living successors of one administration", Code.STATE)
def _(s: Stage) -> Judged:
    s.network.administration("FR", succ=s.france.id)
    seat = s.network.administration("FR", admitted=False)
    op = ["adm", {"a": seat.id, "gh": genesis_of(s, seat).lhash, "cc": "FR", "name": "F", "succ": s.france.id}]
    return net_link(s, op)


@case("the beginning of an administration's chain once more", Code.ORDER)
def _(s: Stage) -> Judged:
    begun = next(raw for kind, raw in s.network.accepted if kind == "adm")
    return network("adm", begun)


@case("the beginning of an account's chain once more", Code.ORDER)
def _(s: Stage) -> Judged:
    begun = next(raw for kind, raw in s.network.accepted if kind == "usr")
    return network("usr", begun)


@case("an administration is revoked twice", Code.STATE)
def _(s: Stage) -> Judged:
    s.network.net(["admrev", {"a": s.chile.id}])
    return net_link(s, ["admrev", {"a": s.chile.id}])


@case("the root is handed over by old and new keys", None)
def _(s: Stage) -> Judged:
    new = [Keys(new_seed()), Keys(new_seed())]
    return net_link(s, ["root", authority(*new, th=2)], s.network.root, *new)


@case("the root is handed over without the new keys' consent", Code.SIGNER)
def _(s: Stage) -> Judged:
    return net_link(s, ["root", authority(Keys(new_seed()))])


@case("the same root key stands twice", Code.KEY)
def _(s: Stage) -> Judged:
    keys = Keys(new_seed())
    return net_link(s, ["root", authority(keys, keys, th=2)], s.network.root, keys)


@case("a threshold above the number of keys", Code.SCHEMA)
def _(s: Stage) -> Judged:
    keys = Keys(new_seed())
    return net_link(s, ["root", authority(keys, th=2)], s.network.root, keys)


@case("one of two root keys signs twice", Code.SIGNER)
def _(s: Stage) -> Judged:
    one, two = Keys(new_seed()), Keys(new_seed())
    s.network.net(["root", authority(one, two, th=2)], s.network.root, one, two)
    return net_link(s, ["admrev", {"a": s.chile.id}], one, one)


@case("the log is announced before this client knows logs", None)
def _(s: Stage) -> Judged:
    op = {"origin": "log", "keys": [b"k"], "wit": [], "w": 0, "maxage": 86400, "from": [9, bytes(32)]}
    return net_link(s, ["log", op])


@case("two operations in a link of the network", Code.SCHEMA)
def _(s: Stage) -> Judged:
    head = s.network.directory.net.head
    ops = [["logrev", {}], ["logrev", {}]]
    return network("net", write_link("net", head, ops, s.network.root, at=s.network.tick()))


# Administrations


@case("an administration names its desk", None)
def _(s: Stage) -> Judged:
    return adm_link(s, s.france, ["desk", {"us": [s.alice.uid, s.amira.uid]}])


@case("an administration closes its desk", None)
def _(s: Stage) -> Judged:
    s.network.adm(s.france, ["desk", {"us": [s.alice.uid]}])
    return adm_link(s, s.france, ["desk", {"us": []}])


@case("an account stands twice at a desk", Code.STATE)
def _(s: Stage) -> Judged:
    return adm_link(s, s.france, ["desk", {"us": [s.alice.uid, s.alice.uid]}])


@case("a revoked account is seated at a desk", Code.STATE)
def _(s: Stage) -> Judged:
    s.network.revoke(s.alice)
    return adm_link(s, s.france, ["desk", {"us": [s.alice.uid]}])


@case("another administration names the desk", Code.SIGNER)
def _(s: Stage) -> Judged:
    return adm_link(s, s.france, ["desk", {"us": [s.alice.uid]}], s.germany.keys)


@case("a desk of more than two hundred", Code.SCHEMA)
def _(s: Stage) -> Judged:
    us = [number.to_bytes(16) for number in range(201)]
    return adm_link(s, s.france, ["desk", {"us": us}])


@case("an authority key that was replaced still certifies", Code.SIGNER)
def _(s: Stage) -> Judged:
    ghost = s.network.officer(s.france, "Ghost", certified=False)
    new = Keys(new_seed())
    s.network.adm(s.france, ["auth", authority(new)], s.france.keys, new)
    genesis = s.network.directory.accounts[ghost.uid].genesis
    op = ["cert", {"u": ghost.uid, "gh": genesis, "typ": "officer", "name": None}]
    return adm_link(s, s.france, op)


@case("another administration certifies in this one's chain", Code.SIGNER)
def _(s: Stage) -> Judged:
    return adm_link(s, s.france, ["rev", {"u": s.alice.uid}], s.germany.keys)


@case("a revoked officer is certified again", Code.STATE)
def _(s: Stage) -> Judged:
    s.network.revoke(s.alice)
    genesis = s.network.directory.accounts[s.alice.uid].genesis
    return adm_link(s, s.france, ["cert", {"u": s.alice.uid, "gh": genesis, "typ": "officer", "name": None}])


@case("a certificate gives an officer a new name", None)
def _(s: Stage) -> Judged:
    genesis = s.network.directory.accounts[s.alice.uid].genesis
    return adm_link(s, s.france, ["cert", {"u": s.alice.uid, "gh": genesis, "typ": "officer", "name": "Alice M."}])


@case("an officer is certified as an agent", Code.STATE)
def _(s: Stage) -> Judged:
    genesis = s.network.directory.accounts[s.alice.uid].genesis
    return adm_link(s, s.france, ["cert", {"u": s.alice.uid, "gh": genesis, "typ": "agent", "name": None}])


@case("a revoked officer is reset", Code.STATE)
def _(s: Stage) -> Judged:
    s.network.revoke(s.alice)
    return adm_link(s, s.france, ["reset", {"u": s.alice.uid, "kid": bytes(16), "why": ""}])


@case("recovery keys that do not fit the mode", Code.SCHEMA)
def _(s: Stage) -> Judged:
    return adm_link(s, s.france, ["rec", {"mode": "2of3", "pubs": [s.france.keys.public.as_map()]}])


@case("a name with a character that reorders text", Code.SCHEMA)
def _(s: Stage) -> Judged:
    genesis = s.network.directory.accounts[s.alice.uid].genesis
    op = ["cert", {"u": s.alice.uid, "gh": genesis, "typ": "officer", "name": "Al\u202eeci"}]
    return adm_link(s, s.france, op)


@case("a name in a script that newer Unicode versions order otherwise", None)
def _(s: Stage) -> Judged:
    genesis = s.network.directory.accounts[s.alice.uid].genesis
    op = ["cert", {"u": s.alice.uid, "gh": genesis, "typ": "officer", "name": "\U0001611e\U0001611e"}]
    return adm_link(s, s.france, op)


@case("a name of 201 characters", Code.SCHEMA)
def _(s: Stage) -> Judged:
    genesis = s.network.directory.accounts[s.alice.uid].genesis
    return adm_link(s, s.france, ["cert", {"u": s.alice.uid, "gh": genesis, "typ": "officer", "name": "x" * 201}])


# Accounts


@case("an account changes its key, signed by the old and the new", None)
def _(s: Stage) -> Judged:
    keys = Keys(new_seed())
    return usr_link(s, s.alice, rotation(s.alice, keys), s.alice.keys, keys)


@case("a server changes an account's key", Code.SIGNER)
def _(s: Stage) -> Judged:
    keys = Keys(new_seed())
    return usr_link(s, s.alice, rotation(s.alice, keys), keys)


@case("a key is used again", Code.KEY)
def _(s: Stage) -> Judged:
    return usr_link(s, s.alice, rotation(s.alice, s.alice.keys), s.alice.keys, s.alice.keys)


@case("a generation is skipped", Code.STATE)
def _(s: Stage) -> Judged:
    keys = Keys(new_seed())
    return usr_link(s, s.alice, rotation(s.alice, keys, gen=3), s.alice.keys, keys)


@case("true as a generation", Code.SCHEMA)
def _(s: Stage) -> Judged:
    op = {"adm": s.france.id, "gen": True, "name": "T", "pub": s.alice.keys.public.as_map(), "typ": "officer"}
    return network("usr", write_link("usr", None, [["new", op]], s.alice.keys))


@case("a reset that its administration ordered", None)
def _(s: Stage) -> Judged:
    seed = s.network.reset(s.alice, finish=False)
    op = ["reset", {"gen": 2, "pub": Keys(seed).public.as_map(), "why": "device lost"}]
    return usr_link(s, s.alice, op, Keys(seed))


@case("a reset that nobody ordered", Code.UNCERTIFIED)
def _(s: Stage) -> Judged:
    keys = Keys(new_seed())
    return usr_link(s, s.alice, ["reset", {"gen": 2, "pub": keys.public.as_map(), "why": ""}], keys)


@case("a reset that another administration ordered", Code.UNCERTIFIED)
def _(s: Stage) -> Judged:
    keys = Keys(new_seed())
    s.network.adm(s.germany, ["reset", {"u": s.alice.uid, "kid": keys.kid, "why": ""}])
    return usr_link(s, s.alice, ["reset", {"gen": 2, "pub": keys.public.as_map(), "why": ""}], keys)


@case("a reset that its administration's successor ordered", None)
def _(s: Stage) -> Judged:
    successor = s.network.administration("FR", succ=s.france.id)
    keys = Keys(new_seed())
    s.network.adm(successor, ["reset", {"u": s.alice.uid, "kid": keys.kid, "why": ""}])
    return usr_link(s, s.alice, ["reset", {"gen": 2, "pub": keys.public.as_map(), "why": ""}], keys)


@case("a reset that a later one replaced", Code.UNCERTIFIED)
def _(s: Stage) -> Judged:
    first = s.network.reset(s.alice, finish=False)
    s.network.reset(s.alice)
    op = ["reset", {"gen": 3, "pub": Keys(first).public.as_map(), "why": ""}]
    return usr_link(s, s.alice, op, Keys(first))


@case("an account goes on after its end", Code.STATE)
def _(s: Stage) -> Judged:
    s.network.usr(s.alice, ["rev", {}], s.alice.keys)
    keys = Keys(new_seed())
    return usr_link(s, s.alice, rotation(s.alice, keys), s.alice.keys, keys)


@case("a link whose chain never began", Code.ORDER)
def _(s: Stage) -> Judged:
    raw = write_link("usr", None, [["rev", {}]], s.alice.keys)
    content = dec(dec(raw)[2])
    del content["rnd"]
    return network("usr", sign({**content, "seq": 1, "prev": bytes(32), "id": bytes(16)}, s.alice.keys))


def bad_key(s: Stage, **parts: bytes) -> Judged:
    keys = Keys(new_seed())
    pub = {**keys.public.as_map(), **parts}
    return usr_link(s, s.alice, ["rot", {"gen": 2, "pub": pub, "why": "lost"}], s.alice.keys, keys)


@case("an ML-KEM key that is not reduced", Code.KEY)
def _(s: Stage) -> Judged:
    return bad_key(s, x=b"\xff" * 1184 + Keys(new_seed()).public.x[1184:])


@case("an X25519 key of zeros", Code.KEY)
def _(s: Stage) -> Judged:
    return bad_key(s, x=Keys(new_seed()).public.x[:1184] + bytes(32))


@case("an X25519 key that is not canonical", Code.KEY)
def _(s: Stage) -> Judged:
    return bad_key(s, x=Keys(new_seed()).public.x[:1184] + (P + 9).to_bytes(32, "little"))


@case("an Ed25519 key for which zeros are a signature of everything", Code.KEY)
def _(s: Stage) -> Judged:
    return bad_key(s, e=(1).to_bytes(32, "little"))


@case("an Ed25519 key of order eight", Code.KEY)
def _(s: Stage) -> Judged:
    return bad_key(s, e=bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"))


@case("a key of the wrong length", Code.SCHEMA)
def _(s: Stage) -> Judged:
    return bad_key(s, m=bytes(1951))
