"""The page of sealed groups in a real browser: from the root keys to a bulletin that only members can read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from accounts.access.row_security import acting_as
from accounts.actor import SystemTask, system
from accounts.roles import Role
from comm.models import KeyStore, Message
from tests.access.test_urls import signed_in
from tests.accounts.test_passkey_in_browser import beside_the_driver, site
from tests.cast import Cast, seat_person
from tests.portal_frame.test_in_browser import browser

__all__ = ["beside_the_driver", "browser", "site"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db]
WORDS, OTHER_WORDS = "four words of nobody", "four words of the laptop"
CANARY = "TGHU1234567"


class Officer:
    """Somebody at his own browser, on the page of sealed groups."""

    def __init__(self, browser: Browser, site: str, name: str) -> None:
        self.name, self.site = name, site
        self.key = Path()
        self.context: BrowserContext = browser.new_context(base_url=site, accept_downloads=True)
        client = signed_in(f"{name}@example.org")
        cookie = settings.SESSION_COOKIE_NAME
        self.context.add_cookies([{"name": cookie, "value": client.cookies[cookie].value, "url": site}])
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.look()

    def look(self) -> None:
        self.page.goto("/sealed")
        self.rest()

    def rest(self) -> None:
        """Waits until the worker has answered; fails with what the page complains of."""
        self.page.locator('[data-sealed-desk][aria-busy="false"]').wait_for(state="attached")
        problem = self.page.locator("[data-problem]")
        assert not problem.is_visible(), problem.inner_text()

    def press(self, text: str) -> None:
        self.page.get_by_role("button", name=text).locator("visible=true").first.click()
        self.rest()

    def download(self, folder: Path) -> Path:
        """The first of the offered key files."""
        with self.page.expect_download() as expected:
            self.page.locator("[data-download]").first.click()
        path = folder / f"{self.name}.json"
        expected.value.save_as(path)
        return path

    def sign(self, key: Path, whom: str) -> None:
        self.page.locator("[data-key-file]").set_input_files(key)
        row = self.page.locator('[data-list="waiting"] tr', has_text=whom)
        row.get_by_role("button", name="Sign").click()
        self.rest()

    def set_up(self) -> str:
        """Opens the account; the Secret Key as it is printed."""
        self.page.get_by_label("Passphrase", exact=True).first.fill(WORDS)
        self.page.get_by_label("Passphrase once more").fill(WORDS)
        self.press("Make my keys")
        secret = self.page.locator('[data-field="secretKey"]').inner_text()
        self.press("I have it on paper")
        return secret

    def write(self, text: str) -> None:
        self.page.get_by_label("Text").fill(text)
        self.press("Seal and send")

    @property
    def reads(self) -> str:
        return self.page.locator('[data-list="messages"]').inner_text()

    def open_group(self, name: str) -> None:
        self.page.get_by_role("button", name=name).click()
        self.rest()


@pytest.fixture
def everybody(browser: Browser, site: str, cast: Cast, tmp_path: Path) -> Iterator[dict[str, Officer]]:
    """A founded network: Ghana and Senegal admitted, Alice, Bob and Amira certified and unlocked."""
    seat_person("root", "secretariat", Role.SECRETARIAT_ADMINISTRATOR)
    seat_person("ncp", "SN", Role.NCP)
    people = {"root": Officer(browser, site, "root")}
    people["root"].press("Make root keys and found the network")
    root_key = people["root"].download(tmp_path)
    keys = {}
    for name in ("amira", "ncp"):
        people[name] = Officer(browser, site, name)
        people[name].press("Make the administration's two keys")
        keys[name] = people[name].download(tmp_path)
    people["root"].look()
    people["root"].sign(root_key, "GH ")
    people["root"].sign(root_key, "SN ")
    for name, contact_point in (("alice", "amira"), ("bob", "ncp"), ("amira", "amira")):
        if name in people:
            people[name].look()
        else:
            people[name] = Officer(browser, site, name)
        people[name].set_up()
        people[contact_point].look() if contact_point != name else people[name].press("Look again")
        people[contact_point].sign(keys[contact_point], name.title())
        people[name].press("Look again") if contact_point != name else None
    people["amira"].key = keys["amira"]
    people["ncp"].key = keys["ncp"]
    yield people
    for one in people.values():
        one.context.close()


def test_two_administrations_write_and_only_members_read(browser: Browser, everybody: dict[str, Officer]) -> None:
    alice, bob = everybody["alice"], everybody["bob"]
    alice.press("New group")
    alice.page.get_by_label("Name", exact=True).locator("visible=true").fill("Reefers")
    alice.page.get_by_label("Bob").check()
    alice.press("Found the group")
    alice.write(f"Check {CANARY}")
    bob.press("Look again") if bob.page.get_by_role("button", name="Look again").is_visible() else bob.look()
    unlock(bob)
    bob.open_group("Reefers")
    assert f"Check {CANARY}" in bob.reads
    write_while_the_answer_is_lost(bob, "Inspected, nothing found")
    assert bob.reads.count("Inspected, nothing found") == 1
    bob.write("Released")
    read_after_the_line_broke(alice, "Reefers")
    assert "Inspected, nothing found" in alice.reads
    unlock_by_passkey(alice)
    alice.open_group("Reefers")
    assert "Inspected, nothing found" in alice.reads
    lose_a_device(bob)
    alice.press("All groups")
    alice.open_group("Reefers")
    alice.write("Welcome back")
    bob.open_group("Reefers")
    assert "Welcome back" in bob.reads
    lose_everything(bob, everybody["ncp"])
    alice.press("All groups")
    alice.open_group("Reefers")
    let_in_again(alice, "Bob")
    alice.write("Good that you are back")
    bob.look()
    unlock(bob)
    bob.open_group("Reefers")
    assert "Good that you are back" in bob.reads
    assert f"Check {CANARY}" in bob.reads
    compare_the_code(alice, "Bob")
    take_over_at_another_browser(browser, alice)
    remove(alice, "Bob")
    bob.look()
    unlock(bob)
    assert bob.page.get_by_role("button", name="Reefers").count() == 0
    with transaction.atomic(), acting_as(system(SystemTask.ADMISSION)):
        kept = [bytes(row.raw) + bytes(row.ct or b"") for row in Message.unguarded.all()]
        stores = [bytes(row.ct) for row in KeyStore.unguarded.all()]
    assert len(kept) == 5
    assert not any(CANARY.encode() in data or WORDS.encode() in data for data in kept + stores)
    for one in everybody.values():
        assert one.complaints == [], one.name


def write_while_the_answer_is_lost(officer: Officer, text: str) -> None:
    """The server keeps the message, and the browser never hears of it."""
    lost: list[int] = []

    def lose(route: Route) -> None:
        if route.request.method != "POST" or lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort()

    officer.page.route("**/messages", lose)
    officer.write(text)
    officer.page.unroute("**/messages")
    assert lost == [201]


def read_after_the_line_broke(officer: Officer, group: str) -> None:
    """What could not be fetched the first time is there the second."""
    officer.page.route("**/messages?after=*", lambda route: route.abort(), times=1)
    officer.page.get_by_role("button", name="All groups").locator("visible=true").click()
    expect(officer.page.locator("[data-problem]")).to_contain_text("not reached")
    officer.press("All groups")
    officer.open_group(group)


def unlock_by_passkey(officer: Officer) -> None:
    """Adds a passkey that keeps a key, locks, and unlocks by it alone."""
    asked: list[str] = []
    officer.page.on("request", lambda request: asked.append(request.post_data or ""))
    cdp = officer.context.new_cdp_session(officer.page)
    cdp.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal", "hasPrf": True}
    options |= {"hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": {**options, "automaticPresenceSimulation": True}})
    officer.press("All groups")
    officer.press("Add a passkey")
    officer.press("Lock")
    officer.press("Unlock with a passkey")
    # As a field: the three letters alone may stand in any sealed bytes.
    assert not any('"prf"' in body for body in asked)


def lose_a_device(officer: Officer) -> None:
    """A new key and a new Secret Key; the groups follow at once."""
    officer.press("All groups")
    officer.page.get_by_text("A device or the sheet was lost").click()
    officer.page.locator("#rotate-passphrase").fill(WORDS)
    officer.press("Make a new key")
    assert officer.page.locator('[data-field="secretKey"]').inner_text().startswith("C1-")
    officer.press("I have it on paper")


def lose_everything(officer: Officer, contact_point: Officer) -> None:
    """A browser that never saw the officer: a new key, ordered by the contact point, taken up."""
    officer.page.evaluate("() => indexedDB.deleteDatabase('opencen-sealed')")
    officer.look()
    officer.page.get_by_text("Everything is lost").click()
    officer.page.get_by_label("New passphrase for the new key").fill(WORDS)
    officer.press("Prepare a new key")
    officer.press("I have it on paper")
    code = officer.page.locator('[data-field="code"]').locator("visible=true").first.inner_text()
    contact_point.look()
    contact_point.page.locator("[data-key-file]").set_input_files(contact_point.key)
    contact_point.page.locator("#reset-uid").select_option(label=officer.name.title())
    contact_point.page.locator("#reset-code").fill(code.lower())
    contact_point.press("Order the reset")
    officer.press("Look again")
    officer.press("Take up the new key")
    unlock(officer)
    # Until a manager vouches for him, what his earlier key signed counts for nothing here.
    assert "withdrawn key" in officer.page.locator('[data-list="groups"]').inner_text()


def let_in_again(manager: Officer, name: str) -> None:
    manager.page.get_by_text("Members and keys").click()
    row = manager.page.locator('[data-list="members"] tr', has_text=name)
    row.get_by_role("button", name="Let in again").click()
    manager.rest()


def compare_the_code(officer: Officer, name: str) -> None:
    row = officer.page.locator('[data-list="members"] tr', has_text=name)
    row.get_by_role("button", name="The code agrees").click()
    officer.rest()
    expect(row.get_by_text("compared")).to_be_visible()
    # The other devices hear of it with the next look at the groups.
    officer.press("All groups")


def take_over_at_another_browser(browser: Browser, officer: Officer) -> None:
    """A browser that never saw the officer shows a code; the one that is open hands over what it has seen."""
    new = Officer(browser, officer.site, officer.name)
    try:
        new.press("Take it over from another device of yours")
        code = new.page.locator('[data-field="code"]').locator("visible=true").inner_text()
        officer.page.get_by_text("Add a device", exact=True).click()
        officer.page.get_by_label("Code on the new device").fill(code.lower())
        officer.page.get_by_label("What you call it").fill("laptop")
        officer.page.get_by_label("Your passphrase").fill(WORDS)
        officer.press("Hand the account over")
        expect(new.page.get_by_text("Is this your account?")).to_be_visible(timeout=20_000)
        new.page.get_by_label("Passphrase for this device").fill(OTHER_WORDS)
        new.press("It is mine, remember me here")
        new.press("Lock")
        new.page.locator("#sealed-passphrase").fill(OTHER_WORDS)
        # The account has a passkey too, which this browser does not hold.
        new.page.locator('[data-form="unlock"] button').click()
        new.rest()
        new.open_group("Reefers")
        assert "Good that you are back" in new.reads
        new.page.get_by_text("Members and keys").click()
        row = new.page.locator('[data-list="members"] tr', has_text="Bob")
        expect(row.get_by_text("compared")).to_be_visible()
        assert new.complaints == []
    finally:
        new.context.close()
    unlock(officer)
    officer.open_group("Reefers")


def remove(manager: Officer, name: str) -> None:
    members = manager.page.locator("details", has_text="Members and keys")
    if members.get_attribute("open") is None:
        members.locator("summary").click()
    manager.page.locator('[data-list="members"] tr', has_text=name).get_by_role("button", name="Remove").click()
    manager.rest()


def unlock(officer: Officer) -> None:
    if officer.page.get_by_label("Passphrase", exact=True).locator("visible=true").count():
        officer.page.locator("#sealed-passphrase").fill(WORDS)
        officer.press("Unlock")
    expect(officer.page.locator('[data-view="groups"]')).to_be_visible()
