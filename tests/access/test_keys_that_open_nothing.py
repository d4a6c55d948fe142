"""Nothing but a living key opens an address, and all that is none gets one and the same answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.access.row_security import acting_as
from accounts.actions.credentials import revoke
from accounts.models import Administration, ApiCredential, LiaisonOffice, Officer, Posting
from accounts.roles import Role
from tests.access.api_addresses import Machine, Network, asked, machine_of, one_call_each
from tests.access.test_urls import signed_in
from tests.cast import LONG_AGO, SEATS

pytestmark = pytest.mark.django_db


def expire(machine: Machine) -> None:
    gone = timezone.now() - timedelta(seconds=1)
    ApiCredential.unguarded.filter(pk=machine.credential.pk).update(expires_at=gone)


def suspend(machine: Machine) -> None:
    Officer.unguarded.filter(pk=machine.credential.issued_by_id).update(is_active=False)


def depart(machine: Machine) -> None:
    Posting.unguarded.filter(officer_id=machine.credential.issued_by_id).update(until=timezone.now().date())


def move_elsewhere(machine: Machine) -> None:
    depart(machine)
    Posting.unguarded.create(
        officer_id=machine.credential.issued_by_id,
        role=Role.NCP,
        since=LONG_AGO,
        administration=Administration.unguarded.get(code="DE"),
    )


def close_the_seat(machine: Machine) -> None:
    Administration.unguarded.filter(pk=machine.actor.administration_id).update(active=False)
    LiaisonOffice.unguarded.filter(pk=machine.actor.liaison_office_id).update(active=False)


@contextmanager
def after(happened: Callable[[Machine], None], machine: Machine) -> Iterator[None]:
    """Until the block ends, as if this had happened to the key."""
    with transaction.atomic():
        happened(machine)
        yield
        transaction.set_rollback(True)


def refused_everywhere(network: Network, token: str) -> bool:
    """Whether every declared method of every address takes the token for none."""
    header = {"Authorization": f"Bearer {token}"}
    answers = [asked(method, path, header) for _, method, _, path in one_call_each(network)]
    return bool(answers) and all(map(is_unsigned, answers))


def is_unsigned(answer: Any) -> bool:
    """Whether the answer is the one that everybody without a living key gets, and nothing more."""
    return answer.status_code == 401 and answer.json()["code"] == "not_signed_in" and "results" not in answer.json()


@pytest.mark.parametrize("happened", [expire, suspend, depart, move_elsewhere, close_the_seat])
def test_a_key_that_does_not_count_any_more(network: Network, happened: Callable[[Machine], None]) -> None:
    for name, keeper in network.keepers.items():
        if happened is close_the_seat and keeper.secretariat:
            continue
        machine = machine_of(keeper)
        assert machine.ask("GET", "/api/v1/whoami").status_code == 200
        with after(happened, machine):
            assert refused_everywhere(network, machine.token), name


def test_a_revoked_key(network: Network) -> None:
    for name, keeper in network.keepers.items():
        machine = machine_of(keeper)
        with acting_as(keeper):
            revoke(keeper, machine.credential)
        assert refused_everywhere(network, machine.token), name


def test_half_a_key_or_one_with_another_secret(network: Network) -> None:
    ours, theirs = machine_of(network.keepers["amira"]), machine_of(network.keepers["rosa"])
    prefix, secret = ours.token.split(".")
    for token in (prefix, secret, f"{prefix}.", f".{secret}", f"{prefix}.{theirs.token.split('.')[1]}"):
        assert refused_everywhere(network, token), token


def test_the_identity_of_an_officer_or_of_a_key(network: Network) -> None:
    machine = machine_of(network.keepers["amira"])
    for identity in (machine.credential.pk, machine.credential.issued_by_id):
        assert refused_everywhere(network, f"{identity}.{identity}")


def test_nothing_at_all_and_a_key_that_stands_elsewhere_than_in_its_header(network: Network) -> None:
    token = machine_of(network.keepers["amira"]).token
    cookies = Client()
    cookies.cookies["Authorization"] = token
    for _, method, _, path in one_call_each(network):
        for answer in (
            asked(method, path, {}),
            asked(method, path, {"Authorization": f"Basic {token}"}),
            asked(method, path, {"X-Api-Key": token}),
            asked(method, f"{path}?token={token}", {}),
            asked(method, path, {}, cookies),
        ):
            assert is_unsigned(answer), (method, path)


def test_a_session_of_the_portal(network: Network) -> None:
    for name in SEATS:
        client = signed_in(f"{name}@example.org")
        for _, method, _, path in one_call_each(network):
            assert is_unsigned(asked(method, path, {}, client)), (name, method, path)


def test_a_session_adds_nothing_to_a_key_without_scopes(network: Network) -> None:
    machine, client = machine_of(network.keepers["amira"], ()), signed_in("amira@example.org")
    answers = {machine.ask(method, path, client).status_code for _, method, _, path in one_call_each(network)}
    assert answers == {403}
