"""Shapes of the API's documents, taken from the sheet and the allow-list so that they cannot drift from them."""

from __future__ import annotations

import types
from dataclasses import is_dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any, get_args, get_origin

from cen.identifiers.kinds import all_kinds
from cen.lifecycle import CaseState, ReleasedState
from cen.non_nominal import CONCEALMENT, CONVEYANCE, GOODS, HEADER, LEG, MEDIA
from cen.sheet import ConcealmentEntry, ConveyanceEntry, GoodsEntry, LegEntry, MediaEntry, Sheet
from cen.sheet_document import shape_of

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
COUNT: Schema = {"type": "integer", "minimum": 0}
DECIMAL: Schema = {"type": "string", "format": "decimal", "examples": ["12.5"]}
_PLAIN: dict[Any, Schema] = {
    str: TEXT,
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    Decimal: DECIMAL,
    date: {"type": "string", "format": "date"},
    time: {"type": "string", "format": "time"},
}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def listed(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def body(name: str) -> dict[Any, Any]:
    """For `extend_schema(request=…)`: a document of this name."""
    return {"application/json": ref(name)}


def one(name: str, status: int = 200) -> dict[Any, Any]:
    """For `extend_schema(responses=…)`: one document, or a problem."""
    return {status: ref(name), **_problems()}


def list_of(name: str) -> dict[Any, Any]:
    """A complete list under `results`."""
    return {200: _object({"results": listed(ref(name))}), **_problems()}


def page_of(name: str) -> dict[Any, Any]:
    """A page under `results`, with the address of the next one."""
    following = {"type": ["string", "null"], "format": "uri", "description": "Also in the Link header."}
    return {200: _object({"results": listed(ref(name)), "next": following}), **_problems()}


def components() -> dict[str, Schema]:
    """Every named document."""
    return {
        "Sheet": _of_entry(Sheet),
        "OwnCase": _object(
            {
                "reference": TEXT,
                "state": {"type": "string", "enum": list(CaseState.values)},
                "revision": {**COUNT, "description": "Also the ETag; a change names it by If-Match."},
                "edition": {**COUNT, "description": "Number of the last released version; 0: none yet."},
                "created_at": MOMENT,
                "updated_at": MOMENT,
                "quality_score": COUNT,
                "missing_fields": listed(TEXT),
                "content": ref("Sheet"),
                "warnings": listed(ref("Finding")),
            },
            optional=("warnings",),
        ),
        "PublishedCase": _published(),
        "Identifier": _object(
            {
                "kind": {"type": "string", "enum": [kind.code for kind in all_kinds() if not kind.nominal]},
                "normalised": TEXT,
                "verdict": {"type": "string", "enum": ["ok", "unchecked", "doubtful"]},
            }
        ),
        "CodeList": _object({"name": TEXT, "version": TEXT}),
        "Code": _object(
            {
                "code": TEXT,
                "parent": TEXT,
                "names": {"type": "object", "additionalProperties": TEXT, "description": "By language: en, fr, es."},
                "valid_from": {"type": ["string", "null"], "format": "date"},
                "valid_to": {"type": ["string", "null"], "format": "date", "description": "First day without it."},
            }
        ),
        "Finding": _object(
            {"pointer": TEXT, "code": TEXT, "detail": TEXT, "severity": TEXT, "suggestion": TEXT},
            optional=("severity", "suggestion"),
        ),
        "Problem": _object(
            {
                "type": TEXT,
                "title": TEXT,
                "status": {"type": "integer"},
                "code": TEXT,
                "instance": TEXT,
                "errors": listed(ref("Finding")),
            },
            optional=("instance", "errors"),
        ),
    }


def complete(result: Any, generator: Any, request: Any, public: Any) -> Any:
    """Hook of the schema generator: puts the named documents into the description."""
    result.setdefault("components", {}).setdefault("schemas", {}).update(components())
    return result


def _problems() -> dict[Any, Any]:
    return {("default", "application/problem+json"): ref("Problem")}


def _published() -> Schema:
    lines = {
        "goods": (GoodsEntry, GOODS),
        "route": (LegEntry, LEG),
        "conveyances": (ConveyanceEntry, CONVEYANCE),
        "concealments": (ConcealmentEntry, CONCEALMENT),
        "media": (MediaEntry, MEDIA),
    }
    header = shape_of(Sheet)
    members: dict[str, Schema] = {
        "reference": TEXT,
        "edition": COUNT,
        "administration": {**TEXT, "description": "Code of the administration that owns the case."},
        "published_at": MOMENT,
        "state": {"type": "string", "enum": list(ReleasedState.values)},
        "content_hash": {**TEXT, "description": "SHA-256 of the released document, hexadecimal."},
        **{name: _of_type(header[name]) for name in HEADER},
    }
    for name, (entry, columns) in lines.items():
        shape = shape_of(entry)
        members[name] = listed(_object({column: _of_type(shape[column]) for column in columns}))
    measures = dict.fromkeys(("kg", "pieces", "litres"), DECIMAL) | {"method": TEXT}
    members["goods"]["items"]["properties"]["canonical"] = _object(measures, optional=tuple(measures))
    members["goods"]["items"]["properties"]["block"] = {
        "type": "object",
        "description": "Fields of these goods alone, such as species or purity; docs/goods-blocks.md.",
    }
    return _object(members)


def _of_entry(entry: type) -> Schema:
    members = {name: _of_type(expected) for name, expected in shape_of(entry).items()}
    return _object(members, optional=tuple(members))


def _of_type(expected: Any) -> Schema:
    if get_origin(expected) is list:
        return listed(_of_type(get_args(expected)[0]))
    if get_origin(expected) is dict:
        return {"type": "object"}
    if is_dataclass(expected):
        return _of_entry(expected)  # type: ignore[arg-type]
    if isinstance(expected, types.UnionType):
        plain = _PLAIN[get_args(expected)[0]]
        return {**plain, "type": [plain["type"], "null"]}
    return _PLAIN[expected]


def _object(members: dict[str, Schema], optional: tuple[str, ...] = ()) -> Schema:
    required = [name for name in members if name not in optional]
    schema: Schema = {"type": "object", "properties": members, "additionalProperties": False}
    return {**schema, "required": required} if required else schema
