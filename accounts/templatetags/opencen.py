"""Words of the portal's templates: `{% load opencen %}`. Everything a tag returns is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from babel.dates import format_timedelta
from babel.numbers import get_decimal_symbol
from django import template
from django.http import QueryDict
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from accounts.templatetags import states

register = template.Library()

THIN_SPACE = "\u202f"
NO_BREAK = "\u00a0"
TURNS_IN_RTL = frozenset({"arrow-right", "chevron-left", "chevron-right", "return", "sign-out", "release", "walk"})
TLP_WORDS = ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED")
# Where a list continues is no part of what it shows: any other change starts the list anew.
PLACE_IN_LIST = ("cursor",)
DATE_BY_PRECISION = {"day": "j M Y", "month": "M Y", "year": "Y"}


def _locale() -> Locale:
    try:
        return Locale.parse((get_language() or "en").replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def _absent() -> SafeString:
    return format_html(
        '<span class="quiet"><span aria-hidden="true">–</span><span class="visually-hidden">{}</span></span>',
        _("not given"),
    )


# --- Signs -----------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, label: str = "", size: str = "") -> SafeString:
    """A drawing of the sprite: `{% icon "seizure" %}`. Decoration, unless a label is given."""
    classes = "icon"
    if size:
        classes += f" icon-{size}"
    if name in TURNS_IN_RTL:
        classes += " flip"
    source = f"{static('icons.svg')}#{name}"
    if label:
        return format_html('<svg class="{}" role="img" aria-label="{}"><use href="{}"/></svg>', classes, label, source)
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}"/></svg>', classes, source)


@register.inclusion_tag("partials/status.html")
def status(state: Any, label: str = "") -> dict[str, str]:
    """The state of a record, import, disclosure …: word, colour and sign. `label` replaces the word."""
    look = states.look_of(str(state or ""))
    return {
        "label": str(label or look.label),
        "tone": look.tone,
        "icon": look.icon,
        "state": str(state or ""),
    }


@register.inclusion_tag("partials/tlp.html")
def tlp(value: Any) -> dict[str, str]:
    """The handling code, always with its word. Takes `AMBER`, `amber`, `TLP:AMBER+STRICT` …"""
    word = str(value or "").upper().removeprefix("TLP:").replace("_", "+").replace(" ", "+")
    return {"word": word if word in TLP_WORDS else "", "colour": word.partition("+")[0].lower()}


@register.simple_tag
def reference(value: Any, url: str = "") -> SafeString:
    """A reference or identifier, isolated left-to-right, as a link if a URL is given."""
    if not value:
        return _absent()
    if url:
        return format_html('<a href="{}"><bdi dir="ltr" class="ref">{}</bdi></a>', url, value)
    return format_html('<bdi dir="ltr" class="ref">{}</bdi>', value)


# --- Amounts and moments ---------------------------------------------------------------------------


@register.filter
def grouped(value: Any) -> str:
    """A number with its digits in threes and nothing rounded: 9100000 → 9 100 000, 1240.50 → 1 240.5."""
    if isinstance(value, bool) or value is None:
        return ""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    if not number.is_finite():
        return str(value)
    sign, plain = ("-", f"{-number:f}") if number < 0 else ("", f"{number:f}")
    whole, point, rest = plain.partition(".")
    rest = rest.rstrip("0") if point else ""
    threes = f"{int(whole):,}".replace(",", THIN_SPACE)
    return f"{sign}{threes}{get_decimal_symbol(_locale()) + rest if rest else ''}"


@register.simple_tag
def quantity(value: Any, unit: Any = "") -> SafeString:
    """An amount with its unit as one unbroken left-to-right run: `{% quantity line.quantity "kg" %}`."""
    if value is None or value == "":
        return _absent()
    if not unit:
        return format_html('<bdi dir="ltr" class="qty">{}</bdi>', grouped(value))
    return format_html(
        '<bdi dir="ltr" class="qty">{}{}<span class="unit">{}</span></bdi>', grouped(value), NO_BREAK, unit
    )


def _zone(context: template.Context) -> tzinfo:
    actor = context.get("actor")
    name = getattr(actor, "time_zone", "")
    if name:
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            pass
    return timezone.get_current_timezone()


@register.simple_tag(takes_context=True)
def when(
    context: template.Context, value: date | datetime | None, style: str = "full", precision: str = "day"
) -> SafeString:
    """A date or moment in `<time>`; a moment in the reader's zone with UTC in the title.

    style: `full`, `date`, `time`, or `age` ("3 hours ago"). A plain date has no zone; its precision
    (`day`, `month`, `year`) says how much of it is known.
    """
    if not value:
        return _absent()
    if not isinstance(value, datetime):
        known = {"day": "Y-m-d", "month": "Y-m", "year": "Y"}
        return format_html(
            '<time datetime="{}">{}</time>',
            formats.date_format(value, known.get(precision, "Y-m-d")),
            formats.date_format(value, DATE_BY_PRECISION.get(precision, "j M Y")),
        )
    if timezone.is_naive(value):
        value = value.replace(tzinfo=UTC)
    universal = value.astimezone(UTC)
    local = value.astimezone(_zone(context))
    if style == "age":
        text = format_timedelta(value - timezone.now(), add_direction=True, locale=_locale(), granularity="minute")
    else:
        text = formats.date_format(local, {"date": "j M Y", "time": "H:i"}.get(style, "j M Y, H:i"))
    return format_html(
        '<time datetime="{}" title="{} UTC">{}</time>',
        f"{universal:%Y-%m-%dT%H:%M:%SZ}",
        f"{universal:%Y-%m-%d %H:%M}",
        text,
    )


# --- Routes ----------------------------------------------------------------------------------------


def _part(leg: Any, *names: str) -> str:
    for name in names:
        value = leg.get(name) if isinstance(leg, dict) else getattr(leg, name, None)
        if value:
            return str(value)
    return ""


@register.inclusion_tag("partials/route.html")
def route(legs: Iterable[Any], mode: str = "") -> dict[str, Any]:
    """The places of a route in order. A leg is a code, a pair (code, name), or has `country` and `place_name`.

    mode: the name of an icon put before the places (`cen` has `|mode_icon` for it).
    """
    shown = []
    for leg in legs or ():
        if isinstance(leg, str):
            shown.append({"code": leg, "name": "", "role": ""})
        elif isinstance(leg, tuple | list):
            shown.append({"code": str(leg[0]), "name": str(leg[1]) if len(leg) > 1 else "", "role": ""})
        else:
            shown.append(
                {
                    "code": _part(leg, "country", "code", "place"),
                    "name": _part(leg, "place_name", "name"),
                    "role": _part(leg, "role_label", "role"),
                }
            )
    return {"legs": [leg for leg in shown if leg["code"] or leg["name"]], "mode": mode}


# --- Addresses -------------------------------------------------------------------------------------


def _query(context: template.Context) -> QueryDict:
    request = context.get("request")
    return request.GET.copy() if request is not None else QueryDict(mutable=True)


@register.simple_tag(takes_context=True)
def with_query(context: template.Context, **changes: Any) -> str:
    """This page's query string with parameters set; None or '' removes one; a list sets several."""
    query = _query(context)
    for name in PLACE_IN_LIST:
        query.pop(name, None)
    for name, value in changes.items():
        if value is None or value == "":
            query.pop(name, None)
        elif isinstance(value, list | tuple):
            query.setlist(name, [str(item) for item in value])
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def without_query(context: template.Context, name: str, value: Any = None) -> str:
    """This page's query string without a parameter, or without one of its values (for filter chips)."""
    kept = [] if value is None else [held for held in _query(context).getlist(name) if held != str(value)]
    return with_query(context, **{name: kept or None})


