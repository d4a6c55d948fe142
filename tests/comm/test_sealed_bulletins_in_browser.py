"""Forms, bulletins, search and viewer of sealed groups in a real browser, between two administrations."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.db import transaction
from PIL import Image
from playwright.sync_api import Locator, expect

from accounts.access.row_security import acting_as
from accounts.actor import SystemTask, system
from comm.models import Message
from tests.comm.test_sealed_desk_in_browser import (
    Officer,
    beside_the_driver,
    browser,
    everybody,
    site,
    unlock,
)

__all__ = ["beside_the_driver", "browser", "everybody", "site"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db]
RIGHT, WRONG = "MSKU9070323", "MSKU9070324"


def test_forms_and_bulletins_between_two_administrations(everybody: dict[str, Officer], tmp_path: Path) -> None:
    alice, bob = everybody["alice"], everybody["bob"]
    alice.press("New group")
    alice.page.get_by_label("Name", exact=True).locator("visible=true").fill("Reefers")
    alice.page.get_by_label("Bob").check()
    alice.press("Found the group")
    warn(alice)
    bob.look()
    unlock(bob)
    bob.open_group("Reefers")
    answer(bob)
    alice.press("All groups")
    alice.open_group("Reefers")
    assert "feedback: Seized (Bob)" in row(alice, "Kind of risk").inner_text()
    report_without_pictures(bob)
    publish(alice, tmp_path)
    read_and_acknowledge(bob)
    look_at_the_picture(bob, tmp_path)
    replace(alice)
    find(bob)
    withdraw(alice)
    bob.press("Bulletins")
    listed = bob.page.locator('[data-list="bulletins"] tr').all_inner_texts()
    assert len(listed) == 2
    assert all("Withdrawn" in text for text in listed)
    assert sum("Replaced by a newer version" in text for text in listed) == 1
    wiped(bob)
    for one in everybody.values():
        assert one.complaints == [], one.name


def row(officer: Officer, text: str) -> Locator:
    return officer.page.locator('[data-list="messages"] > li', has_text=text).first


def warn(officer: Officer) -> None:
    """A wrong check digit is told once and bars nothing; what is missing does."""
    page = officer.page
    page.get_by_label("a warning of a suspicious consignment").check()
    page.get_by_label("Container number").fill(f"{WRONG[:4]} {WRONG[4:10]}-{WRONG[10]}".lower())
    page.get_by_label("IMO number").fill("IMO 9074729")
    page.get_by_label("Gross weight, kg").fill("18400.5")
    page.get_by_label("Weight anomaly").locator("visible=true").check()
    page.get_by_label("Kind of risk").select_option(label="Environmental goods and waste")
    page.get_by_label("Requested action").fill("Hold and inspect before release")
    officer.press("Seal and send")
    errors = page.locator("[data-part]:enabled .error")
    assert errors.count() == 2
    assert "six digits and a check digit" in errors.first.inner_text()
    assert page.evaluate("() => document.activeElement.id") == "w-container"
    page.get_by_label("Answer by (UTC)").fill("2026-12-20T12:00")
    officer.press("Seal and send")
    assert errors.count() == 0
    said = row(officer, WRONG).inner_text()
    for line in ("Warning of a suspicious consignment", "doubtful number", "9074729", "18400.5", "Weight anomaly"):
        assert line in said, line
    assert "2026-12-20 12:00 UTC" in said
    assert "Consignor" not in said


def answer(officer: Officer) -> None:
    page = officer.page
    row(officer, WRONG).get_by_role("button", name="Give feedback").click()
    officer.rest()
    expect(page.locator("[data-answering]")).to_contain_text(f"Feedback on the warning of {WRONG}")
    page.locator("#f-result").select_option(label="Seized")
    page.locator("#f-useful").select_option(label="4")
    officer.write("Cathode ray tubes")
    assert "Usefulness of the warning\n4" in row(officer, "Cathode ray tubes").inner_text()
    row(officer, "Cathode ray tubes").get_by_role("button", name="To the earlier message").click()
    assert WRONG in page.evaluate("() => document.activeElement.innerText")


def report_without_pictures(officer: Officer) -> None:
    """Of obscene material and child abuse no file is sent, whatever it is."""
    page = officer.page
    page.get_by_label("a short seizure report").check()
    page.get_by_label("Date", exact=True).fill("2026-11-20")
    for label, text in (("Office", "Tema"), ("Goods", "Disks"), ("Quantity", "3")):
        page.get_by_label(label, exact=True).fill(text)
    for name in ("location", "direction", "mode", "unit", "trigger"):
        page.locator(f"#s-{name}").select_option(index=1)
    page.locator("#s-category").select_option(value="OBS")
    page.locator("#post-files").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": b"x"})
    page.get_by_role("button", name="Seal and send").click()
    expect(page.locator("[data-problem]")).to_contain_text("nothing of the category OBS")
    page.locator("#post-files").set_input_files([])
    officer.press("Seal and send")
    assert re.search(r"Goods\s+Disks", row(officer, "Short seizure report").inner_text())


def publish(officer: Officer, folder: Path) -> None:
    officer.press("All groups")
    officer.open_group("Reefers")
    page = officer.page
    page.get_by_label("a bulletin").check()
    page.get_by_label("Subject").locator("visible=true").fill("Cathode ray tubes as household goods")
    page.get_by_label("Handling codes").fill("B2")
    page.get_by_label("Acknowledge by").fill("2031-01-31")
    picture = folder / "scan.png"
    Image.new("RGB", (40, 30), (200, 30, 30)).save(picture)
    page_of_sender = folder / "invoice.html"
    page_of_sender.write_text("<script>alert(1)</script>")
    page.locator("#post-files").set_input_files([picture, page_of_sender])
    officer.write("Look behind the first row.")
    said = row(officer, "Cathode ray tubes as household").inner_text()
    assert "TLP:AMBER · B2" in said
    assert "to be acknowledged by 2031-01-31" in said
    assert "not acknowledged yet: Bob" in said


def read_and_acknowledge(officer: Officer) -> None:
    """Found in the list over all groups as due and unread; opening it tells its author, once."""
    officer.press("All groups")
    officer.press("Bulletins")
    page = officer.page
    standing = page.locator('[data-list="bulletins"] tr').inner_text()
    assert "Acknowledgement due" in standing
    assert "Unread" in standing
    page.locator("[data-filter]").select_option("withdrawn")
    expect(page.get_by_text("No bulletin is like this.")).to_be_visible()
    page.locator("[data-filter]").select_option("due")
    before = receipts()
    officer.press("Cathode ray tubes as household goods")
    assert receipts() == before + 1
    assert "household" in page.evaluate("() => document.activeElement.innerText")
    officer.press("All groups")
    officer.open_group("Reefers")
    assert receipts() == before + 1
    row(officer, "Cathode ray tubes as household").get_by_role("button", name="Acknowledge").click()
    officer.rest()
    assert "acknowledged: Bob" in row(officer, "Cathode ray tubes as household").inner_text()


def receipts() -> int:
    with transaction.atomic(), acting_as(system(SystemTask.ADMISSION)):
        return Message.unguarded.count()


def look_at_the_picture(officer: Officer, folder: Path) -> None:
    """Pictures as pixels; a page of the sender only as a download with a name and an ending that say nothing."""
    page = officer.page
    bulletin = row(officer, "Cathode ray tubes as household")
    assert bulletin.get_by_role("button", name="Show").count() == 1
    bulletin.get_by_role("button", name="Show scan.png").click()
    officer.rest()
    expect(page.locator("dialog canvas")).to_have_attribute("aria-label", "scan.png")
    assert page.evaluate("() => [document.querySelector('canvas').width, document.querySelector('canvas').height]") == [
        40,
        30,
    ]
    page.keyboard.press("Escape")
    with page.expect_download() as expected:
        bulletin.get_by_role("button", name="Save invoice.html").click()
    assert re.fullmatch(r"sealed-[0-9a-f]{8}-2\.bin", expected.value.suggested_filename)
    expected.value.save_as(folder / "saved")
    assert (folder / "saved").read_text() == "<script>alert(1)</script>"
    officer.rest()


def replace(officer: Officer) -> None:
    officer.press("All groups")
    officer.open_group("Reefers")
    assert re.search(r"acknowledged: Bob\s+read: Bob", row(officer, "Cathode ray tubes as household").inner_text())
    row(officer, "Cathode ray tubes as household").get_by_role("button", name="New version").click()
    officer.rest()
    page = officer.page
    assert page.get_by_label("Subject").locator("visible=true").input_value() == "Cathode ray tubes as household goods"
    assert page.get_by_label("Acknowledge by").input_value() == "2031-01-31"
    officer.write("Look behind the second row.")
    older, newer = row(officer, "first row"), row(officer, "second row")
    assert "Replaced by a newer version" in older.inner_text()
    assert "version 2" in newer.inner_text()
    assert "not acknowledged yet: Bob" in newer.inner_text()
    older.get_by_role("button", name="To the newer version").click()
    assert "second row" in page.evaluate("() => document.activeElement.innerText")
    paper(officer)


def paper(officer: Officer) -> None:
    """The handling stands on every sheet, and nothing of the page's tools."""
    page = officer.page
    page.evaluate("() => { globalThis.print = () => {}; }")
    row(officer, "second row").get_by_role("button", name="Print").click()
    line = page.evaluate("() => getComputedStyle(document.documentElement).getPropertyValue('--on-each-page')")
    assert line.startswith('"TLP:AMBER · B2 · Reefers · Alice · ')
    page.emulate_media(media="print")
    assert not page.get_by_role("button", name="Seal and send").is_visible()
    rows = page.locator('[data-list="messages"] > li').locator("visible=true")
    assert rows.count() == 1
    page.emulate_media(media="screen")
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    assert rows.count() > 1


