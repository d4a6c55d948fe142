"""Messages and files of a group."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cenlink.cli.failing import NOT_FOUND, Failed
from cenlink.cli.saying import document, moment, shown
from cenlink.cli.session import Session
from cenlink.sealed.client.entries import Entry, Standing
from cenlink.sealed.client.files import fit_name
from cenlink.sealed.client.posting import Sent


def given(text: str) -> str:
    """The text itself, or standard input for `-`."""
    return sys.stdin.read().rstrip("\n") if text == "-" else text


def say_sent(session: Session, sent: Sent) -> None:
    if session.as_json:
        document({"i": sent.i, "id": sent.lhash.hex()})
    else:
        click.echo(f"{sent.i}  {sent.lhash.hex()}")


def say_sent_to(session: Session, gid: bytes, lhash: bytes, members: int) -> None:
    """The group that was made for what was sent, and its id there."""
    if session.as_json:
        document({"group": gid.hex(), "id": lhash.hex(), "members": members})
    else:
        click.echo(f"group {gid.hex()}  bulletin {lhash.hex()}  {members} members")


@click.command()
@click.argument("group")
@click.option("--after", default=0, show_default=True, help="Only messages with a higher number.")
@click.pass_obj
def read(session: Session, group: str, after: int) -> None:
    """Read GROUP. Only what stands there without a remark is to be acted upon."""
    entries = session.room(group).read(after)
    if session.as_json:
        document([entry.as_json() for entry in entries])
        return
    for entry in entries:
        _say(entry)


def _say(entry: Entry) -> None:
    click.echo(f"{entry.i}  {moment(entry.at)}  {shown(entry.name)} ({shown(entry.administration)})")
    if entry.missing:
        click.echo("   [messages are missing before this one]")
    if entry.doubled:
        click.echo("   [another message bears the same number]")
    if entry.standing is not Standing.TRUSTED:
        click.echo(f"   [{entry.standing.replace('_', ' ')}] {shown(entry.sentence)}")
    if entry.body and entry.body["t"] != "msg":
        click.echo(f"   {entry.body['t']}: {shown(str(entry.body.get('subj', '')))}".rstrip(": "))
    for line in shown(entry.text).splitlines():
        click.echo(f"   {line}")
    for number, name in enumerate(entry.files):
        click.echo(f"   file {number}: {shown(name)}")


@click.command()
@click.argument("group")
@click.argument("text", default="-")
@click.option("--re", "answers", type=int, help="Number of the message that this one answers.")
@click.pass_obj
def post(session: Session, group: str, text: str, answers: int | None) -> None:
    """Post TEXT, or standard input."""
    room = session.room(group)
    re = room.entry(answers).lhash if answers else None
    say_sent(session, room.post(given(text), re=re))


@click.command()
@click.argument("group")
@click.argument("files", type=click.Path(path_type=Path, exists=True, dir_okay=False), nargs=-1, required=True)
@click.option("--text", default="", help="What is said with them.")
@click.pass_obj
def attach(session: Session, group: str, files: tuple[Path, ...], text: str) -> None:
    """Post FILES as they are. Take out first what pictures say about place and camera."""
    say_sent(session, session.room(group).post(given(text), files=files))


@click.command()
@click.argument("group")
@click.argument("message", type=int)
@click.option("--number", default=0, show_default=True, help="Which of its files.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Usually the file's own name, made harmless.")
@click.pass_obj
def save(session: Session, group: str, message: int, number: int, output: Path | None) -> None:
    """Save a file of MESSAGE. It comes from others: scan it before it is opened."""
    room = session.room(group)
    files = room.entry(message).files
    if not 0 <= number < len(files):
        raise Failed(f"Message {message} has no file {number} that can be read.", NOT_FOUND)
    saved = room.save(message, number, output or Path(fit_name(files[number])))
    if session.as_json:
        document({"file": str(saved)})
    else:
        click.echo(str(saved))
