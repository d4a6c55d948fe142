"""The words of the templates: what they say, in whose zone and language, and that they escape."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.translation import override

HOSTILE = '"><img src=x onerror=alert(1)>'


def say(source: str, path: str = "/cases", **context: Any) -> str:
    request = RequestFactory().get(path)
    return Template("{% load opencen records %}" + source).render(Context({"request": request, **context}))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1240, "1\u202f240"),
        ("9100000", "9\u202f100\u202f000"),
        (Decimal("46.200"), "46.2"),
        (Decimal("1000"), "1\u202f000"),
        (Decimal("-1234.5"), "-1\u202f234.5"),
        (Decimal("1E+3"), "1\u202f000"),
        (0, "0"),
        ("many", "many"),
    ],
)
def test_numbers_are_grouped_and_never_rounded(value: Any, shown: str) -> None:
    assert say("{{ value|grouped }}", value=value) == shown


def test_a_quantity_keeps_its_unit_beside_it_in_every_direction() -> None:
    html = say('{% quantity value "kg" %}', value=Decimal("1240.50"))
    assert html == '<bdi dir="ltr" class="qty">1\u202f240.5\u00a0<span class="unit">kg</span></bdi>'
    with override("fr"):
        assert "1\u202f240,5" in say("{% quantity value %}", value=Decimal("1240.5"))
    assert "not given" in say("{% quantity value %}", value=None)


def test_a_moment_is_shown_in_the_readers_zone_with_utc_beside_it() -> None:
    moment = datetime(2026, 11, 21, 23, 40, tzinfo=UTC)
    alice = SimpleNamespace(time_zone="Africa/Nairobi")
    assert say("{% when moment %}", moment=moment, actor=alice) == (
        '<time datetime="2026-11-21T23:40:00Z" title="2026-11-21 23:40 UTC">22 Nov 2026, 02:40</time>'
    )
    assert ">21 Nov 2026, 23:40<" in say("{% when moment %}", moment=moment, actor=None)
    nowhere = SimpleNamespace(time_zone="Mars/Olympus")
    assert ">21 Nov 2026, 23:40<" in say("{% when moment %}", moment=moment, actor=nowhere)


@pytest.mark.parametrize(
    ("precision", "stamp", "shown"),
    [("day", "2026-11-21", "21 Nov 2026"), ("month", "2026-11", "Nov 2026"), ("year", "2026", "2026")],
)
def test_a_date_says_no_more_than_is_known(precision: str, stamp: str, shown: str) -> None:
    html = say("{% when day precision=precision %}", day=date(2026, 11, 21), precision=precision)
    assert html == f'<time datetime="{stamp}">{shown}</time>'


def test_a_handling_code_always_comes_with_its_word() -> None:
    assert say('{% tlp "amber" %}').strip() == '<span class="tlp tlp-amber" dir="ltr">TLP:AMBER</span>'
    assert "TLP:AMBER+STRICT" in say('{% tlp "amber_strict" %}')
    assert "TLP?" in say("{% tlp value %}", value=HOSTILE)


def test_a_state_has_a_word_a_tone_and_a_sign() -> None:
    html = say('{% status "published" %}')
    assert "tone-ok" in html
    assert "#published" in html
    assert "Published" in html
    assert "Being weighed" in say('{% status "being_weighed" %}')
    assert "Released, waits" in say('{% status "released" "Released, waits" %}')


def test_a_route_keeps_its_order_and_names_its_places() -> None:
    legs = [{"country": "EC", "place_name": "Guayaquil"}, SimpleNamespace(country="BE", place_name="", role="")]
    html = say('{% route legs mode="ship" %}', legs=legs)
    assert html.index("EC") < html.index("BE")
    assert 'title="Guayaquil"' in html
    assert html.count("#arrow-right") == 1
    assert "Route not given" in say("{% route legs %}", legs=[])


def test_the_query_string_changes_in_one_place_and_starts_the_list_anew() -> None:
    path = "/cases?category=DRG&category=TOB&text=a%26b&cursor=abc"
    assert say("{% with_query sort='date' %}", path) == "?category=DRG&amp;category=TOB&amp;text=a%26b&amp;sort=date"
    assert say("{% with_query text=None %}", path) == "?category=DRG&amp;category=TOB"
    assert say("{% without_query 'category' 'DRG' %}", path) == "?category=TOB&amp;text=a%26b"
    assert say("{% without_query 'category' %}", path) == "?text=a%26b"
    assert say("{% url_for_page 'x=1' %}", "/cases?category=DRG&cursor=abc") == "?category=DRG&amp;cursor=x%3D1"


def test_the_link_to_this_page_says_so() -> None:
    assert say("<a{% nav_current '/cases' %}>") == '<a aria-current="page">'
    assert say("<a{% nav_current '/cases' %}>", "/cases/7") == "<a>"
    assert say("<a{% nav_current '/cases' beneath=True %}>", "/cases/7") == '<a aria-current="true">'
    assert say("<a{% nav_current '/cases?state=draft' %}>", "/cases?state=draft") == '<a aria-current="page">'


@pytest.mark.parametrize(
    "source",
    [
        "{% icon value label=value size=value %}",
        "{% reference value value %}",
        "{% quantity value value %}",
        "{% status value value %}",
        "{% tlp value %}",
        "{% route legs mode=value %}",
        "{% with_query text=value %}",
        "{% include 'partials/notice.html' with tone='bad' title=value text=value url=value link=value %}",
        "{% include 'partials/identifiers.html' %}",
        "{% include 'partials/filter_chips.html' %}",
        "{% include 'partials/findings.html' %}",
    ],
)
def test_hostile_text_stays_text(source: str) -> None:
    html = say(
        source,
        value=HOSTILE,
        legs=[(HOSTILE, HOSTILE)],
        identifiers=[{"kind": HOSTILE, "value": HOSTILE, "check": "amber", "sentence": HOSTILE, "suggestion": HOSTILE}],
        chips=[{"label": HOSTILE, "url": HOSTILE}],
        findings=[{"sentence": HOSTILE, "code": HOSTILE, "suggestion": HOSTILE, "severity": "error"}],
    )
    assert "<img" not in html
    assert html.strip()


def test_codes_find_their_drawing() -> None:
    assert say("{{ '1'|mode_icon }} {{ '4'|mode_icon }} {{ ''|mode_icon }}") == "ship plane seizure"
    assert say("{{ 'FAU'|category_icon }} {{ 'DRG-X'|category_icon }} {{ None|category_icon }}") == (
        "wildlife drugs seizure"
    )


def test_a_language_is_offered_under_its_own_name() -> None:
    assert say("{{ 'fr'|own_name }} {{ 'ru'|own_name }} {{ 'xx'|own_name }}") == "français Русский xx"
