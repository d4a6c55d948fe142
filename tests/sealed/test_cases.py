"""Every case of both clients, played afresh and judged by the Python client."""

from __future__ import annotations

import pytest
from cenlink.sealed.checks.directory import Directory
from cenlink.sealed.checks.group_chain import GroupChain
from cenlink.sealed.checks.messages import read_message, require_admissible, require_timely
from cenlink.sealed.checks.withdrawn_keys import require_closed_links, require_closed_message
from cenlink.sealed.private.messages import open_message
from cenlink.sealed.refusals import Code, Refused

from tests.sealed import (
    cases_of_group_links,
    cases_of_groups,
    cases_of_messages,
    cases_of_periods,
    cases_of_the_network,
)
from tests.sealed.cases import CASES, Case, Judged, Stage
from tests.sealed.refusing import code_of

ALL_CASES = [cases_of_group_links, cases_of_groups, cases_of_messages, cases_of_periods, cases_of_the_network]


def judge(stage: Stage, judged: Judged) -> None:
    """What a client does with it. Refused: whatever it is refused for."""
    if judged.sort == "network":
        stage.network.directory.apply(judged.kind, judged.raw)
        return
    room, directory = stage.room, stage.network.directory
    if judged.sort == "group":
        room.chain.extend(judged.raw, directory)
    elif judged.sort == "kept":
        require_closed_links(room.chain, judged.verified, directory)
    else:
        assert judged.message
        message = read_message(judged.raw, judged.ct)
        require_admissible(message, room.chain, directory)
        require_timely(message, judged.i, room.chain, room.order)
        require_closed_message(message, judged.i, room.chain, directory)
        open_message(message, room.secrets[message.content["n"]])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_is_judged_as_the_specification_says(case: Case) -> None:
    stage = Stage.fresh(**case.policy)
    judged = case.play(stage)
    assert code_of(lambda: judge(stage, judged)) == case.refused


def test_every_code_of_chains_and_messages_is_met_and_every_name_is_its_own() -> None:
    assert len({case.name for case in CASES}) == len(CASES) > 100
    met = {case.refused for case in CASES}
    elsewhere = {Code.CBOR, Code.FORK, Code.ROLLBACK, Code.WRAP, Code.KDF, Code.KEYSET, Code.REPLAY, Code.NUMBER}
    assert set(Code) - met <= elsewhere


def test_a_refused_link_changes_nothing() -> None:
    stage = Stage.fresh()
    room = stage.room
    before = (room.now, len(room.chain.links), dict(stage.network.directory.accounts))
    with pytest.raises(Refused):
        room.chain.extend(b"\x80", stage.network.directory)
    with pytest.raises(Refused):
        stage.network.directory.apply("usr", b"\x80")
    assert before == (room.now, len(room.chain.links), stage.network.directory.accounts)


def test_a_client_that_starts_afresh_comes_to_the_same_state() -> None:
    stage = Stage.fresh()
    room = stage.room
    directory, chain = Directory(), GroupChain()
    for kind, raw in stage.network.accepted:
        directory.apply(kind, raw)
    for link in room.chain.links:
        chain.extend(link.signed.raw, directory)
    assert chain.now.members == room.now.members
    assert chain.id == room.gid
