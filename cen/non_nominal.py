"""What may leave an administration: an allow-list, field by field. What is not named here stays at home."""

from __future__ import annotations

import hashlib
from datetime import date, time
from decimal import Decimal
from typing import Any

import orjson

from cen.goods_blocks import leaving, texts
from cen.sheet import MediaEntry, Sheet

HEADER = (
    *("kind", "form", "seizure_date", "time_zone", "date_precision", "location_type", "place_name", "locode"),
    *("place_country", "geo_precision", "direction", "customs_procedure", "flow_kind", "detection_trigger"),
    *("detection_techniques", "intelligence_source", "modus_operandi", "narrative_public", "offences"),
    *("persons_count", "arrests_count", "legal_status", "disposal", "grading_source", "grading_information"),
    *("tlp", "pap", "handling_codes", "legal_basis", "review_on", "evidence_use", "unknown"),
)
GOODS = (
    *("category", "goods_type", "description", "brand", "hs_code", "quantity", "unit", "quantity_text"),
    *("unmeasured", "second_quantity", "second_unit", "packages", "package_type", "origin_country"),
    *("declared_description", "declared_hs_code", "declared_quantity_text", "value", "currency", "valuation_basis"),
    "duty_evaded",
)
LEG = ("role", "country", "place_name", "locode", "iata", "on", "confidence")
# Name, voyage and carrier of a conveyance could point to a live target; the published record shows its type.
CONVEYANCE = ("mode", "conveyance_type", "registration_country", "size_type")
CONCEALMENT = ("place", "method", "description")
# The image itself is fetched by its hash, by whoever may read the version that names it.
MEDIA = ("sha256", "thumbnail_sha256", "width", "height", "kind", "caption", "shows", "exceptional")
# Texts a person wrote: searched for leftovers before release.
TEXTS = ("place_name", "modus_operandi", "narrative_public")


def body_of(sheet: Sheet, canonical: list[dict[str, Any]]) -> dict[str, Any]:
    """The document that leaves; `canonical` holds kg, pieces, litres and method per goods line."""
    goods = [
        _picked(line, GOODS) | {"canonical": _plain(measures), "block": leaving(line.category, line.block)}
        for line, measures in zip(sheet.goods, canonical, strict=True)
    ]
    return _picked(sheet, HEADER) | {
        "goods": goods,
        "route": [_picked(leg, LEG) for leg in sheet.legs],
        "conveyances": [_picked(one, CONVEYANCE) for one in sheet.conveyances if not one.private],
        "concealments": [_picked(one, CONCEALMENT) for one in sheet.concealments],
        "media": [_picked(one, MEDIA) for one in sheet.media if leaves(one)],
    }


def leaves(image: MediaEntry) -> bool:
    """Whether an image goes with the release; one of a person never does."""
    return image.shared and "PERSON" not in image.shows


def content_hash(body: dict[str, Any]) -> bytes:
    """SHA-256 of the body's canonical bytes (JSON, sorted keys): what decisions are bound to."""
    return hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).digest()


def texts_of(sheet: Sheet) -> dict[str, str]:
    """Every free text that would leave, by pointer."""
    found = {name: getattr(sheet, name) for name in TEXTS}
    for number, line in enumerate(sheet.goods):
        for name in ("description", "brand", "quantity_text", "declared_description", "declared_quantity_text"):
            found[f"goods/{number}/{name}"] = getattr(line, name)
        found |= {f"goods/{number}/block/{name}": text for name, text in texts(line.category, line.block).items()}
    for number, leg in enumerate(sheet.legs):
        found[f"legs/{number}/place_name"] = leg.place_name
    for number, one in enumerate(sheet.concealments):
        found[f"concealments/{number}/description"] = one.description
    for number, image in enumerate(sheet.media):
        if leaves(image):
            found |= {f"media/{number}/{name}": getattr(image, name) for name in ("caption", "file_name")}
    return {pointer: text for pointer, text in found.items() if text}


def _picked(source: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: _plain(getattr(source, name)) for name in names}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value.isoformat() if isinstance(value, date | time) else value
