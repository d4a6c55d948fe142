"""Bulletins of a group."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from cenlink.cli.failing import NOT_FOUND, Failed
from cenlink.cli.messages import given, say_sent
from cenlink.cli.saying import document, moment, table
from cenlink.cli.session import Session
from cenlink.sealed.client.bulletins import ACKNOWLEDGEMENTS, Bulletins, Draft, Handling
from cenlink.sealed.client.room import Room

TLP = click.Choice(["RED", "AMBER+STRICT", "AMBER", "GREEN", "CLEAR"])
PAP = click.Choice(["RED", "AMBER", "GREEN", "CLEAR"])


@click.group()
def bulletin() -> None:
    """Send bulletins, withdraw and acknowledge them. BULLETIN is the beginning of its id."""


def _found(room: Room, typed: str) -> bytes:
    ids = [one.first for one in Bulletins(room).list() if one.first.hex().startswith(typed.lower())]
    if len(ids) != 1 or len(typed) < 6:
        raise Failed(f"There is no one bulletin {typed} here.", NOT_FOUND)
    return ids[0]


def content_options[F: Callable[..., Any]](command: F) -> F:
    """The options that say what a bulletin holds, for every command that sends one."""
    for option in reversed(
        (
            click.option("--subject", required=True),
            click.option("--tlp", type=TLP, default="AMBER", show_default=True),
            click.option("--pap", type=PAP),
            click.option("--code", "codes", multiple=True, help="Handling code; may be repeated."),
            click.option("--grading"),
            click.option("--valid-hours", type=click.IntRange(1), help="Hours until it is no longer valid."),
            click.option("--ack-hours", type=click.IntRange(1), help="Hours within which it is to be acknowledged."),
            click.option(
                "--file", "files", type=click.Path(path_type=Path, exists=True, dir_okay=False), multiple=True
            ),
        )
    ):
        command = option(command)
    return command


def drafted(
    session: Session,
    text: str,
    to: tuple[bytes, ...] = (),
    *,
    subject: str,
    tlp: str,
    pap: str | None,
    codes: tuple[str, ...],
    grading: str | None,
    valid_hours: int | None,
    ack_hours: int | None,
) -> Draft:
    """The bulletin that these options describe."""
    now = session.now()
    return Draft(
        subject,
        given(text),
        Handling(tlp, pap, codes, grading),
        to,
        now + valid_hours * 3600 if valid_hours else None,
        now + ack_hours * 3600 if ack_hours else None,
    )


@bulletin.command("send")
@click.argument("group")
@click.argument("text", default="-")
@click.option("--to", "addressed", multiple=True, help="Administration code; may be repeated.")
@click.option("--replaces", help="The bulletin of which this is a newer version.")
@content_options
@click.pass_obj
def send(
    session: Session,
    /,
    group: str,
    text: str,
    addressed: tuple[str, ...],
    replaces: str | None,
    files: tuple[Path, ...],
    **content: Any,
) -> None:
    """Send TEXT, or standard input, as a bulletin to the members of GROUP."""
    room = session.room(group)
    draft = drafted(session, text, tuple(session.administration(code) for code in addressed), **content)
    if replaces:
        sent = Bulletins(room).replace(_found(room, replaces), draft, files=files)
    else:
        sent = Bulletins(room).send(draft, files=files)
    say_sent(session, sent)


@bulletin.command("withdraw")
@click.argument("group")
@click.argument("bulletin")
@click.argument("reason")
@click.pass_obj
def withdraw(session: Session, group: str, bulletin: str, reason: str) -> None:
    """Withdraw an own bulletin."""
    room = session.room(group)
    say_sent(session, Bulletins(room).withdraw(_found(room, bulletin), reason))


@bulletin.command("ack")
@click.argument("group")
@click.argument("bulletin")
@click.option("--kind", type=click.Choice(ACKNOWLEDGEMENTS), default="acknowledged", show_default=True)
@click.pass_obj
def ack(session: Session, group: str, bulletin: str, kind: str) -> None:
    """Acknowledge the present version."""
    room = session.room(group)
    say_sent(session, Bulletins(room).acknowledge(_found(room, bulletin), kind))


@bulletin.command("list")
@click.argument("group")
@click.pass_obj
def listed(session: Session, group: str) -> None:
    """List the bulletins with their acknowledgements."""
    room = session.room(group)
    found = Bulletins(room).list()
    if session.as_json:
        document([one.as_json() for one in found])
        return
    members = len(room.now.members) - 1
    rows = [
        [
            one.first.hex()[:12],
            moment(one.entry.at),
            one.entry.name,
            one.said["handling"]["tlp"],
            one.subject,
            one.version,
            f"{len(one.acknowledged.get('acknowledged', ()))} of {members}",
            "withdrawn" if one.withdrawn is not None else "",
        ]
        for one in found
    ]
    table(("id", "sent", "by", "TLP", "subject", "version", "acknowledged", "state"), rows)
