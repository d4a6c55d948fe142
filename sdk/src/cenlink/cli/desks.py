"""Desks of administrations: who sits there, and bulletins from desk to desk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cenlink.cli.bulletins import content_options, drafted
from cenlink.cli.groups import say_group
from cenlink.cli.messages import say_sent_to
from cenlink.cli.saying import document, moment, table
from cenlink.cli.session import Session, name_of
from cenlink.sealed.client.bulletins import Bulletins
from cenlink.sealed.client.desks import distribute, follow, found_own_desk
from cenlink.sealed.client.entries import Standing
from cenlink.sealed.client.room import Room
from cenlink.sealed.refusals import Code, Refused


@click.group()
def desk() -> None:
    """Desks of administrations and bulletins from desk to desk. The contact point names who sits there."""


@desk.command("list")
@click.pass_obj
def listed(session: Session) -> None:
    """Show the desks of all administrations."""
    network = session.unlocked().network
    found: list[dict[str, Any]] = [
        {
            "administration": admission.name,
            "code": session.code_of(admission.adm),
            "accounts": [
                {"id": uid.hex(), "name": network.name(uid), "type": network.account(uid).typ}
                for uid in network.directory.desk(admission.adm)
            ],
        }
        for admission in network.directory.net.admissions.values()
    ]
    if session.as_json:
        document(found)
        return
    rows = [[one["administration"], one["code"], _people(one["accounts"])] for one in found]
    table(("administration", "code", "desk"), rows)


def _people(accounts: list[dict[str, str]]) -> str:
    return ", ".join(one["name"] for one in accounts) or "none named yet"


@desk.command("found")
@click.argument("name")
@click.option("--description", default="")
@click.pass_obj
def found(session: Session, name: str, description: str) -> None:
    """Begin the standing group of the own desk."""
    say_group(session, found_own_desk(session.unlocked(), name, description=description))


@desk.command("send")
@click.argument("text", default="-")
@click.option("--to", "addressed", multiple=True, required=True, help="Administration code; may be repeated.")
@click.option("--history", type=click.Choice(["full", "join"]), default="full", show_default=True)
@content_options
@click.pass_obj
def send(
    session: Session, /, text: str, addressed: tuple[str, ...], history: str, files: tuple[Path, ...], **content: Any
) -> None:
    """Send TEXT, or standard input, as a bulletin to the desks of several administrations."""
    at = session.unlocked()
    adms = [session.administration(code) for code in addressed]
    sent = distribute(at, drafted(session, text, **content), adms, files=files, history=history)
    say_sent_to(session, sent.room.gid, sent.first, len(sent.room.now.members))


@desk.command("follow")
@click.pass_obj
def followed(session: Session) -> None:
    """Admit to the groups that this account manages who came to their desks, and remove who left."""
    at = session.unlocked()
    changed: list[dict[str, Any]] = []
    for gid in at.state.groups():
        room = Room(at, gid)
        try:
            if follow(room):
                changed.append({"id": gid.hex(), "name": name_of(room), "members": len(room.now.members)})
        except Refused as refused:
            if refused.code not in {Code.WRAP, Code.HISTORY, Code.SEALED, Code.STATE}:
                raise
    if session.as_json:
        document(changed)
        return
    table(("id", "name", "members"), [[one["id"][:12], one["name"], one["members"]] for one in changed])


@desk.command("inbox")
@click.option("--due", is_flag=True, help="Only what this account has yet to acknowledge.")
@click.pass_obj
def inbox(session: Session, due: bool) -> None:
    """List the bulletins of all groups, newest first."""
    at = session.unlocked()
    found = [one for gid in at.state.groups() for one in _bulletins(Room(at, gid), session)]
    found = [one for one in found if one["waits"] or not due]
    found.sort(key=lambda one: (-one["sent"], one["id"]))
    if session.as_json:
        document(found)
        return
    rows = [
        [one["group"][:12], one["id"][:12], moment(one["sent"]), one["by"], one["tlp"], one["subject"], one["state"]]
        for one in found
    ]
    table(("group", "id", "sent", "by", "TLP", "subject", "state"), rows)


def _bulletins(room: Room, session: Session) -> list[dict[str, Any]]:
    own, found = session.desk.own.uid, []
    for one in Bulletins(room).list():
        if one.entry.standing is not Standing.TRUSTED:
            continue
        said = one.said
        waits = (
            said["ack_by"] is not None
            and one.withdrawn is None
            and one.entry.author != own
            and own not in one.acknowledged.get("acknowledged", set())
        )
        over = said["valid_to"] is not None and said["valid_to"] < session.now()
        state = "withdrawn" if one.withdrawn is not None else "acknowledge" if waits else "over" if over else ""
        found.append(
            {
                "group": room.gid.hex(),
                "id": one.first.hex(),
                "sent": one.entry.at,
                "by": one.entry.administration,
                "tlp": said["handling"]["tlp"],
                "subject": one.subject,
                "version": one.version,
                "acknowledge_by": said["ack_by"],
                "waits": waits,
                "state": state,
            }
        )
    return found
