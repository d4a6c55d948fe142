"""Groups: which there are, who belongs to them, their keys."""

from __future__ import annotations

from typing import Any

import click

from cenlink.cli.failing import Failed
from cenlink.cli.saying import document, table, told
from cenlink.cli.session import Session, name_of
from cenlink.sealed.client.room import Room
from cenlink.sealed.client.staleness import Stale

ROLES = click.Choice(["manager", "writer", "reader"])


def _summary(session: Session, room: Room) -> dict[str, Any]:
    own = room.now.members.get(session.desk.own.uid)
    return {
        "id": room.gid.hex(),
        "name": name_of(room),
        "role": str(own.role) if own else None,
        "members": len(room.now.members),
        "messages": room.turns.known.order.count,
        "period": room.now.n,
        "closed": room.now.closed,
        "stale": room.now.n > 0 and room.staleness is not Stale.NO,
        "stopped": session.state.is_stopped(room.gid),
    }


@click.command()
@click.pass_obj
def groups(session: Session) -> None:
    """List the groups of this account."""
    desk = session.unlocked()
    found = [_summary(session, Room(desk, gid)) for gid in desk.state.groups()]
    if session.as_json:
        document(found)
        return
    heads = ("id", "name", "role", "members", "messages", "state")
    table(heads, [[one["id"][:12], *(one[name] for name in heads[1:-1]), _state(one)] for one in found])


def _state(one: dict[str, Any]) -> str:
    said = [name for name in ("stopped", "closed", "stale") if one[name]]
    return ", ".join(said)


@click.group()
def group() -> None:
    """Create a group and decide who belongs to it. PERSON is a name or the beginning of an account's id."""


@group.command("create")
@click.argument("name")
@click.option("--description", default="")
@click.option("--member", "members", multiple=True, metavar="PERSON[:ROLE]", help="Usually a writer.")
@click.option("--history", type=click.Choice(["full", "join"]), default="full", show_default=True)
@click.option("--posting", type=click.Choice(["writer", "manager"]), default="writer", show_default=True)
@click.option("--retention", default=0, show_default=True, help="Days until content is purged; 0: never.")
@click.option("--key-age", default=90, show_default=True, help="Days until the key is changed.")
@click.pass_obj
def create(
    session: Session,
    name: str,
    description: str,
    members: tuple[str, ...],
    history: str,
    posting: str,
    retention: int,
    key_age: int,
) -> None:
    """Create a group with oneself as manager."""
    desk = session.unlocked()
    chosen = []
    for member in members:
        person, colon, role = member.rpartition(":")
        if not colon or role not in ROLES.choices:
            person, role = member, "writer"
        chosen.append((session.person(person), role))
    policy: dict[str, Any] = {"hist": history, "post": posting, "ret": retention, "maxage": key_age}
    room = Room.founded(desk, name, chosen, description=description, **policy)
    say_group(session, room)


def say_group(session: Session, room: Room) -> None:
    """What became of the group."""
    summary = _summary(session, room)
    if session.as_json:
        document(summary)
    else:
        click.echo(f"{summary['name'] or room.gid.hex()}: {summary['members']} members, period {summary['period']}")


@group.command("members")
@click.argument("group")
@click.pass_obj
def members(session: Session, group: str) -> None:
    """Show the members with their administrations and the codes to compare."""
    seen = session.room(group).members()
    if session.as_json:
        document([{**vars(one), "uid": one.uid.hex()} for one in seen])
        return
    rows = [
        [one.uid.hex()[:12], one.name, "suspended" if one.suspended else one.role, one.administration, one.code]
        for one in seen
    ]
    table(("id", "name", "role", "administration", "code"), rows)


@group.command("add")
@click.argument("group")
@click.argument("person")
@click.option("--role", type=ROLES, default="writer", show_default=True)
@click.pass_obj
def add(session: Session, group: str, person: str, role: str) -> None:
    """Admit PERSON."""
    room = session.room(group)
    room.add(session.person(person), role)
    say_group(session, room)


@group.command("remove")
@click.argument("group")
@click.argument("person")
@click.pass_obj
def remove(session: Session, group: str, person: str) -> None:
    """Remove PERSON; the key changes, so that nothing newer opens for it."""
    room = session.room(group)
    room.remove(session.person(person))
    say_group(session, room)


@group.command("role")
@click.argument("group")
@click.argument("person")
@click.argument("role", type=ROLES)
@click.pass_obj
def role(session: Session, group: str, person: str, role: str) -> None:
    """Change PERSON's role."""
    room = session.room(group)
    room.change_role(session.person(person), role)
    say_group(session, room)


@group.command("readmit")
@click.argument("group")
@click.argument("person")
@click.pass_obj
def readmit(session: Session, group: str, person: str) -> None:
    """Admit the new key of PERSON after a reset, once you are sure of the person."""
    room = session.room(group)
    room.readmit(session.person(person))
    say_group(session, room)


@group.command("rotate")
@click.argument("group")
@click.pass_obj
def rotate(session: Session, group: str) -> None:
    """Change the group's key now."""
    room = session.room(group)
    room.rotate()
    say_group(session, room)


@group.command("vouch")
@click.argument("group")
@click.argument("number", type=int)
@click.pass_obj
def vouch(session: Session, group: str, number: int) -> None:
    """Take message NUMBER as genuine although its key is withdrawn, after asking its author by another way."""
    room = session.room(group)
    room.vouch(number)
    told("Taken as genuine on this machine.")


@group.command("take-over")
@click.argument("group")
@click.pass_obj
def take_over(session: Session, group: str) -> None:
    """Become manager where none is left and the home administration named you."""
    room = session.room(group)
    room.take_over()
    say_group(session, room)


@group.command("leave")
@click.argument("group")
@click.pass_obj
def leave(session: Session, group: str) -> None:
    """Leave the group."""
    session.room(group).leave()
    told("Left.")


@group.command("close")
@click.argument("group")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def close(session: Session, group: str, yes: bool) -> None:
    """End the group for ever."""
    room = session.room(group)
    if not yes and not click.confirm("Nobody can post in it any more. Close it?", err=True):
        raise Failed("Not closed.")
    room.close()
    say_group(session, room)
