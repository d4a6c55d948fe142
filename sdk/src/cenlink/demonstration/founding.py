"""From an empty directory to two administrations with officers who write to each other; each step once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cenlink.demonstration.cards import Cards
from cenlink.demonstration.content import write_all
from cenlink.demonstration.visitor import VisitorServer
from cenlink.sealed.checks.signed import lhash
from cenlink.sealed.client.accounts import open_account, take_up, unlock
from cenlink.sealed.client.authority import ContactPoint, NetworkRoot
from cenlink.sealed.client.desk import Desk
from cenlink.sealed.client.state import ClientState
from cenlink.sealed.private.authoring import now

ROOT_KEEPER = "secretariat"


@dataclass(frozen=True)
class Seat:
    """An administration: who keeps its keys, who takes its bulletins, and everybody's name by key."""

    cc: str
    name: str
    point: str
    desk: tuple[str, ...]
    persons: dict[str, str]


SEATS = (
    Seat(
        "GH",
        "Ghana",
        "contact-point",
        ("contact-point", "supervisor"),
        {
            "contact-point": "Efua Owusu",
            "supervisor": "Kofi Boateng",
            "port-officer": "Adjoa Mensah",
            "national-analyst": "Yaw Darko",
            "data-protection": "Abena Asante",
        },
    ),
    Seat(
        "NL",
        "Netherlands",
        "second-administration",
        ("second-administration",),
        {"second-administration": "Pieter de Wit"},
    ),
)


def seed(address: str, folder: Path) -> str:
    """Does what is missing; says what was found or done. A later run goes on where one was ended."""
    cards = Cards(folder)
    keeper = VisitorServer(address, ROOT_KEEPER)
    founding = cards.founding(now())
    net, first = lhash(founding)[:16], next(iter(keeper.directory(-1)), None)
    if first is None:
        keeper.tell("net", founding)
    elif first.raw != founding:
        return "somebody founded another sealed network here; nothing is added to it"
    elif cards.is_done_for(net):
        return "the sealed network stands"
    with ExitStack() as stack:
        keepers = stack.enter_context(_at(Desk(keeper, ClientState(folder / ROOT_KEEPER), net)))
        keepers.network.sync()
        adms, desks = {}, {}
        for seat in SEATS:
            for person in seat.persons:
                server = VisitorServer(address, person)
                desks[person] = stack.enter_context(_at(Desk(server, ClientState(folder / person), net)))
            adms[seat.cc] = _seated(cards, seat, desks, NetworkRoot(keepers.network))
        cards.show(list(desks))
        write_all(desks, adms, folder)
    cards.finish(net)
    return "the sealed network is founded"


@contextmanager
def _at(desk: Desk) -> Iterator[Desk]:
    try:
        yield desk
    finally:
        desk.state.close()


def _seated(cards: Cards, seat: Seat, desks: dict[str, Desk], root: NetworkRoot) -> bytes:
    """The administration's chain, admitted, with everybody certified and its desk named."""
    keys, network = cards.authority(seat.cc), desks[seat.point].network
    network.sync()
    chains = [chain.id for chain in network.directory.administrations.values() if chain.cc == seat.cc]
    if chains:
        point = ContactPoint(network, chains[0])
    else:
        point = ContactPoint.founded(network, cc=seat.cc, name=seat.name, keys=[keys], threshold=1)
    root.network.sync()
    if point.adm not in root.network.directory.net.admissions:
        root.admit(point.adm, cards.authority("root"))
    for person, name in seat.persons.items():
        _enter(desks[person], cards, person, name, point.adm)
        network.sync()
        if not network.directory.is_certified(desks[person].own.uid):
            point.certify(desks[person].own.uid, keys)
    if not network.directory.desk(point.adm):
        point.seat([desks[person].own.uid for person in seat.desk], keys)
    for person in seat.persons:
        desks[person].network.sync()
    return point.adm


def _enter(desk: Desk, cards: Cards, person: str, name: str, adm: bytes) -> None:
    way = cards.way(person)
    desk.network.sync()
    if desk.state.fact("account") or take_up(desk):
        unlock(desk, way)
    else:
        open_account(desk, adm=adm, name=name, ways=[way])
