"""Writing a mapping down: TOML of texts, numbers, lists and tables, such as `cen.imports.mapping` reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def to_toml(given: Mapping[str, Any]) -> str:
    """The tables as TOML text; plain settings first, as the format demands."""
    lines = [f"{key} = {_value(value)}" for key, value in given.items() if not _is_table(value)]
    for key, value in given.items():
        if isinstance(value, Mapping):
            lines += ["", f"[{key}]", *_settings(value)]
        elif _is_table(value):
            for one in value:
                lines += ["", f"[[{key}]]", *_settings(one)]
    return "\n".join(lines) + "\n"


def _settings(table: Mapping[str, Any]) -> list[str]:
    return [f"{_key(key)} = {_value(value)}" for key, value in table.items()]


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, list) and bool(value) and isinstance(value[0], Mapping))


def _key(key: str) -> str:
    return key if key.isascii() and key.isidentifier() else _value(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(_settings(value)) + " }"
    if isinstance(value, list | tuple | frozenset):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    # JSON's escapes are among those of TOML.
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
