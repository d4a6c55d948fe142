"""Fields of the first sealed forms: warning T-01, feedback T-06, short seizure report T-08.

Identifiers are checked where they are typed (a warning, never a bar); here only shapes are.
"""

from __future__ import annotations

from cenlink.sealed.checks.schema import TIME, Rule, closed, number, one_of, or_null, prose, several, text

_LINE = or_null(text())
_PLACE = or_null(text(most=16))
_CODE = text(most=24)
RESULTS = (
    "not_arrived",
    "not_located",
    "released_before",
    "control_not_possible",
    "documents_only",
    "scanned",
    "inspected",
    "sampled",
    "conform",
    "irregular",
    "seized",
    "pending_laboratory",
)

FORMS: dict[str, Rule] = {
    "T-01": closed(
        {
            "container": text(most=16),
            "size_type": _PLACE,
            "seal": _LINE,
            "vessel": _LINE,
            "imo": _PLACE,
            "voyage": _LINE,
            "carrier": _LINE,
            "bill_of_lading": _LINE,
            "port_of_loading": _PLACE,
            "departs": or_null(TIME),
            "transhipment": _PLACE,
            "port_of_discharge": _PLACE,
            "arrives": or_null(TIME),
            "consignor": _LINE,
            "consignee": _LINE,
            "notify": _LINE,
            "declared_goods": _LINE,
            "hs": or_null(text(most=12)),
            "packages": or_null(number()),
            "gross_grams": or_null(number()),
            "risk": _CODE,
            "indicators": several(_CODE, most=20),
            "action": text(),
            "discreet": or_null(one_of("RED", "AMBER", "GREEN", "CLEAR")),
            "why_not_here": or_null(prose(most=1000)),
            "answer_by": TIME,
        }
    ),
    "T-06": closed(
        {
            "result": one_of(*RESULTS),
            "reason": _LINE,
            "at": or_null(TIME),
            "unit": _LINE,
            "techniques": several(_CODE, most=20),
            "minutes": or_null(number(0, 100_000)),
            "usefulness": or_null(number(1, 5)),
            "indicators": several(_CODE, most=20),
        }
    ),
    "T-08": closed(
        {
            "date": text(most=10),
            "office": text(),
            "location": _CODE,
            "direction": _CODE,
            "mode": _CODE,
            "category": _CODE,
            "goods": text(),
            "quantity": text(most=24),
            "unit": _CODE,
            "departure": _PLACE,
            "destination": _PLACE,
            "trigger": _CODE,
            "concealed": one_of("yes", "no", "unknown"),
        }
    ),
}
