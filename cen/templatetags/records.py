"""Words of templates that show records: `{% load records %}`. Names of codes, and drawings for them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import template
from django.utils.translation import get_language

from cen.codelists import lists

register = template.Library()

ICON_OF_MODE = {"1": "ship", "8": "ship", "2": "train", "3": "truck", "4": "plane", "5": "mail", "P": "walk"}
ICON_OF_CATEGORY = {
    "DRG": "drugs",
    "PRE": "drugs",
    "MED": "drugs",
    "TOB": "tobacco",
    "FLO": "wildlife",
    "FAU": "wildlife",
    "WEA": "weapons",
    "EXP": "weapons",
    "CUR": "currency",
}


@register.filter
def day(value: Any) -> date | None:
    """A day, also where it stands as ISO text in a released body."""
    if isinstance(value, str):
        return date.fromisoformat(value) if value else None
    return value if isinstance(value, date) else None


@register.filter
def codelabel(code: Any, code_list: str) -> str:
    """The name of a code in the reader's language: `{{ goods.category|codelabel:"category" }}`."""
    if code is None or code == "":
        return ""
    return str(lists.label(code_list, str(code), get_language() or "en"))


@register.filter
def codelabels(codes: Iterable[Any] | None, code_list: str) -> list[str]:
    """The names of several codes, in their order; join them with `|join:", "`."""
    return [codelabel(code, code_list) for code in codes or ()]


@register.simple_tag
def codes(code_list: str) -> list[tuple[str, str]]:
    """Codes in use with their names in the reader's language: `{% codes "category" as categories %}`."""
    return lists.choices(code_list)


@register.filter
def mode_icon(mode: Any) -> str:
    """The drawing for a mode of transport (UN/CEFACT Recommendation 19 code)."""
    return ICON_OF_MODE.get(str(mode), "seizure")


@register.filter
def category_icon(category: Any) -> str:
    """The drawing for a category of goods; codes of types below a category work as well."""
    return ICON_OF_CATEGORY.get(str(category or "")[:3].upper(), "seizure")
