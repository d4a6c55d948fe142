"""Templates: they compile, hold nothing inline, and one pattern book shows every component."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.template import Context
from django.template.loader import get_template
from django.test import RequestFactory
from django.utils.translation import override

from config.pattern_book import samples

ROOT = Path(settings.BASE_DIR)
PAGES = sorted(path for folder in ("templates", "*/templates") for path in ROOT.glob(f"{folder}/**/*.html"))
INLINE = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a script body": re.compile(r"<script\b[^>]*>(?!\s*</script>)", re.IGNORECASE),
    "a script without a source": re.compile(r"<script\b(?![^>]*\ssrc=)", re.IGNORECASE),
    "a javascript address": re.compile(r"javascript:", re.IGNORECASE),
    "unescaped text": re.compile(r"\|\s*safe\b|autoescape\s+off|\|\s*safeseq\b"),
    "a foreign address": re.compile(r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE),
}


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).parts
    return "/".join(parts[parts.index("templates") + 1 :])


def render(name: str, **context: Any) -> str:
    frame = {"actor": None, "navigation": [], "demonstration": False, "languages": settings.LANGUAGES}
    template = get_template(name)
    # The frame's processor needs a database; here the context is given whole.
    request = RequestFactory().get("/pattern-book?category=DRG&category=TOB&cursor=abc")
    return template.template.render(Context({**frame, "request": request, **context}))


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_each_template_compiles(path: Path) -> None:
    assert get_template(name_of(path))


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_no_template_holds_anything_inline(path: Path) -> None:
    text = re.sub(r"{#.*?#}", "", path.read_text(), flags=re.DOTALL)
    assert [what for what, pattern in INLINE.items() if pattern.search(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        '<p style="color:red">',
        "<style>",
        '<a onclick="x()">',
        "<script>x()</script>",
        "{{ a|safe }}",
        '<img src="//a.example/x">',
    ],
)
def test_the_search_for_inline_parts_finds_them(text: str) -> None:
    assert [what for what, pattern in INLINE.items() if pattern.search(text)]


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("fr", "ltr"), ("ar", "rtl")])
def test_the_pattern_book_shows_in_both_directions(language: str, direction: str) -> None:
    with override(language):
        page = render("layout/pattern_book.html", **samples())
    assert f'<html lang="{language}" dir="{direction}">' in page
    assert page.count("<h1>") == 1
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'\s(?:for|aria-labelledby)="([^"]+)"', page)) <= set(ids)
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def test_the_frame_shows_where_one_is_and_where_one_can_go() -> None:
    places = [
        SimpleNamespace(label=f"Place {key}", url=f"/{key}", icon="home", key=key, count=0, current=key == "b")
        for key in "abcdef"
    ]
    places[2].count = 18
    alice = SimpleNamespace(display_name="Alice <Okoro>", time_zone="UTC")
    page = render("layout/pattern_book.html", navigation=places, actor=alice, unread_alerts=4, **samples())
    assert '<a href="/b" data-key="b" aria-current="page">' in page
    assert page.count('href="/e"') == 2  # in the side bar, and under "More" on a phone
    assert page.count('href="/a"') == 1
    assert '<span class="count">18</span>' in page
    assert "Alice &lt;Okoro&gt;" in page
    assert "Alice <Okoro>" not in page


@pytest.mark.parametrize("shown", [True, False])
def test_demonstration_data_is_named_on_every_layout(shown: bool) -> None:
    for layout in ("layout/page.html", "layout/plain.html", "layout/print.html"):
        assert ("Demonstration data" in render(layout, demonstration=shown)) is shown


@pytest.mark.parametrize("status", [400, 403, 404, 409, 412, 429, 500])
def test_each_error_page_says_what_happened_and_what_to_do(status: int) -> None:
    page = get_template(f"errors/{status}.html").template.render(Context({}))
    assert page.count("<h1>") == 1
    body = page.partition("<main")[2].partition("</main>")[0]
    assert len(re.findall(r"<p[ >]", body)) >= 3
    assert 'href="/"' in body


def test_a_refusal_puts_its_own_sentence_on_the_page() -> None:
    refusal = SimpleNamespace(sentence="Only <b>Amira</b> may release.", code="forbidden")
    page = render("errors/403.html", refusal=refusal, status=403)
    assert "Only &lt;b&gt;Amira&lt;/b&gt; may release." in page
    assert "403 forbidden" in page
