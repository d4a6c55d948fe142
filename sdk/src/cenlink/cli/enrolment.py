"""Coming in: enrol, link another device, change key and passphrase, begin anew when everything was lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cenlink.cli.failing import ERROR, Failed
from cenlink.cli.saying import document, told
from cenlink.cli.session import Session, identity
from cenlink.sealed.checks.spoken_codes import secret_key_text
from cenlink.sealed.client import accounts, devices
from cenlink.sealed.client.folder import write_closed
from cenlink.sealed.client.unlocked import Unlocked
from cenlink.sealed.client.ways import ByPassphrase, Way

LONGEST_WAIT, BETWEEN = 300, 2.0
secret_key_out = click.option(
    "--secret-key-out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Writes the Secret Key into this file of mode 0600 instead of printing it.",
)


@click.command()
@click.option("--administration", required=True, help="Administration code, as the contact point reads it out.")
@click.option("--name", required=True, help="Name of the officer or agent.")
@click.option("--agent", "typ", flag_value="agent", default=True, help="An administration's own system (usual).")
@click.option("--officer", "typ", flag_value="officer", help="An officer.")
@secret_key_out
@click.pass_obj
def enrol(session: Session, administration: str, name: str, typ: str, secret_key_out: Path | None) -> None:
    """Open an account on this machine; the contact point certifies it then."""
    desk = session.desk
    if session.state.fact("account"):
        raise Failed("This folder has an account already; name another folder with --state.")
    if uid := accounts.take_up(desk):
        session.open(uid)
        _say(session, _account(session, desk.own))
        told("The account was opened before, when the answer got lost. For a new Secret Key: cenlink passphrase.")
        return
    adm = session.administration(administration)
    phrase = session.passphrase(new=True)
    by_passphrase = ByPassphrase.fresh(phrase)
    ways: list[Way] = [by_passphrase, session.device_way(phrase)]
    if secret_key_out:
        _write_secret_key(by_passphrase, secret_key_out)
    account = accounts.open_account(desk, adm=adm, name=name, ways=ways, typ=typ)
    session.remember_device()
    said = _account(session, account)
    _say(session, said, by_passphrase, secret_key_out)
    told("Keep the Secret Key on paper, away from this machine. Now the contact point certifies the account id.")


def _account(session: Session, account: Unlocked) -> dict[str, Any]:
    administration, code = session.desk.network.administration_of(account.uid)
    return {
        "account": account.uid.hex(),
        "name": session.desk.network.name(account.uid),
        "administration": administration,
        "administration_code": code,
        "key": account.keys.kid.hex(),
    }


def _say(session: Session, said: dict[str, Any], way: ByPassphrase | None = None, out: Path | None = None) -> None:
    if way and out:
        _write_secret_key(way, out)
    elif way:
        said = {**said, "secret_key": secret_key_text(way.secret)}
    if session.as_json:
        document(said)
        return
    for name, value in said.items():
        click.echo(f"{name.replace('_', ' ')}: {value}")


def _write_secret_key(way: ByPassphrase, out: Path) -> None:
    write_closed(out, f"{secret_key_text(way.secret)}\n".encode())


@click.group()
def link() -> None:
    """Add another device to an account."""


@link.command("show")
@click.option("--account", required=True, help="Id of the account that this device is to open.")
@click.option("--wait", default=LONGEST_WAIT, show_default=True, help="Seconds to wait for the other device.")
@click.pass_obj
def link_show(session: Session, account: str, wait: int) -> None:
    """At the new device: show a code and wait until an enrolled device answers."""
    desk, uid = session.desk, identity(account, "the account's id")
    asking = devices.ask(desk, uid)
    told(f"Type this at a device that has the account: cenlink link answer {asking.code}")
    waited = 0.0
    while (received := devices.receive(desk, asking)) is None:
        if waited >= min(wait, LONGEST_WAIT):
            raise Failed("Nobody answered. Ask again; a code holds for five minutes.", ERROR)
        session.wait(BETWEEN)
        waited += BETWEEN
    _say(session, _account(session, received))
    told("Compare name and administration code. If they are yours: choose a passphrase for this device.")
    accounts.add_way(desk, session.device_way(session.passphrase(new=True)))
    session.remember_device()


@link.command("answer")
@click.argument("code")
@click.option("--name", default="", help="What the new device is called.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def link_answer(session: Session, code: str, name: str, yes: bool) -> None:
    """At an enrolled device: hand the account to the device that shows CODE."""
    desk = session.unlocked()
    if not yes:
        click.confirm(f"{devices.WARNING} Go on?", abort=True, err=True)
    devices.hand_over(desk, code, session.way(), name=name)
    told("Handed over.")


@click.command()
@click.option("--lost", is_flag=True, help="A device is in strange hands: new account key, new Secret Key.")
@secret_key_out
@click.pass_obj
def rotate(session: Session, lost: bool, secret_key_out: Path | None) -> None:
    """Change the account's key, and the key of each of its groups."""
    desk = session.unlocked()
    way = None
    if lost:
        phrase = session.passphrase()
        way = ByPassphrase.fresh(phrase)
        accounts.rotate(desk, why="lost", ways=[way, session.device_way(phrase)])
        session.remember_device()
    else:
        accounts.rotate(desk)
    _say(session, _account(session, desk.own), way, secret_key_out)


@click.group()
def reset() -> None:
    """Begin anew when every device and the Secret Key are lost."""


@reset.command("begin")
@click.option("--account", required=True, help="Id of the account.")
@secret_key_out
@click.pass_obj
def reset_begin(session: Session, account: str, secret_key_out: Path | None) -> None:
    """Make a new key; read its id to the contact point, who orders the reset."""
    uid = identity(account, "the account's id")
    phrase = session.passphrase(new=True)
    way = ByPassphrase.fresh(phrase)
    kid = accounts.begin_reset(session.desk, uid, [way, session.device_way(phrase)])
    session.remember_device()
    _say(session, {"account": uid.hex(), "key": kid.hex()}, way, secret_key_out)
    told("The contact point checks the person and signs: cenlink authority reset ACCOUNT KEY. Then: reset finish.")


@reset.command("finish")
@click.option("--why", default="", help="Reason, visible to all members.")
@click.pass_obj
def reset_finish(session: Session, why: str) -> None:
    """Take up the new key; a manager of each group admits it then."""
    account = accounts.finish_reset(session.desk, session.way(), why)
    _say(session, _account(session, account))


@click.command("passphrase")
@click.option(
    "--new-passphrase-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    envvar="CENLINK_NEW_PASSPHRASE_FILE",
    help="A file of mode 0600 with the new one.",
)
@secret_key_out
@click.pass_obj
def passphrase(session: Session, new_passphrase_file: Path | None, secret_key_out: Path | None) -> None:
    """Change the passphrase; the old one, and what was stolen with it, opens nothing that comes."""
    desk = session.unlocked()
    session.passphrase_file = new_passphrase_file
    if new_passphrase_file is None:
        told("Now the new passphrase.")
    phrase = session.passphrase(new=True)
    by_passphrase = ByPassphrase.fresh(phrase)
    accounts.replace_ways(desk, ("pass", "device"), [by_passphrase, session.device_way(phrase)])
    session.remember_device()
    _say(session, _account(session, desk.own), by_passphrase, secret_key_out)
