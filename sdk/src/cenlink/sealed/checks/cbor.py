"""The one permitted encoding (sealed-protocol §3.1): a deterministic subset of CBOR, RFC 8949 §4.2.1.

A general CBOR reader is not used on what a server sends: readers differ on tags, floats and doubled keys.
"""

from __future__ import annotations

from typing import Any

from cenlink.sealed.refusals import Code, Refused

# What JavaScript's numbers hold exactly, so that both clients read the same integers.
LARGEST = 2**53 - 1
DEEPEST = 16
_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP, _SIMPLE = 0, 1, 2, 3, 4, 5, 7
_SIMPLE_VALUES = {20: False, 21: True, 22: None}
_SMALLEST_FOR = (24, 1 << 8, 1 << 16, 1 << 32)


def enc(value: Any) -> bytes:
    """The bytes of `value`: int, bytes, str, list or tuple, dict with text keys, bool, None. Refused: `cbor`."""
    out = bytearray()
    _write(value, 0, out)
    return bytes(out)


def dec(data: bytes) -> Any:
    """The value that these bytes encode; whatever `enc` would not have written is refused: `cbor`."""
    value, end = _read(bytes(data), 0, 0)
    if end != len(data):
        raise Refused(Code.CBOR, "trailing bytes")
    return value


def _head(major: int, number: int) -> bytes:
    major <<= 5
    if number < 24:
        return bytes([major | number])
    for marker, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 1 << 8 * size:
            return bytes([major | marker]) + number.to_bytes(size, "big")
    raise Refused(Code.CBOR, "length")


def _write(value: Any, depth: int, out: bytearray) -> None:
    if depth > DEEPEST:
        raise Refused(Code.CBOR, "too deep")
    if value is None:
        out += b"\xf6"
    elif isinstance(value, bool):
        out += b"\xf5" if value else b"\xf4"
    elif isinstance(value, int):
        if abs(value) > LARGEST:
            raise Refused(Code.CBOR, "integer too large")
        out += _head(_UNSIGNED, value) if value >= 0 else _head(_NEGATIVE, -1 - value)
    elif isinstance(value, bytes | bytearray | memoryview):
        out += _head(_BYTES, len(value)) + bytes(value)
    elif isinstance(value, str):
        out += _text(value)
    elif isinstance(value, list | tuple):
        out += _head(_ARRAY, len(value))
        for item in value:
            _write(item, depth + 1, out)
    elif isinstance(value, dict):
        _write_map(value, depth, out)
    else:
        raise Refused(Code.CBOR, f"no form for {type(value).__name__}")


def _text(value: str) -> bytes:
    try:
        encoded = value.encode("utf-8")
    except UnicodeEncodeError:
        raise Refused(Code.CBOR, "lone surrogate") from None
    return _head(_TEXT, len(encoded)) + encoded


def _write_map(value: dict[Any, Any], depth: int, out: bytearray) -> None:
    if depth + 1 > DEEPEST and value:
        raise Refused(Code.CBOR, "too deep")
    if not all(isinstance(key, str) for key in value):
        raise Refused(Code.CBOR, "key is not text")
    out += _head(_MAP, len(value))
    for key, name in sorted((_text(name), name) for name in value):
        out += key
        _write(value[name], depth + 1, out)


def _number(data: bytes, at: int, marker: int) -> tuple[int, int]:
    if marker < 24:
        return marker, at
    size = 1 << marker - 24
    if at + size > len(data):
        raise Refused(Code.CBOR, "short")
    number = int.from_bytes(data[at : at + size], "big")
    if number < _SMALLEST_FOR[marker - 24]:
        raise Refused(Code.CBOR, "not the shortest head")
    return number, at + size


def _read(data: bytes, at: int, depth: int) -> tuple[Any, int]:
    if depth > DEEPEST:
        raise Refused(Code.CBOR, "too deep")
    if at >= len(data):
        raise Refused(Code.CBOR, "short")
    major, marker = data[at] >> 5, data[at] & 31
    at += 1
    if major == _SIMPLE:
        if marker not in _SIMPLE_VALUES:
            raise Refused(Code.CBOR, "float or simple value")
        return _SIMPLE_VALUES[marker], at
    if major > _MAP or marker > 27:
        raise Refused(Code.CBOR, "tag or indefinite length")
    number, at = _number(data, at, marker)
    if major in {_UNSIGNED, _NEGATIVE}:
        value = number if major == _UNSIGNED else -1 - number
        if abs(value) > LARGEST:
            raise Refused(Code.CBOR, "integer too large")
        return value, at
    if number > len(data) - at:
        raise Refused(Code.CBOR, "short")
    if major == _BYTES:
        return data[at : at + number], at + number
    if major == _TEXT:
        try:
            return data[at : at + number].decode("utf-8"), at + number
        except UnicodeDecodeError:
            raise Refused(Code.CBOR, "not UTF-8") from None
    if major == _ARRAY:
        items = []
        for _ in range(number):
            item, at = _read(data, at, depth + 1)
            items.append(item)
        return items, at
    return _read_map(data, at, depth, number)


def _read_map(data: bytes, at: int, depth: int, count: int) -> tuple[dict[str, Any], int]:
    entries: dict[str, Any] = {}
    before = b""
    for _ in range(count):
        start = at
        key, at = _read(data, at, depth + 1)
        if not isinstance(key, str):
            raise Refused(Code.CBOR, "key is not text")
        if data[start:at] <= before:
            raise Refused(Code.CBOR, "keys doubled or out of order")
        before = data[start:at]
        entries[key], at = _read(data, at, depth + 1)
    return entries, at
