"""Adding a device: only who saw the code on its screen may hand the account over (sealed-protocol §10)."""

from __future__ import annotations

from cenlink.sealed.checks.cbor import dec, enc
from cenlink.sealed.private.linking import NewDevice, answer
from cenlink.sealed.refusals import Code

from tests.sealed.refusing import refused

UID, DEV, NOW = bytes([1]) * 16, bytes([2]) * 16, 1_790_000_000
HANDED = {"auk": bytes(32), "rev": 3, "sk": bytes(16), "pins": enc({})}


def test_a_new_device_receives_what_an_enrolled_one_hands_over() -> None:
    device = NewDevice.asking(UID, DEV, NOW)
    given = device.received(answer(device.request, device.code.lower(), NOW + 20, HANDED))
    assert {name: given[name] for name in HANDED} == HANDED


def test_the_server_cannot_answer_itself() -> None:
    device = NewDevice.asking(UID, DEV, NOW)
    impostor = NewDevice(UID, DEV, device.seed, bytes(5), device.request)
    with refused(Code.RIGHTS):
        device.received(answer(device.request, impostor.code, NOW, HANDED))


def test_a_code_of_another_request_is_refused() -> None:
    device, other = NewDevice.asking(UID, DEV, NOW), NewDevice.asking(UID, DEV, NOW)
    with refused(Code.RIGHTS):
        answer(other.request, device.code, NOW, HANDED)


def test_an_old_request_is_refused() -> None:
    device = NewDevice.asking(UID, DEV, NOW)
    for now in (NOW + 301, NOW - 301):
        with refused(Code.LATE):
            answer(device.request, device.code, now, HANDED)


def test_a_code_typed_half_is_refused() -> None:
    device = NewDevice.asking(UID, DEV, NOW)
    with refused(Code.SCHEMA):
        answer(device.request, device.code[:-2], NOW, HANDED)


def test_an_answer_for_another_device_does_not_open() -> None:
    device, other = NewDevice.asking(UID, DEV, NOW), NewDevice.asking(UID, bytes(16), NOW)
    with refused(Code.SEALED):
        device.received(answer(other.request, other.code, NOW, HANDED))


def test_the_secret_of_the_code_is_not_in_the_request() -> None:
    device = NewDevice.asking(UID, DEV, NOW)
    assert device.secret not in device.request
    assert set(dec(device.request)) == {"k", "u", "dev", "x", "at"}
