"""Whatever is handed over, the browser's client reads it or refuses it with a code."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.sealed.browser.served import address, browser, bundle, sheet

__all__ = ["address", "browser", "bundle", "sheet"]
pytestmark = pytest.mark.browser
ROUNDS = 400


def test_nothing_ends_in_another_error_than_a_refusal(sheet: Page) -> None:
    tried = "async (rounds) => sealed.hostile(await (await fetch('/sealed.json')).json(), rounds)"
    assert sheet.evaluate(tried, ROUNDS) == []
