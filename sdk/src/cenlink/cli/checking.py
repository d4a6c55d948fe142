"""Looking whether all is well: codes to compare, what was found, evidence for others."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from pathlib import Path
from typing import Any

import click

from cenlink.cli.failing import REFUSED, Failed
from cenlink.cli.saying import document, moment, shown, told
from cenlink.cli.session import Session
from cenlink.sealed.client.desk import Desk
from cenlink.sealed.client.evidence import exported, present
from cenlink.sealed.client.folder import write_closed
from cenlink.sealed.refusals import Code, Refused


@click.command()
@click.option("--settle", is_flag=True, help="What was found is dealt with and told no more; forks and rollbacks stay.")
@click.pass_obj
def verify(session: Session, settle: bool) -> None:
    """Check all chains anew, show the codes to compare and everything that was found. Exit code 5 after an alarm."""
    desk = session.unlocked()
    if settle:
        session.state.settle()
    said = _report(session, desk)
    if session.as_json:
        document(said)
    else:
        _say(said)
    if any(finding["alarm"] for finding in said["findings"]):
        raise Failed("Something is wrong; see above. Keep the evidence: cenlink evidence export.", REFUSED)


def _report(session: Session, desk: Desk) -> dict[str, Any]:
    net = desk.network.directory.net
    uid = desk.own.uid
    return {
        "network": net.id.hex(),
        "account": {
            "id": uid.hex(),
            "name": desk.network.name(uid),
            "certified": desk.network.directory.is_certified(uid),
            "key": desk.keys.kid.hex(),
            "generation": desk.network.account(uid).newest.gen,
            "devices": [[dev.hex(), at, name] for dev, at, name in desk.own.keyset.devices],
        },
        "administrations": [
            {"cc": one.cc, "name": one.name, "code": session.code_of(one.adm), "revoked": one.revoked}
            for one in net.admissions.values()
        ],
        "chains": len({(kind, chain) for kind, chain, *_ in desk.state.heads()}),
        "findings": [finding.as_json() for finding in desk.state.findings(settled=False)],
    }


def _say(said: dict[str, Any]) -> None:
    click.echo(f"network {said['network']}, {said['chains']} chains checked")
    account = said["account"]
    certified = "certified" if account["certified"] else "NOT certified"
    click.echo(f"account {account['id']} {shown(account['name'])}, {certified}, key {account['key']}")
    for dev, at, name in account["devices"]:
        click.echo(f"  device {dev[:12]} since {moment(at)} {shown(name)}".rstrip())
    click.echo("Compare these codes once by telephone or in person:")
    for one in said["administrations"]:
        click.echo(f"  {one['cc']:<3} {one['code']}  {shown(one['name'])}{' (left)' if one['revoked'] else ''}")
    for finding in said["findings"]:
        mark = "ALARM" if finding["alarm"] else "note "
        click.echo(f"{mark} {moment(finding['at'])} {shown(finding['sentence'])}")


@click.group()
def evidence() -> None:
    """Hand what was found to others, and compare what they found."""


@evidence.command("export")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Usually standard output.")
@click.pass_obj
def export(session: Session, output: Path | None) -> None:
    """Write all findings with their signed objects. It holds no content and no key."""
    said = exported(session.unlocked())
    if output is None:
        document(said)
        return
    write_closed(output, json.dumps(said, ensure_ascii=False, indent=2, sort_keys=True).encode())
    told(f"Written to {output}.")


@evidence.command("compare")
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_obj
def compare(session: Session, source: Path) -> None:
    """Compare somebody else's evidence with what this machine has seen. Exit code 5 after a contradiction."""
    desk = session.unlocked()
    given = _given(source)
    before = len(desk.state.findings())
    same = sum(_compare_heads(desk, head) for head in given.get("heads", []))
    for finding in given.get("findings", []):
        kind = finding.get("where", {}).get("kind")
        for encoded in finding.get("objects", []) if kind in {"net", "adm", "usr", "grp"} else []:
            same += _compare_object(desk, kind, encoded)
    said = {"same": same, "contradictions": len(desk.state.findings()) - before}
    if session.as_json:
        document(said)
    else:
        click.echo(f"{said['same']} the same, {said['contradictions']} contradictions")
    if said["contradictions"]:
        raise Failed("You were shown different histories. Keep both files, tell your contact points.", REFUSED)


def _given(source: Path) -> dict[str, Any]:
    try:
        given = json.loads(source.read_text(encoding="utf-8"))
    except ValueError:
        given = None
    if not isinstance(given, dict) or given.get("format") != "cenlink evidence 1":
        raise Failed(f"{source} is no evidence of cenlink.", REFUSED)
    return given


def _compare_heads(desk: Desk, head: dict[str, Any]) -> bool:
    kept = desk.state.link(head["kind"], bytes.fromhex(head["chain"]), head["seq"])
    if kept is None or kept.lhash.hex() == head["lhash"]:
        return kept is not None
    desk.state.report_split(head["kind"], kept, head["lhash"])
    return False


def _compare_object(desk: Desk, kind: str, encoded: str) -> bool:
    raw = urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    try:
        return present(desk, kind, raw)
    except Refused as refused:
        if refused.code is not Code.OFF_CHAIN:
            raise
        return False
