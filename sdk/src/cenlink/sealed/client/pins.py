"""What the devices of an account have seen, handed to each other through the server, sealed (sealed-protocol §10)."""

from __future__ import annotations

from typing import Any

from cenlink.sealed.checks.cbor import dec
from cenlink.sealed.checks.schema import HASH, ID, closed, number, one_of, row, several
from cenlink.sealed.client.desk import Desk
from cenlink.sealed.client.findings import Kind
from cenlink.sealed.client.state import ClientState
from cenlink.sealed.private.keyset import open_pins, seal_pins
from cenlink.sealed.refusals import Code, Refused

MOST_CHAINS = 5000
# Of the directory only those chains are pinned by name that stand in the way of an attack on this account.
SHAPE = closed(
    {
        "v": one_of(1),
        "chains": several(row(one_of("net", "adm", "usr", "grp"), ID, number(), HASH), most=MOST_CHAINS),
        "orders": several(row(ID, number(), HASH), most=MOST_CHAINS),
    },
    # Administrations whose codes the officer compared; this client shows no marks.
    {"codes": several(ID, most=MOST_CHAINS)},
)


def seen(desk: Desk) -> dict[str, Any]:
    """Where the network, one's administration and account, and each group end; the place in each order."""
    uid = desk.own.uid
    wanted = {desk.network.directory.net.id, desk.network.account(uid).adm, uid, *desk.state.groups()}
    chains = [[kind, chain, seq, lhash] for kind, chain, seq, lhash in desk.state.heads() if chain in wanted]
    orders = []
    for gid in desk.state.groups():
        order = desk.group(gid)[0].order
        if order.count:
            orders.append([gid, order.count, order.mark])
    return {"v": 1, "chains": chains[:MOST_CHAINS], "orders": orders[:MOST_CHAINS]}


def publish(desk: Desk) -> None:
    """Leaves for the other devices what this one has seen."""
    own, device = desk.own, desk.state.device
    desk.server.put_pins(device, seal_pins(own.account_key, own.uid, device, seen(desk)))


def look_at_others(desk: Desk) -> None:
    """Compares what the other devices have seen with what was fetched here. Call it after `sync`."""
    own = desk.own
    for device, ct in desk.server.pins():
        try:
            compare(desk, device, open_pins(own.account_key, own.uid, device, ct))
        except Refused:
            # Sealed under an account key from before, by a device that has not come back since.
            continue


def compare(desk: Desk, device: bytes, pins: dict[str, Any]) -> None:
    """Refused: `schema`. Contradictions are reported."""
    SHAPE(pins, "pins")
    for kind, chain, seq, lhash in pins["chains"]:
        kept = desk.state.link(kind, chain, seq)
        where = {"kind": kind, "chain": chain.hex(), "seq": seq, "device": device.hex()}
        _judge(desk.state, where, None if kept is None else kept.lhash == lhash, chain if kind == "grp" else None)
    known = set(desk.state.groups())
    for gid, i, mark in pins["orders"]:
        where = {"chain": gid.hex(), "i": i, "device": device.hex()}
        if gid not in known:
            _judge(desk.state, where, None, gid)
            continue
        order = desk.group(gid)[0].order
        if i >= order.start:
            _judge(desk.state, where, None if i > order.count else order.mark_at(i) == mark, gid)


def _judge(state: ClientState, where: dict[str, Any], same: bool | None, group: bytes | None) -> None:
    said = "another device of yours has seen"
    if same is None:
        state.report(Kind.ROLLBACK, Code.ROLLBACK, where, f"{said} more", group=group)
    elif not same:
        state.report(Kind.FORK, Code.FORK, where, f"{said} another history", group=group)


def read_handed(encoded: bytes) -> dict[str, Any]:
    """Pins as another device handed them over. Refused: `cbor`, `schema`."""
    pins = dec(encoded)
    SHAPE(pins, "pins")
    return dict(pins)
