"""Key stores, pins and device requests of an account: bytes that the server cannot open."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from accounts.access.row_security import handed_to
from accounts.actor import Actor, SystemTask
from accounts.refusals import Absent, TooMany
from audit import trail
from audit.verbs import Verb
from comm.actions.accounts_of import own_account
from comm.admission.refused import Contradiction, NotAdmitted
from comm.models import DeviceRequest, KeyStore, Pins, SealedAccount

LARGEST_KEYSET, LARGEST_SLOT, MOST_SLOTS = 256 << 10, 4096, 32
LARGEST_PINS, MOST_DEVICES = 1 << 20, 100
ANSWERED_WITHIN = timedelta(minutes=5)
LARGEST_ANSWER = 512 << 10


@dataclass(frozen=True)
class SentStore:
    """A key store as a client sends it; `replaces` is the SHA-256 of the one it saw, None for the first."""

    rev: int
    ct: bytes
    slots: Sequence[bytes]
    replaces: bytes | None


def replace_store(account: SealedAccount, sent: SentStore) -> None:
    """Compare and swap. Raises Contradiction, NotAdmitted."""
    if len(sent.ct) > LARGEST_KEYSET or not 1 <= len(sent.slots) <= MOST_SLOTS:
        raise NotAdmitted("The key store is too large, or has no way of unlocking.", code="keyset")
    if any(len(slot) > LARGEST_SLOT for slot in sent.slots):
        raise NotAdmitted("A way of unlocking is too large.", code="keyset")
    stands = KeyStore.unguarded.select_for_update().filter(account=account).first()
    digest = hashlib.sha256(stands.ct).digest() if stands else None
    if digest != sent.replaces or sent.rev != (stands.rev if stands else 0) + 1:
        raise Contradiction("Another device changed the key store. Fetch it first.")
    values = {"rev": sent.rev, "ct": sent.ct, "slots": list(sent.slots)}
    owner = {"administration_id": account.administration_id, "officer_id": account.officer_id}
    KeyStore.unguarded.update_or_create(account=account, defaults={**values, **owner})


def put_store(actor: Actor, account: SealedAccount, sent: SentStore) -> None:
    """Replaces the key store of an own account. Raises Contradiction, NotAdmitted."""
    with handed_to(SystemTask.ADMISSION):
        replace_store(account, sent)
        what = trail.What("sealed_account", account.uid)
        trail.record(actor.who(), Verb.SEALED_KEY_STORE_REPLACED, what, facts={"rev": sent.rev})


def put_pins(actor: Actor, account: SealedAccount, dev: bytes, ct: bytes) -> None:
    """Keeps what a device has seen, sealed. Raises NotAdmitted, TooMany."""
    if len(ct) > LARGEST_PINS:
        raise NotAdmitted("The pins are too large.", code="keyset")
    with handed_to(SystemTask.ADMISSION):
        others = Pins.unguarded.filter(account=account).exclude(dev=dev.hex())
        if others.count() >= MOST_DEVICES:
            raise TooMany("This account has a hundred devices.", retry_after=86_400)
        owner = {"administration_id": account.administration_id, "officer_id": account.officer_id}
        Pins.unguarded.update_or_create(account=account, dev=dev.hex(), defaults={"ct": ct, **owner})


def name_of_request(request: bytes) -> str:
    return hashlib.sha256(request).digest()[:12].hex()


def ask_to_link(actor: Actor, request: bytes, uid: bytes) -> None:
    """Keeps a new device's request for five minutes. Raises Absent, NotAdmitted."""
    if len(request) > 2000:
        raise NotAdmitted("The request is too large.", code="schema")
    account = own_account(actor, uid)
    with handed_to(SystemTask.ADMISSION):
        DeviceRequest.unguarded.filter(account=account, asked_at__lt=timezone.now() - ANSWERED_WITHIN).delete()
        if DeviceRequest.unguarded.filter(account=account).count() >= 5:
            raise TooMany("Wait until the earlier requests have ended.", retry_after=300)
        DeviceRequest.unguarded.get_or_create(
            h=name_of_request(request),
            defaults={
                "account": account,
                "request": request,
                "administration_id": account.administration_id,
                "officer_id": account.officer_id,
            },
        )
        trail.record(actor.who(), Verb.SEALED_DEVICE_ASKED, trail.What("sealed_account", account.uid))


def living(h: str) -> DeviceRequest:
    """Raises Absent."""
    found = DeviceRequest.unguarded.filter(h=h, asked_at__gte=timezone.now() - ANSWERED_WITHIN).first()
    if found is None:
        raise Absent
    request: DeviceRequest = found
    return request


def answer_link(actor: Actor, asked: DeviceRequest, answer: bytes) -> None:
    """Keeps the answer, once. Raises Contradiction, NotAdmitted."""
    if len(answer) > LARGEST_ANSWER:
        raise NotAdmitted("The answer is too large.", code="schema")
    with handed_to(SystemTask.ADMISSION):
        done = DeviceRequest.unguarded.filter(h=asked.h, answer=None).update(answer=answer)
        if not done:
            raise Contradiction
        trail.record(actor.who(), Verb.SEALED_DEVICE_LINKED, trail.What("sealed_account", asked.account_id))