def find(officer: Officer) -> None:
    """Every word, without accents and capitals, in texts, numbers of forms and names of files."""
    officer.press("All groups")
    page = officer.page
    for words, count in (("SECOND  row", 1), (WRONG, 1), ("invoice.html", 1), ("row", 2), ("nowhere", 0)):
        page.get_by_label("Search in all groups").fill(words)
        officer.press("Search")
        assert page.locator('[data-view="hits"] [data-field="count"]').inner_text() == str(count), words
        if words != "nowhere":
            assert page.locator('[data-list="hits"] li').count() == count
            page.get_by_role("button", name="Open").first.click()
            officer.rest()
        officer.press("All groups")


def withdraw(officer: Officer) -> None:
    officer.press("All groups")
    officer.open_group("Reefers")
    row(officer, "second row").get_by_role("button", name="Withdraw").click()
    officer.rest()
    officer.press("Seal and send")
    assert officer.page.locator("#post-text-error").is_visible()
    officer.write("The photograph was of another case.")
    assert "Withdrawn: The photograph was of another case." in row(officer, "second row").inner_text()
    assert "second row" in row(officer, "second row").inner_text()


def wiped(officer: Officer) -> None:
    """After locking nothing that was open stands in the page; what is kept on the device is sealed."""
    officer.press("All groups")
    officer.press("Lock")
    whole = officer.page.evaluate("() => document.querySelector('[data-sealed-desk]').textContent")
    assert "second row" not in whole
    assert "household" not in whole
    kept = officer.page.evaluate(KEPT)
    assert any(key.startswith("index ") for key in kept["keys"])
    assert "household" not in kept["text"]


KEPT = """async () => {
  const open = indexedDB.open('opencen-sealed');
  const db = await new Promise((done) => { open.onsuccess = () => done(open.result); });
  const store = db.transaction('accounts').objectStore('accounts');
  const all = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
  const keys = await all(store.getAllKeys()), values = await all(store.getAll());
  db.close();
  return { keys, text: values.map(({ ct }) => (ct ? new TextDecoder('latin1').decode(ct) : '')).join() };
}"""
