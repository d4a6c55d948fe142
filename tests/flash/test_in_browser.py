"""Flashes in a real browser: written, looked at and issued by one person, acknowledged by another, cleared."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page

from accounts.roles import Role
from cen.models import Flash
from tests.access.test_urls import signed_in
from tests.accounts.test_passkey_in_browser import beside_the_driver, site
from tests.cast import Cast, seat_person
from tests.flash.flashed import a_contact, escalate_all, time_passes
from tests.journeys.test_seizure_to_alert import as_
from tests.portal_frame.test_in_browser import browser

__all__ = ["beside_the_driver", "browser", "site"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db]
As = Callable[..., Page]


@pytest.fixture
def sheet_of(browser: Browser, site: str) -> Iterator[As]:
    """A browser with the session of a person of the cast; what the content policy refuses fails the test."""
    opened, complaints = [], list[str]()

    def open_as(name: str, width: int = 1280) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900})
        cookie = signed_in(f"{name}@example.org").cookies[settings.SESSION_COOKIE_NAME]
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])
        # One connection to the database serves this site, so the stream beside the page is answered here.
        context.route("**/live?*", lambda route: route.fulfill(content_type="text/event-stream", body=""))
        opened.append(context)
        sheet = context.new_page()
        sheet.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        sheet.on("pageerror", lambda error: complaints.append(str(error)))
        return sheet

    yield open_as
    for one in opened:
        one.close()
    assert [one for one in complaints if "status of 4" not in one] == []


def picture(page: Page, name: str) -> None:
    """Kept where somebody wants to look at it."""
    if folder := os.environ.get("OPENCEN_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def fits(page: Page) -> bool:
    """Whether nothing scrolls sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_flash_from_writing_to_all_clear(cast: Cast, site: str, sheet_of: As) -> None:
    ncp = seat_person("binta", "SN", Role.NCP)
    a_contact(ncp, 1, office_name="Operations room", phone="+221 33 800 0000")
    rosa, bob = sheet_of("rosa"), sheet_of("bob", width=390)
    rosa.goto(f"{site}/flashes")
    picture(rosa, "list-empty")
    rosa.get_by_role("link", name="New flash").click()
    rosa.get_by_label("Kind").select_option("EXPLOSIVE")
    rosa.get_by_label("Title").fill("Device in a toner cartridge")
    rosa.get_by_label("What is known").fill("Sent by Golden Star Trading Ltd.")
    rosa.get_by_label("Do not load").check()
    rosa.get_by_label("Air waybills", exact=False).first.fill("125-12345675")
    rosa.get_by_label("Administrations", exact=False).first.select_option(
        [str(cast.bob.administration_id), str(cast.mallory.administration_id)]
    )
    rosa.get_by_role("button", name="Look at what leaves").click()
    assert rosa.locator(".error-summary").is_visible()
    picture(rosa, "form-refused")
    rosa.get_by_label("What is known").fill("Organic mass and a circuit in the cartridge.")
    rosa.get_by_role("button", name="Look at what leaves").click()
    picture(rosa, "look")
    rosa.get_by_role("button", name="Issue the flash").click()
    rosa.get_by_text("Where it stands").wait_for()

    bob.goto(f"{site}/inbox")
    bob.get_by_role("link", name="Device in a toner cartridge").click()
    picture(bob, "read-phone")
    assert fits(bob)
    flash = as_(cast.rosa, lambda _: Flash.unguarded.get())
    time_passes(flash, 15)
    assert escalate_all() == 2
    rosa.reload()
    assert rosa.get_by_text("Telephone list").is_visible()
    picture(rosa, "board-escalated")
    bob.get_by_role("button", name="Acknowledge for our administration").click()
    bob.get_by_text("Your administration has acknowledged this flash.").wait_for()
    rosa.get_by_role("link", name="All clear").click()
    rosa.get_by_label("Why it is over").fill("The cartridge was harmless.")
    rosa.get_by_role("button", name="Look at what leaves").click()
    rosa.get_by_role("button", name="Issue the flash").click()
    rosa.get_by_text("Editions").wait_for()
    picture(rosa, "all-clear")


def test_a_drill_and_the_list_of_contacts_as_people_see_them(cast: Cast, site: str, sheet_of: As) -> None:
    amira = sheet_of("amira")
    amira.goto(f"{site}/flashes/contacts")
    amira.get_by_role("textbox", name="Office").fill("Operations room")
    amira.get_by_label("Duty telephone").fill("+233 30 200 0001")
    amira.get_by_role("button", name="Add").click()
    amira.get_by_role("cell", name="+233 30 200 0001").wait_for()
    picture(amira, "contacts")
    amira.goto(f"{site}/flashes/new")
    amira.get_by_label("This is a drill").check()
    amira.get_by_label("Kind").select_option("CLOSURE")
    amira.get_by_label("Title").fill("Port closed after a storm")
    amira.get_by_label("What is known").fill("The container terminal is closed until further notice.")
    amira.get_by_label("Divert the traffic").check()
    amira.get_by_label("All administrations of the network").check()
    amira.get_by_role("button", name="Look at what leaves").click()
    picture(amira, "look-drill")
    amira.get_by_role("button", name="Issue the drill").click()
    amira.get_by_text("Where it stands").wait_for()
    bob = sheet_of("bob")
    bob.goto(f"{site}/inbox")
    picture(bob, "inbox-drill")
    bob.get_by_role("link", name="DRILL: Port closed after a storm").click()
    assert "DRILL" in bob.title()
    assert bob.get_by_text("nothing has happened").is_visible()
    picture(bob, "read-drill")