@register.simple_tag(takes_context=True)
def url_for_page(context: template.Context, cursor: Any) -> str:
    """The address of a neighbouring page of a list that is paged by an opaque cursor."""
    return with_query(context, cursor=cursor)


@register.simple_tag(takes_context=True)
def nav_current(context: template.Context, url: str, beneath: bool = False) -> SafeString | str:
    """` aria-current="page"` where the link leads to this page; `beneath=True` also for pages below it."""
    request = context.get("request")
    if request is None:
        return ""
    here = request.get_full_path() if "?" in url else request.path
    if here == url:
        return format_html(' aria-current="{}"', "page")
    if beneath and here.startswith(url.rstrip("/") + "/"):
        return format_html(' aria-current="{}"', "true")
    return ""


# --- Forms and languages ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ErrorLink:
    """One line of an error summary; without `href` it concerns the whole form."""

    text: str
    href: str = ""


def _errors_of(form: Any) -> Iterator[ErrorLink]:
    if hasattr(form, "forms"):
        for text in form.non_form_errors():
            yield ErrorLink(str(text))
        for part in form.forms:
            yield from _errors_of(part)
        return
    for text in form.non_field_errors():
        yield ErrorLink(str(text))
    for field in form:
        target = getattr(field, "error_target", "") or field.id_for_label
        for text in field.errors:
            yield ErrorLink(
                f"{str(field.label).rstrip(':?؟ ')}: {text}", f"#{target}" if target and not field.is_hidden else ""
            )


@register.simple_tag
def error_links(*forms: Any) -> list[ErrorLink]:
    """The errors of forms and formsets in order, each with the place to correct it."""
    return [link for form in forms if form is not None for link in _errors_of(form)]


@register.filter
def own_name(language: str) -> str:
    """A language by its own name: fr → français."""
    try:
        return str(get_language_info(language)["name_local"])
    except KeyError:
        return language
