"""The frame in a real browser under the product's own content policy: keys, forms, width, targets."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.utils.csp import build_policy
from django.utils.translation import override
from playwright.sync_api import Browser, Page, sync_playwright

from config.pattern_book import samples
from tests.portal_frame.test_templates import render

pytestmark = pytest.mark.browser
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Handler(SimpleHTTPRequestHandler):
    """Serves the pattern book as rendered beforehand, and the static files."""

    pages: dict[str, bytes]

    def do_GET(self) -> None:
        name = self.path.partition("?")[0]
        if name.startswith("/static/"):
            super().do_GET()
            return
        self._answer(self.pages.get(name, b"<!doctype html><title>other</title><h1>other</h1>"))

    def do_POST(self) -> None:
        self.server.posts += 1  # type: ignore[attr-defined]
        self.send_response(204)
        self.end_headers()

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", build_policy(settings.SECURE_CSP))
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[ThreadingHTTPServer]:
    places = [
        SimpleNamespace(label=f"Place {key}", url=f"/go-{key}", icon="home", key=key, count=3, current=key == "h")
        for key in "hcvpism"
    ]
    amira = SimpleNamespace(display_name="Amira Haddad", time_zone="UTC")
    pages = {}
    for language in ("en", "ar"):
        with override(language):
            html = render("layout/pattern_book.html", navigation=places, actor=amira, demonstration=True, **samples())
        pages[f"/{language}"] = html.encode()
    handler = type("Pages", (Handler,), {"pages": pages})
    front = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(settings.BASE_DIR)))
    front.posts = 0  # type: ignore[attr-defined]
    thread = threading.Thread(target=front.serve_forever, daemon=True)
    thread.start()
    yield front
    front.shutdown()
    front.server_close()
    thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "google-chrome"))), None)
    if path is None:
        if os.environ.get("OPENCEN_REQUIRE_BROWSER"):
            pytest.fail("install chromium: the portal is tried in a real browser")
        pytest.skip("no chromium on this machine")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield found
        found.close()


@pytest.fixture
def page(browser: Browser, server: ThreadingHTTPServer) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    sheet = context.new_page()
    complaints: list[str] = []
    sheet.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    sheet.on("pageerror", lambda error: complaints.append(str(error)))
    sheet.goto(f"http://127.0.0.1:{server.server_port}/en")
    sheet.evaluate("document.activeElement.blur()")
    yield sheet
    context.close()
    assert complaints == []  # a violation of the content policy is an error on the console


def test_keys_search_walk_and_go(page: Page) -> None:
    page.keyboard.press("/")
    # The search box belongs to the product's addresses; where they are not mounted there is none.
    if page.locator("#search").count():
        assert page.evaluate("document.activeElement.id") == "search"
        page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == "XA-2026-004182"
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == "XB-2026-000317"
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.textContent") == "XA-2026-004182"
    page.keyboard.press("g")
    page.keyboard.press("v")
    page.wait_for_url("**/go-v")


def test_keys_can_be_switched_off_and_stay_off(page: Page) -> None:
    page.keyboard.press("?")
    assert page.locator("dialog#keys").is_visible()
    page.locator("[data-keys-switch]").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    assert page.locator("dialog#keys").is_hidden()


def test_keys_do_nothing_while_somebody_types(page: Page) -> None:
    page.locator("#id_fresh-place").focus()
    page.keyboard.type("gv?/jk")
    assert page.locator("#id_fresh-place").input_value() == "gv?/jk"
    assert page.locator("dialog#keys").is_hidden()
    assert page.url.endswith("/en")


def test_unsaved_answers_are_not_lost_without_a_question(page: Page) -> None:
    asked: list[str] = []

    def answer(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    page.goto(page.url.replace("/en", "/other"))
    page.go_back()
    assert asked == []
    page.locator("#id_fresh-place").fill("Antwerp")
    page.goto(page.url.replace("/en", "/other"))
    assert asked == ["beforeunload"]


def test_a_form_is_sent_once(page: Page, server: ThreadingHTTPServer) -> None:
    before = server.posts  # type: ignore[attr-defined]
    button = page.locator("form[data-guard] button.button-primary")
    with page.expect_response(lambda response: response.request.method == "POST"):
        page.evaluate(
            "() => { const b = document.querySelector('form[data-guard] button.button-primary');"
            " b.click(); b.click(); b.click(); }"
        )
    assert button.get_attribute("aria-disabled") == "true"
    button.click(force=True)
    page.reload()
    assert server.posts == before + 1  # type: ignore[attr-defined]


def test_the_summary_of_errors_takes_the_focus(page: Page) -> None:
    page.reload()
    assert page.evaluate("document.activeElement.className") == "error-summary"


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_no_width_scrolls_sideways(page: Page, language: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(page.url.replace("/en", f"/{language}"))
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [320, 1280])
def test_every_target_is_large_enough(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    small = page.evaluate(
        """() => [...document.querySelectorAll('a, button, summary, select, input:not([type=hidden])')]
          .filter((part) => getComputedStyle(part).display !== 'inline')
          .map((part) => [part, (part.closest('label') ?? part).getBoundingClientRect()])
          .filter(([, box]) => box.width > 1 && box.height > 1 && (box.width < 24 || box.height < 24))
          .map(([part, box]) => `${part.outerHTML.slice(0, 60)} ${box.width}x${box.height}`)"""
    )
    assert small == []


def test_everything_is_there_without_javascript(browser: Browser, server: ThreadingHTTPServer) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800})
    sheet = context.new_page()
    sheet.goto(f"http://127.0.0.1:{server.server_port}/en")
    more = sheet.locator(".nav-more > details")
    assert more.locator(".menu-list").is_hidden()
    more.locator("> summary").click()
    assert more.locator("a[href='/go-m']").is_visible()
    assert sheet.locator("[data-opens-keys]").is_hidden()
    assert sheet.locator("form[data-guard] button").is_enabled()
    context.close()
