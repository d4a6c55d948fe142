"""A case on a page, section by section: `{% load case_words %}`. The case is a sheet or a released body."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template
from django.utils import formats
from django.utils.translation import gettext

from cen import case_words
from cen.codelists import lists
from cen.goods_blocks import shown

register = template.Library()
_SUMMARY = ("category", "goods_type", "quantity_text", "unit", "unmeasured")
_LONG = frozenset({"narrative_public", "modus_operandi"})


@register.filter
def case_sections(source: Any) -> list[dict[str, Any]]:
    """Title and rows of each section of the header in which something is filled."""
    sections = []
    for _key, title, names in case_words.SECTIONS:
        words = {name: case_words.HEADER[name] for name in names if name not in {"date_precision", "tlp"}}
        found = [
            {"label": label, "value": _date(source) if name == "seizure_date" else text, "long": name in _LONG}
            for label, text, name in case_words.rows(words, source)
        ]
        if found:
            sections.append({"title": title, "rows": found})
    return sections


@register.filter
def goods_rows(line: Any) -> list[dict[str, Any]]:
    """The fields of a goods line and of its block beyond those of its summary."""
    found = [
        {"label": label, "value": text} for label, text, _n in case_words.rows(case_words.GOODS, line, but=_SUMMARY)
    ]
    category, block = case_words.value_of(line, "category") or "", case_words.value_of(line, "block")
    return found + [{"label": label, "value": text} for label, text, _spec in shown(category, block)]


@register.filter
def unmeasured(reason: str) -> str:
    """Why there is no quantity, in words."""
    return gettext("There, but not measured") if reason == "not_measured" else lists.label("missing_reason", reason)


@register.filter
def line_text(line: Any, lines: str) -> str:
    """What a leg, conveyance or concealment says, in one line: `{{ leg|line_text:"legs" }}`."""
    but = ("role", "description")
    return ", ".join(text for _label, text, _n in case_words.rows(case_words.LINES[lines][1], line, but=but))


@register.filter
def unknown_rows(source: Any) -> list[dict[str, Any]]:
    """What was said to be unknown, with the reason."""
    given = case_words.value_of(source, "unknown") or {}
    return [
        {"label": case_words.UNKNOWN.get(name, name), "value": lists.label("missing_reason", str(reason))}
        for name, reason in given.items()
    ]


def _date(source: Any) -> str:
    value = case_words.value_of(source, "seizure_date")
    day = date.fromisoformat(value) if isinstance(value, str) else value
    shape = {"month": "M Y", "year": "Y"}.get(case_words.value_of(source, "date_precision") or "day", "j M Y")
    return str(formats.date_format(day, shape))
