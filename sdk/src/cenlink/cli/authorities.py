"""What the network root and contact points do with their offline keys, and links that several people sign."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from cenlink.cli.failing import REFUSED, Failed
from cenlink.cli.saying import document, told
from cenlink.cli.session import Session, identity
from cenlink.sealed.checks.signed import lhash
from cenlink.sealed.client import keyfiles
from cenlink.sealed.client.authority import ContactPoint, NetworkRoot
from cenlink.sealed.client.drafts import Draft
from cenlink.sealed.client.folder import write_closed
from cenlink.sealed.private.keys import Keys

keys_option = click.option(
    "--key",
    "files",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    required=True,
    help="File of an offline key; may be repeated. All open by the same passphrase.",
)
draft_option = click.option(
    "--draft",
    "out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Writes a draft for others to sign, instead of publishing.",
)
threshold_option = click.option("--threshold", type=click.IntRange(1, 9), required=True, help="How many have to sign.")


def _read(session: Session, files: Sequence[Path]) -> list[Keys]:
    phrase = session.passphrase()
    return [keyfiles.read(source, phrase) for source in files]


def _say(session: Session, **said: Any) -> None:
    if session.as_json:
        document(said)
        return
    for name, value in said.items():
        click.echo(f"{name.replace('_', ' ')}: {value}")


@click.group()
def key() -> None:
    """Offline keys of an authority; keep them off the network."""


@key.command("make")
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def make(session: Session, target: Path) -> None:
    """Make a key in the file TARGET, under the passphrase."""
    made = keyfiles.make(target, session.passphrase(new=True))
    _say(session, key=made.kid.hex(), file=str(target))


# The network root


@click.group()
def root() -> None:
    """The network root: found the network, admit and revoke administrations."""


@root.command("found")
@keys_option
@threshold_option
@click.pass_obj
def root_found(session: Session, files: tuple[Path, ...], threshold: int) -> None:
    """Begin a network; its id is printed in the manual and given to every client."""
    raw = NetworkRoot.founded(_read(session, files), threshold, session.now())
    desk = session.founded(lhash(raw)[:16])
    desk.server.tell("net", raw)
    desk.network.sync()
    _say(session, network=lhash(raw)[:16].hex())


@root.command("admit")
@click.argument("administration")
@click.option("--takes-over", help="Code of the administration that this one takes over.")
@keys_option
@draft_option
@click.pass_obj
def admit(
    session: Session, administration: str, takes_over: str | None, files: tuple[Path, ...], out: Path | None
) -> None:
    """Admit ADMINISTRATION, named by its code as the contact point read it out."""
    chain = NetworkRoot(session.desk.network)
    session.desk.network.sync()
    adm = session.administration(administration)
    before = session.administration(takes_over) if takes_over else None
    holders = _read(session, files)
    _act(session, chain, chain.admission(adm, before), holders, out, admitted=adm.hex())


@root.command("revoke")
@click.argument("administration")
@keys_option
@draft_option
@click.pass_obj
def root_revoke(session: Session, administration: str, files: tuple[Path, ...], out: Path | None) -> None:
    """Let ADMINISTRATION leave the network; its members receive nothing new from then on."""
    chain = NetworkRoot(session.desk.network)
    session.desk.network.sync()
    adm = session.administration(administration)
    _act(session, chain, ["admrev", {"a": adm}], _read(session, files), out, revoked=adm.hex())


def _act(
    session: Session,
    chain: NetworkRoot | ContactPoint,
    op: list[Any],
    holders: Sequence[Keys],
    out: Path | None,
    **said: Any,
) -> None:
    if out is None:
        chain.act(op, *holders)
        _say(session, **said)
        return
    drafted = chain.draft(op).signed_by(*holders)
    write_closed(out, drafted.encoded())
    _say(session, draft=str(out), missing=" ".join(kid.hex() for kid in drafted.missing))


# An administration's authority


@click.group()
def authority() -> None:
    """A contact point: certify, revoke and reset the accounts of its administration."""


@authority.command("found")
@click.option("--cc", required=True, help="Country code.")
@click.option("--name", required=True, help="Name of the administration.")
@keys_option
@threshold_option
@click.pass_obj
def authority_found(session: Session, cc: str, name: str, files: tuple[Path, ...], threshold: int) -> None:
    """Begin an administration's chain; read its code to the network root, which admits it."""
    network = session.desk.network
    network.sync()
    point = ContactPoint.founded(network, cc=cc, name=name, keys=_read(session, files), threshold=threshold)
    session.state.keep_fact("authority", point.adm)
    _say(session, administration=point.adm.hex(), administration_code=point.code)


def _point(session: Session, administration: str | None) -> ContactPoint:
    session.desk.network.sync()
    adm = session.administration(administration) if administration else session.state.fact("authority")
    if adm is None:
        raise Failed("Name the administration: --administration CODE.")
    session.state.keep_fact("authority", adm)
    return ContactPoint(session.desk.network, adm)


