"""Columns that a person matches to fields: a guess to begin with, and the mapping that follows from the choice."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils import translation

from cen.imports.targets import TARGETS
from cen.imports.toml_text import to_toml

NAME = "own-columns"
# What headings are called beside the labels of the fields, in several languages; parted by bars.
_ALSO = {
    "seizure_date": "date|seizure date|date of seizure|fecha|fecha hecho|fecha de incautacion|date de saisie|data|дата",
    "place_name": "place|location|city|town|port|lieu|lugar|municipio|municipio hecho|local|место",
    "place_country": "country|pays|pais|страна",
    "location_type": "installation|place type|clase sitio|type de lieu",
    "direction": "routing|inbound outbound|flow",
    "goods.category": "commodity|categorie|categoria",
    "goods.goods_type": "drug name|drug|drug type|product|type|clase bien|species name|produit|producto",
    "goods.description": "goods|marchandise|mercancia|mercadoria",
    "goods.quantity": "amount|qty|quantite|cantidad|quantidade|weight|poids|peso|количество|droga incautada cantidad",
    "goods.unit": "drug unit|uom|unite|unidad|unidade|bien unidad medida|единица",
    "leg.departure.country": "departure|departure country|country of departure|origin country|from|pays de depart",
    "leg.destination.country": "destination|destination country|to|pays de destination|pais de destino",
    "leg.transit.country": "transit|transit country|via",
    "conveyance.mode": "transport|mode of transportation|means of transport|mode",
    "concealment.place": "hiding place|concealment|place of concealment",
    "identifier.container": "container no|container number|conteneur|contenedor",
    "identifier.awb": "awb|air waybill",
    "goods.hs_code": "hs|tariff code",
}


def guess(columns: Sequence[str]) -> dict[str, str]:
    """The likely field of each column; blank where none suggests itself. No field is guessed twice."""
    known = _known()
    found: dict[str, str] = {}
    taken: set[str] = set()
    for column in columns:
        target = known.get(_plain(column), "")
        found[column] = "" if target in taken else target
        taken.add(target)
    return found


def mapping_text(
    chosen: Mapping[str, str],
    *,
    category: str = "",
    unit: str = "",
    event: str = "",
    country: str = "",
    date_order: str = "",
    decimal: str = "",
    encoding: str = "",
) -> str:
    """The mapping as TOML: `chosen` gives a field for each column used; the others hold where no column does."""
    columns: dict[str, list[str]] = {}
    for column, target in chosen.items():
        if target:
            columns.setdefault(target, []).append(column)
    fields: list[dict[str, Any]] = []
    goods: list[dict[str, Any]] = []
    for target, names in columns.items():
        setting = {"to": target.removeprefix("goods."), "from": names}
        (goods if target.startswith("goods.") else fields).append(setting)
    given = {one["to"] for one in goods}
    for name, value in (("category", category), ("unit", unit)):
        if value and name not in given:
            goods.append({"to": name, "value": value})
    rows = {"event": event, "country": country}
    return to_toml(
        {
            "name": NAME,
            "title": NAME,
            "strict": True,
            "file": {"encoding": encoding, "decimal": decimal, "date_order": date_order},
            "rows": {**{key: value for key, value in rows.items() if value}, **({"reference": event} if event else {})},
            "field": fields,
            "goods": [{"field": goods}],
        }
    )


def _known() -> dict[str, str]:
    """Fields by plain heading: their own names, their labels in every language, and other usual words."""
    known: dict[str, str] = {}
    for name, headings in _ALSO.items():
        known.update(dict.fromkeys(map(_plain, headings.split("|")), name))
    for language, _title in settings.LANGUAGES:
        with translation.override(language):
            for name, target in TARGETS.items():
                known[_plain(str(target.label))] = name
    for name in TARGETS:
        known[_plain(name)] = known[_plain(name.rpartition(".")[2])] = name
    return known


def _plain(heading: str) -> str:
    decomposed = unicodedata.normalize("NFKD", heading.casefold())
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(re.sub(r"[\W_]+", " ", bare).split())
