"""What is written in the demonstration's sealed groups. All of it is invented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cenlink.sealed.client.bulletins import Bulletins, Draft, Handling
from cenlink.sealed.client.desk import Desk
from cenlink.sealed.client.desks import seats_of
from cenlink.sealed.client.room import Room, named

DAY = 86_400
REEFERS, TOBACCO = "Demonstration: reefers", "Demonstration: tobacco at Tema"
TO_DESKS = "Demonstration: empty containers with new seals"
_FILE = "demonstration-note.txt"
_UNKNOWN = (
    *("imo", "carrier", "bill_of_lading", "departs", "transhipment", "arrives", "consignor", "consignee", "notify"),
    *("packages", "gross_grams", "why_not_here"),
)
_WARNED: dict[str, Any] = {
    **dict.fromkeys(_UNKNOWN),
    "container": "DEMU 000000 0",
    "size_type": "45R1",
    "seal": "DEMO-0001",
    "vessel": "Demonstration Star",
    "voyage": "D001",
    "port_of_loading": "GHTEM",
    "port_of_discharge": "NLRTM",
    "declared_goods": "Frozen mangoes",
    "hs": "0811.90",
    "risk": "DRG",
    "indicators": ["WEIGHT"],
    "action": "Scan the refrigeration unit (demonstration)",
    "discreet": "AMBER",
}
_FOUND: dict[str, Any] = {
    "result": "inspected",
    "reason": "Nothing found; the weight was the ice (demonstration)",
    "unit": "Rotterdam port",
    "techniques": ["XC"],
    "minutes": 45,
    "usefulness": 4,
    "indicators": [],
}


def write_all(desks: Mapping[str, Desk], adms: Mapping[str, bytes], folder: Path) -> None:
    """Writes what is not there yet: two closed user groups and a bulletin from desk to desk."""
    point, other = desks["contact-point"], desks["second-administration"]
    uids = {person: desk.own.uid for person, desk in desks.items()}
    now = point.state.now()
    mixed = [
        (uids["supervisor"], "manager"),
        (uids["second-administration"], "writer"),
        (uids["port-officer"], "writer"),
    ]
    gid = _group(point, REEFERS, mixed, description="Refrigerated containers between two ports that are invented.")
    _say(
        desks["port-officer"], gid, "Demonstration: three reefers of one carrier were heavier than declared this week."
    )
    _say(other, gid, "Demonstration: we look at the next ones. Send a warning for each that you know of.")
    source = folder / _FILE
    source.write_text("Demonstration only: a small note that was attached, sealed before it left its sender.\n")
    _say(point, gid, "Demonstration: weights as a note.", files=[source])
    draft = Draft(
        "Demonstration: weights of reefers",
        "Demonstration: compare the weight at the gate with the weight declared. Acknowledge when your gate knows.",
        Handling("AMBER", "GREEN"),
        valid_to=now + 30 * DAY,
        ack_by=now + 2 * DAY,
    )
    _bulletin(point, gid, draft)
    warning = _form(point, gid, "T-01", {**_WARNED, "answer_by": now + DAY})
    _form(other, gid, "T-06", {**_FOUND, "at": now}, re=warning)

    members = [(uids[one], "writer") for one in ("contact-point", "port-officer", "national-analyst")]
    gid = _group(desks["supervisor"], TOBACCO, members, description="One administration among itself.")
    _say(desks["supervisor"], gid, "Demonstration: who has the shift on Thursday at the scanner?")
    _say(desks["port-officer"], gid, "Demonstration: I have, from 06:00.")

    both = [adms["GH"], adms["NL"]]
    seats = [(uid, role) for uid, role in seats_of(point.network.directory, both).items() if uid != point.own.uid]
    gid = _group(point, TO_DESKS, seats, desks=both, home=both[0])
    text = "Demonstration: empty containers came with new seals. Tell your terminals, and acknowledge by tomorrow."
    draft = Draft(TO_DESKS, text, Handling("AMBER"), (both[1],), now + 14 * DAY, now + DAY)
    _bulletin(point, gid, draft)


def _group(
    desk: Desk,
    name: str,
    members: Sequence[tuple[bytes, str]],
    *,
    description: str = "",
    desks: Sequence[bytes] = (),
    **policy: Any,
) -> bytes:
    for gid in desk.sync():
        room = Room(desk, gid)
        if not room.now.n:
            # An earlier run ended between the two links that begin a group.
            room.turns.turn(lambda _: [], rotate=True, name=named(name, description, desks))
        if room.name == name:
            return gid
    return Room.founded(desk, name, members, description=description, desks=desks, **policy).gid


def _said(desk: Desk, gid: bytes, **wanted: Any) -> list[bytes]:
    """The hashes of the person's own messages that say this."""
    desk.sync()
    return [
        entry.lhash
        for entry in Room(desk, gid).read()
        if entry.author == desk.own.uid and entry.body and wanted.items() <= entry.body.items()
    ]


def _say(desk: Desk, gid: bytes, text: str, *, files: Sequence[Path] = ()) -> None:
    if not _said(desk, gid, t="msg", body=text):
        Room(desk, gid).post(text, files=files)


def _bulletin(desk: Desk, gid: bytes, draft: Draft) -> None:
    if not _said(desk, gid, t="bulletin", subj=draft.subject):
        Bulletins(Room(desk, gid)).send(draft)


def _form(desk: Desk, gid: bytes, form: str, fields: dict[str, Any], *, re: bytes | None = None) -> bytes:
    """The hash of the message."""
    if there := _said(desk, gid, t="form", form=form):
        return there[0]
    return Room(desk, gid).send({"t": "form", "body": "", "re": re, "form": form, "v": 1, "fields": fields}).lhash