administration_option = click.option("--administration", help="Administration code; remembered in the folder.")


@authority.command("certify")
@click.argument("account")
@click.option("--name", help="The name that holds from now on, if another than the account's own.")
@administration_option
@keys_option
@draft_option
@click.pass_obj
def certify(
    session: Session,
    account: str,
    name: str | None,
    administration: str | None,
    files: tuple[Path, ...],
    out: Path | None,
) -> None:
    """Certify ACCOUNT by its full id, after the person was checked."""
    point, uid = _point(session, administration), identity(account, "the account's id")
    op = point.certificate(uid, name)
    told(f"{session.desk.network.name(uid)}, {session.desk.network.account(uid).typ}")
    _act(session, point, op, _read(session, files), out, certified=uid.hex())


@authority.command("revoke")
@click.argument("account")
@administration_option
@keys_option
@draft_option
@click.pass_obj
def authority_revoke(
    session: Session, account: str, administration: str | None, files: tuple[Path, ...], out: Path | None
) -> None:
    """Revoke ACCOUNT for ever; who returns opens a new one."""
    point, uid = _point(session, administration), identity(account, "the account's id")
    _act(session, point, ["rev", {"u": uid}], _read(session, files), out, revoked=uid.hex())


@authority.command("reset")
@click.argument("account")
@click.argument("new_key", metavar="KEY")
@click.option("--why", default="", help="Reason, visible to all.")
@administration_option
@keys_option
@draft_option
@click.pass_obj
def authority_reset(
    session: Session,
    account: str,
    new_key: str,
    why: str,
    administration: str | None,
    files: tuple[Path, ...],
    out: Path | None,
) -> None:
    """Order ACCOUNT to take up KEY, which the officer named after losing everything."""
    point, uid = _point(session, administration), identity(account, "the account's id")
    op = ["reset", {"u": uid, "kid": identity(new_key, "the key"), "why": why}]
    _act(session, point, op, _read(session, files), out, reset=uid.hex())


@authority.command("successor")
@click.argument("group_id")
@click.argument("account")
@administration_option
@keys_option
@draft_option
@click.pass_obj
def successor(
    session: Session,
    group_id: str,
    account: str,
    administration: str | None,
    files: tuple[Path, ...],
    out: Path | None,
) -> None:
    """Name ACCOUNT to take over the group GROUP_ID of this administration that has no manager left."""
    point, uid = _point(session, administration), identity(account, "the account's id")
    op = ["succ", {"g": identity(group_id, "the group's id"), "u": uid}]
    _act(session, point, op, _read(session, files), out, successor=uid.hex())


@authority.command("desk")
@click.argument("accounts", metavar="PERSON...", nargs=-1)
@administration_option
@keys_option
@draft_option
@click.pass_obj
def seat(
    session: Session, accounts: tuple[str, ...], administration: str | None, files: tuple[Path, ...], out: Path | None
) -> None:
    """Name who takes bulletins for the administration from now on, all of them each time."""
    point = _point(session, administration)
    us = [session.person(name) for name in accounts]
    told(", ".join(session.desk.network.name(uid) for uid in us) or "nobody")
    _act(session, point, point.seating(us), _read(session, files), out, desk=" ".join(uid.hex() for uid in us))


# Drafts


@click.group()
def draft() -> None:
    """Links that several people sign on machines of their own."""


draft_file = click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False))


@draft.command("show")
@draft_file
@click.pass_obj
def show(session: Session, source: Path) -> None:
    """Show what is to be signed."""
    read = Draft.read(source.read_bytes())
    name, fields = read.content["ops"][0]
    missing = " ".join(kid.hex() for kid in read.missing)
    said = {field: _readable(value) for field, value in fields.items()}
    _say(session, kind=read.kind, act=name, number=read.content["seq"], **said, missing=missing)


def _readable(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(map(_readable, value))
    return value.hex() if isinstance(value, bytes) else str(value)


@draft.command("sign")
@draft_file
@keys_option
@click.pass_obj
def sign(session: Session, source: Path, files: tuple[Path, ...]) -> None:
    """Add one's signature to the draft."""
    read = Draft.read(source.read_bytes())
    signed = read.signed_by(*_read(session, files))
    if signed == read:
        raise Failed("None of these keys is to sign this draft, or it has signed already.", REFUSED)
    write_closed(source, signed.encoded())
    _say(session, draft=str(source), missing=" ".join(kid.hex() for kid in signed.missing))


@draft.command("publish")
@draft_file
@click.pass_obj
def publish(session: Session, source: Path) -> None:
    """Publish a draft that all have signed."""
    read = Draft.read(source.read_bytes())
    raw = read.completed()
    session.desk.server.tell(read.kind, raw)
    session.desk.network.sync()
    _say(session, published=lhash(raw).hex())
