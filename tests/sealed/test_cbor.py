"""One encoding and no other: whatever was not written by our own rule is refused."""

from __future__ import annotations

from typing import Any

import pytest
from cenlink.sealed.checks.cbor import LARGEST, dec, enc
from cenlink.sealed.refusals import Code
from hypothesis import given
from hypothesis import strategies as st

from tests.sealed.refusing import code_of, refused

values = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | st.binary(max_size=300) | st.text(max_size=80),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=12), inner, max_size=6),
    max_leaves=25,
)
WRITTEN = {
    "00": 0,
    "17": 23,
    "1818": 24,
    "1903e8": 1000,
    "1b001fffffffffffff": LARGEST,
    "3b001ffffffffffffe": -LARGEST,
    "20": -1,
    "f4": False,
    "f5": True,
    "f6": None,
    "4401020304": b"\x01\x02\x03\x04",
    "80": [],
    "a0": {},
    "a26161016162820203": {"a": 1, "b": [2, 3]},
}
REFUSED = {
    "keys out of order": "a2616201616102",
    "a key twice": "a2616101616102",
    "a float": "fb3ff8000000000000",
    "a half float": "f93c00",
    "an indefinite array": "9f01ff",
    "an indefinite text": "7f6161ff",
    "a tag": "c101",
    "undefined": "f7",
    "a simple value": "e0",
    "a number not in its shortest form": "1817",
    "a length not in its shortest form": "580100",
    "trailing bytes": "0000",
    "a text cut short": "6261",
    "an array cut short": "8201",
    "a number above what JavaScript holds": "1b0020000000000000",
    "a number below it": "3b001fffffffffffff",
    "a text that is not UTF-8": "61ff",
    "a surrogate": "63eda080",
    "a key that is a number": "a10102",
    "nothing": "",
    "a huge length": "9b00ffffffffffffff",
    "seventeen arrays deep": "81" * 17 + "00",
    "an endless head": "5f",
}


@given(values)
def test_what_is_written_is_read_as_it_was(value: Any) -> None:
    assert dec(enc(value)) == value


@given(st.binary(max_size=200))
def test_what_is_read_would_be_written_so_and_nothing_else_is_raised(data: bytes) -> None:
    code = code_of(lambda: dec(data))
    assert code in {None, Code.CBOR}
    assert code or enc(dec(data)) == data


@given(values, st.data())
def test_a_changed_byte_reads_as_something_else_or_is_refused(value: Any, data: st.DataObject) -> None:
    raw = bytearray(enc(value))
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))
    code = code_of(lambda: dec(bytes(raw)))
    assert code in {None, Code.CBOR}
    assert code or enc(dec(bytes(raw))) == bytes(raw)


@pytest.mark.parametrize(("written", "value"), WRITTEN.items())
def test_known_forms(written: str, value: Any) -> None:
    assert enc(value) == bytes.fromhex(written)
    read = dec(bytes.fromhex(written))
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize("name", REFUSED)
def test_it_refuses(name: str) -> None:
    with refused(Code.CBOR):
        dec(bytes.fromhex(REFUSED[name]))


@pytest.mark.parametrize("value", [1.5, {1: 2}, {"a": object()}, 2**53, "\ud800", {"\udfff": 1}])
def test_it_does_not_write(value: Any) -> None:
    with refused(Code.CBOR):
        enc(value)


def test_sixteen_deep_is_written_and_read() -> None:
    value: Any = 0
    for _ in range(16):
        value = [value]
    assert dec(enc(value)) == value
    with refused(Code.CBOR):
        enc([value])
