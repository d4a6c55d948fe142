"""What was found, as one document that others can check without trusting its sender."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cenlink.sealed.checks.signed import read
from cenlink.sealed.client.desk import Desk
from cenlink.sealed.client.findings import Finding, Kind
from cenlink.sealed.client.network import Place
from cenlink.sealed.refusals import Code, Refused


def exported(desk: Desk, findings: Sequence[Finding] | None = None) -> dict[str, Any]:
    """All findings with their signed objects, and where each chain ends for this client. No content, no key."""
    heads = [
        {"kind": kind, "chain": chain.hex(), "seq": seq, "lhash": digest.hex()}
        for kind, chain, seq, digest in desk.state.heads()
    ]
    orders = [
        {"group": gid.hex(), "i": desk.group(gid)[0].order.count, "mark": desk.group(gid)[0].order.mark.hex()}
        for gid in (desk.state.groups() if desk.account else [])
    ]
    return {
        "format": "cenlink evidence 1",
        "network": desk.state.net.hex() if desk.state.net else None,
        "account": desk.own.uid.hex() if desk.account else None,
        "at": desk.state.now(),
        "findings": [one.as_json() for one in (desk.state.findings() if findings is None else findings)],
        "heads": heads,
        "orders": orders,
    }


def is_fork(desk: Desk, finding: Finding) -> bool:
    """Whether the objects of a finding prove by themselves that two valid links stand in one place."""
    if finding.kind is not Kind.FORK or len(finding.objects) != 2:
        return False
    places = [Place.said_by(finding.where["kind"], raw) for raw in finding.objects]
    return len({(place.kind, place.chain, place.seq) for place in places}) == 1 and places[0] != places[1]


def present(desk: Desk, kind: str, raw: bytes) -> bool:
    """Compares a link from somebody else's evidence with what is known here; True when it is the same.

    A contradiction between two valid links is reported as a fork, with both. Refused: `off_chain` when nothing is
    known here of its place.
    """
    read(raw)
    place = Place.said_by(kind, raw)
    if kind == "grp":
        known = desk.group(place.chain)[0]
        if place.seq >= len(known.chain.links):
            raise Refused(Code.OFF_CHAIN, "nothing is known here of this place")
        return known.confront(raw)
    if desk.state.link(kind, place.chain, place.seq) is None:
        raise Refused(Code.OFF_CHAIN, "nothing is known here of this place")
    return desk.network.confront(kind, raw)
