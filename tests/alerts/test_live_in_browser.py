"""Pages in Chromium follow the stream: the bell, the inbox, one stream a browser, and none where nobody looks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.access.test_urls import signed_in
from tests.accounts.test_passkey_in_browser import beside_the_driver
from tests.alerts.inboxes import an_alert
from tests.alerts.test_live_stream import cast, port
from tests.cast import Cast
from tests.journeys.test_killed import start
from tests.portal_frame.test_in_browser import browser

__all__ = ["beside_the_driver", "browser", "cast", "port", "start"]
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("up")]


@pytest.fixture
def bob(browser: Browser, cast: Cast, port: int) -> Iterator[BrowserContext]:
    """Bob's browser; what it complains of fails the test."""
    site = f"http://localhost:{port}"
    context = browser.new_context(base_url=site)
    cookie = signed_in("bob@example.org").cookies["opencen"].value
    context.add_cookies([{"name": "opencen", "value": cookie, "url": site}])
    complaints: list[str] = []
    context.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    yield context
    context.close()
    assert complaints == []


def streams_of(page: Page) -> list[str]:
    """Filled with the addresses of the streams that the page opens."""
    found: list[str] = []
    page.on("request", lambda asked: found.append(asked.url) if "/live?" in asked.url else None)
    return found


def test_the_bell_counts_along_and_the_inbox_offers_what_is_new(bob: BrowserContext, cast: Cast) -> None:
    cases, inbox = bob.new_page(), bob.new_page()
    opened = [streams_of(cases), streams_of(inbox)]
    with cases.expect_request(lambda asked: "/live?" in asked.url):
        cases.goto("/cases")
    inbox.goto("/inbox")
    bell = cases.locator(".top-item[data-live]")
    expect(bell.locator(".count")).to_have_count(0)
    an_alert(cast.bob)
    expect(bell.locator(".count")).to_have_text("1")
    expect(bell.locator(".visually-hidden")).to_have_text("1 unread alert")
    expect(cases.locator('.nav a[href="/inbox"] .count')).to_have_text("1")
    expect(inbox.locator("[data-new-alerts]")).to_be_visible()
    expect(inbox.locator(".top-item .count")).to_have_text("1")
    # Both followed one stream, and the second goes on where the first leaves.
    assert [len(one) for one in opened] == [1, 0]
    with inbox.expect_request(lambda asked: "/live?after=" in asked.url):
        cases.close()
    inbox.get_by_role("link", name="Show them").click()
    expect(inbox.locator("main .unread")).to_have_count(1)
    expect(inbox.locator("[data-new-alerts]")).to_be_hidden()
    an_alert(cast.bob)
    expect(inbox.locator(".top-item .count")).to_have_text("2")


def test_pages_work_without_the_stream(bob: BrowserContext, cast: Cast) -> None:
    bob.route("**/live.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    an_alert(cast.bob)
    page = bob.new_page()
    page.goto("/inbox")
    expect(page.locator(".top-item .count")).to_have_text("1")
