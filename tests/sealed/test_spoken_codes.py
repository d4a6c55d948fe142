"""Codes that people read to each other and type."""

from __future__ import annotations

import pytest
from cenlink.sealed.checks.spoken_codes import (
    administration_code,
    crockford,
    from_crockford,
    secret_key_text,
    secret_key_typed,
)
from cenlink.sealed.refusals import Code
from hypothesis import given
from hypothesis import strategies as st

from tests.sealed.refusing import code_of, refused


@given(st.binary(min_size=1, max_size=40))
def test_what_is_written_is_read(data: bytes) -> None:
    assert from_crockford(crockford(data), len(data)) == data


@given(st.binary(min_size=16, max_size=16))
def test_a_secret_key_is_typed_as_it_was_printed(secret: bytes) -> None:
    printed = secret_key_text(secret)
    assert printed.startswith("C1-")
    assert secret_key_typed(printed) == secret
    assert secret_key_typed(printed.lower().replace("-", " ").replace("0", "o").replace("1", "l")) == secret


@given(st.binary(min_size=16, max_size=16), st.integers(3, 31), st.sampled_from("ABCDEFGH"))
def test_a_slip_of_the_pen_is_found(secret: bytes, place: int, letter: str) -> None:
    printed = secret_key_text(secret).replace("-", "")
    wrong = printed[:place] + letter + printed[place + 1 :]
    assert code_of(lambda: secret_key_typed(wrong)) == (None if wrong == printed else Code.SCHEMA)


@pytest.mark.parametrize("typed", ["", "C2-0000", "C1", "C1-" + "U" * 29, "C1-" + "0" * 28])
def test_what_is_no_secret_key(typed: str) -> None:
    with refused(Code.SCHEMA):
        secret_key_typed(typed)


def test_an_administration_code_has_104_bits_in_groups_of_four() -> None:
    code = administration_code(bytes(32))
    assert code == "0000-0000-0000-0000-0000-0"
    assert administration_code(bytes(12) + b"\x01" + bytes(19)) != code
