"""Takes the pictures of docs/screens from the demonstration as a newcomer starts it: `./run screens`."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from config.embedded.preparation import ROOT
from config.front_desk.browser import find
from tests.launcher.test_up import House
from tests.portal_frame.test_in_browser import QUIET

pytestmark = [pytest.mark.screens, pytest.mark.xdist_group("up")]
FOLDER = ROOT / "docs" / "screens"
# Enough for flat colours and the edges of letters, at a quarter of the bytes.
COLOURS = 96


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="opencen-screens-") as folder:
        Path(folder).chmod(0o711)
        house = House(Path(folder))
        house.env["OPENCEN_MODE"] = "demonstration"
        house.up()
        try:
            yield f"http://localhost:{house.port}"
        finally:
            house.down()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=QUIET)
        yield browser
        browser.close()


def as_person(browser: Browser, address: str, key: str) -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.goto(f"{address}/sign-in")
    page.click(f'form[action="/sign-in/as/{key}"] button')
    return page


def keep(page: Page, name: str) -> Path:
    target = FOLDER / f"{name}.png"
    picture = Image.open(io.BytesIO(page.screenshot()))
    picture.convert("RGB").quantize(COLOURS).save(target, optimize=True)
    return target


@pytest.mark.parametrize(
    ("name", "person", "path"),
    [
        ("home", "contact-point", "/"),
        ("inbox", "second-administration", "/inbox"),
        ("queue", "liaison-analyst", "/validation"),
        ("published", "national-analyst", "/published?category=TOB"),
    ],
)
def test_a_picture_is_taken(browser: Browser, address: str, name: str, person: str, path: str) -> None:
    page = as_person(browser, address, person)
    page.goto(f"{address}{path}")
    if name == "inbox":
        # The workers are still telling everybody of the demonstration's cases.
        while page.locator("main .list li").count() < 10:
            page.reload()
    assert keep(page, name).stat().st_size < 120_000
