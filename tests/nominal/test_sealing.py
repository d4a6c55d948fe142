"""What is sealed opens in its own place under its own key only, and fails closed with a sentence."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.access.row_security import acting_as
from accounts.models import Administration
from accounts.refusals import Absent
from audit.models import Event
from cen.actions.nominal_identifiers import identifiers_of, record_identifier
from cen.actions.nominal_key import key_keeper, rotate_key
from cen.actions.nominal_lookup import look_up
from cen.actions.parties import read_party
from cen.models import NominalKey, Party, PartyLookup
from cen.nominal.name_keys import name_keys
from cen.nominal.seal import SealBroken, new_key, place, seal, unseal
from tests.cast import Cast
from tests.nominal.people import KWABENA, WHY, as_, kwabena
from tests.records import a_case

pytestmark = pytest.mark.django_db


@given(st.binary(max_size=300))
def test_what_is_sealed_opens_again_and_never_looks_the_same(content: bytes) -> None:
    key, where = new_key(), place("party", 1, "x")
    first, second = seal(key, content, where), seal(key, content, where)
    assert first != second
    assert unseal(key, first, where) == unseal(key, second, where) == content


@pytest.mark.parametrize("spoilt", [0, 1, 13, -1])
def test_a_changed_byte_anywhere_fails_closed(spoilt: int) -> None:
    key, where = new_key(), place("party", 1, "x")
    sealed = bytearray(seal(key, b"content", where))
    sealed[spoilt] ^= 1
    with pytest.raises(SealBroken):
        unseal(key, bytes(sealed), where)
    for shorter in (b"", b"\x01", bytes(sealed[:13])):
        with pytest.raises(SealBroken):
            unseal(key, shorter, where)


@pytest.mark.parametrize("elsewhere", [("party", 1, "y"), ("party", 2, "x"), ("nominal_identifier", 1, "x")])
def test_a_seal_opens_in_no_other_place(elsewhere: tuple[str, int, str]) -> None:
    key = new_key()
    sealed = seal(key, b"content", place("party", 1, "x"))
    with pytest.raises(SealBroken):
        unseal(key, sealed, place(*elsewhere))


def test_a_row_swapped_with_its_neighbour_does_not_open(cast: Cast) -> None:
    one, other = kwabena(cast.alice).party, kwabena(cast.alice, family_name="Boateng").party
    with acting_as(cast.alice):
        Party.unguarded.filter(pk=one.pk).update(sealed=other.sealed)
        one.refresh_from_db()
    with pytest.raises(SealBroken, match="can't be opened"):
        as_(cast.alice, read_party, one, purpose=WHY)
    with acting_as(cast.alice):
        assert not Event.unguarded.filter(verb="party.read").exists()


def test_a_row_or_key_of_another_administration_does_not_open(cast: Cast) -> None:
    mine, foreign = kwabena(cast.alice).party, kwabena(cast.mallory).party
    with acting_as(cast.alice):
        key = bytes(NominalKey.unguarded.get().wrapped)
    with acting_as(cast.mallory):
        Party.unguarded.filter(pk=foreign.pk).update(sealed=mine.sealed)
        foreign.refresh_from_db()
    with pytest.raises(SealBroken):
        as_(cast.mallory, read_party, foreign, purpose=WHY)
    with acting_as(cast.mallory):
        NominalKey.unguarded.update(wrapped=key)
    with pytest.raises(SealBroken):
        as_(cast.mallory, read_party, foreign, purpose=WHY)


def test_a_wrong_installation_key_opens_nothing_and_says_what_to_do(cast: Cast, settings: Any, tmp_path: Path) -> None:
    party = kwabena(cast.alice).party
    right, other = settings.NOMINAL_KEY_FILE, tmp_path / "other.key"
    for content, sentence in (
        (base64.b64encode(secrets.token_bytes(32)).decode(), "does not fit"),
        (base64.b64encode(secrets.token_bytes(16)).decode(), "is not a key"),
        ("not base64 ü", "is not a key"),
    ):
        other.write_text(content, encoding="utf-8")
        settings.NOMINAL_KEY_FILE = other
        with pytest.raises(SealBroken, match=sentence):
            as_(cast.alice, read_party, party, purpose=WHY)
        with pytest.raises(SealBroken):
            kwabena(cast.alice)
    settings.NOMINAL_KEY_FILE = tmp_path / "missing"
    with pytest.raises(SealBroken, match="is not a key"):
        as_(cast.alice, read_party, party, purpose=WHY)
    settings.NOMINAL_KEY_FILE = right
    assert as_(cast.alice, read_party, party, purpose=WHY).details == KWABENA


def test_rotation_seals_anew_and_everything_is_read_and_found_as_before(cast: Cast) -> None:
    stale, case = kwabena(cast.alice).party, a_case(cast.alice)
    kwabena(cast.bob)
    as_(cast.alice, record_identifier, case, "plate", "GR 4418-21", purpose=WHY)
    before = stale.sealed
    said = StringIO()
    call_command("rotate_nominal_key", "gh", stdout=said)
    assert "GH: nominal key version 2; 1 parties and 1 identifiers sealed anew" in said.getvalue()
    with acting_as(cast.alice):
        assert list(NominalKey.unguarded.values_list("version", flat=True)) == [2]
        party = Party.unguarded.get()
        assert (party.key_version, party.revision) == (2, 1)
        assert bytes(party.sealed) != bytes(before)
        assert Event.unguarded.filter(verb="nominal_key.rotated").count() == 1
    # Also one who had loaded the row before the rotation reads it.
    assert as_(cast.alice, read_party, stale, purpose=WHY).details == KWABENA
    assert as_(cast.amira, look_up, "document", "G4418802", purpose=WHY).parties
    assert as_(cast.amira, look_up, "plate", "GR441821", purpose=WHY).identifiers
    assert len(as_(cast.amira, identifiers_of, case, purpose=WHY)) == 1
    with acting_as(cast.bob):
        assert NominalKey.unguarded.get().version == 1


def test_what_was_kept_under_a_destroyed_key_is_gone_for_good(cast: Cast) -> None:
    party = kwabena(cast.alice).party
    with pytest.raises(CommandError, match="same code twice"):
        call_command("rotate_nominal_key", "GH", destroy="SN")
    call_command("rotate_nominal_key", "GH", destroy="GH", stdout=StringIO())
    with pytest.raises(SealBroken):
        as_(cast.alice, read_party, party, purpose=WHY)
    assert not as_(cast.alice, look_up, "name", "Kwabena Ofosu-Mensah", purpose=WHY)
    with acting_as(cast.alice):
        assert PartyLookup.unguarded.count() == 0
    fresh = kwabena(cast.alice).party
    assert as_(cast.alice, read_party, fresh, purpose=WHY).details == KWABENA
    # A new first key is not the old one.
    with pytest.raises(SealBroken):
        as_(cast.alice, read_party, party, purpose=WHY)


def test_nobody_but_the_keeper_rotates_and_he_only_his_own(cast: Cast) -> None:
    home = Administration.unguarded.get(pk=cast.alice.administration_id)
    strangers = [*cast.everybody().values(), key_keeper(Administration.unguarded.get(code="NL"))]
    for actor in strangers:
        with pytest.raises(Absent):
            as_(actor, rotate_key, home)
    assert as_(key_keeper(home), rotate_key, home).version == 2
    with pytest.raises(CommandError, match="no administration has the code"):
        call_command("rotate_nominal_key", "QQ")


def test_an_act_that_fails_keeps_neither_row_nor_key(cast: Cast) -> None:
    def record_and_die() -> None:
        with transaction.atomic():
            kwabena(cast.alice)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        record_and_die()
    with acting_as(cast.alice):
        assert Party.unguarded.count() == NominalKey.unguarded.count() == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("José María Núñez", "nunez jose maria"),
        ("Müller", "Mueller"),
        ("Müller", "Muller"),
        ("Søren Ødegård", "oedegaard soeren"),
        ("Иванов Пётр", "ПЕТР ИВАНОВ"),
        ("محمد", "محمد"),
        ("Acme Ltd.", "ACME"),
        ("O'Brien-Smith", "o brien smith"),
    ],
)
def test_one_name_in_two_spellings_has_a_key_in_common(one: str, other: str) -> None:
    assert name_keys(one) & name_keys(other)


@pytest.mark.parametrize(("one", "other"), [("Anna Li", "Annali"), ("Acme North", "Acme"), ("Li Wei", "Li Wen")])
def test_other_names_have_none(one: str, other: str) -> None:
    assert not name_keys(one) & name_keys(other)


@given(st.text(max_size=60))
def test_any_text_has_keys_without_trouble(text: str) -> None:
    keys: Callable[[str], set[str]] = name_keys
    assert keys(text) == keys(text.upper().lower()) or not text.isascii()
