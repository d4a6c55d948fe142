"""A bulletin from desk to desk in a real browser: the contact points name the desks, an officer writes once."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.comm.test_sealed_desk_in_browser import Officer, beside_the_driver, browser, everybody, site, unlock

__all__ = ["beside_the_driver", "browser", "everybody", "site"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db]


def name_desk(officer: Officer, *people: str) -> None:
    officer.look()
    officer.page.locator("[data-key-file]").set_input_files(officer.key)
    for name in people:
        officer.page.locator('[data-list="seats"]').get_by_label(name).check()
    officer.press("Name the desk")
    for name in people:
        expect(officer.page.locator('[data-list="seats"]').get_by_label(name)).to_be_checked()


def test_a_bulletin_goes_from_desk_to_desk(everybody: dict[str, Officer]) -> None:
    alice, bob = everybody["alice"], everybody["bob"]
    name_desk(everybody["amira"], "Alice", "Amira")
    alice.press("Bulletin to administrations")
    assert "has named no desk yet" in alice.page.locator('[data-list="desks"]').inner_text()
    assert alice.page.locator('[data-list="desks"] input').is_disabled()
    name_desk(everybody["ncp"], "Bob")
    alice.press("All groups")
    alice.press("Bulletin to administrations")
    alice.page.get_by_label("Subject").locator("visible=true").fill("Reefers from the north")
    alice.page.get_by_role("button", name="Go on to the text").click()
    expect(alice.page.locator("[data-problem]")).to_contain_text("Choose at least one administration")
    alice.page.get_by_label("Bob").locator("visible=true").check()
    alice.press("Go on to the text")
    assert alice.page.get_by_label("Subject").locator("visible=true").input_value() == "Reefers from the north"
    alice.write("Open every reefer of this line")
    bob.look()
    unlock(bob)
    bob.press("Bulletins")
    listed = bob.page.locator('[data-list="bulletins"] tr')
    assert listed.count() == 1
    assert "Alice" in listed.inner_text()
    listed.get_by_role("button").first.click()
    bob.rest()
    assert "Open every reefer of this line" in bob.reads
    for one in everybody.values():
        assert one.complaints == [], one.name
