"""Passkeys in a real browser with a virtual authenticator: join by one, sign in by it, step up, remove it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connections, transaction
from playwright.sync_api import Browser, CDPSession, Page

from accounts.access.row_security import acting_as
from accounts.actions.invitations import Wanted, invite
from accounts.actor import Actor
from accounts.models import Administration, Officer, Session
from accounts.roles import Role
from accounts.sign_in import passkey
from tests.accounts.letters import delivered, link_in
from tests.accounts.test_invitation import PASSWORD
from tests.cast import Cast
from tests.portal_frame.test_in_browser import browser

__all__ = ["browser"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db]


class OneAfterTheOther:
    """The product; requests take turns, since they share the test's one transaction."""

    def __init__(self) -> None:
        self.turn, self.product = threading.Lock(), WSGIHandler()

    def __call__(self, environ: Any, start_response: Any) -> Any:
        with self.turn:
            return self.product(environ, start_response)


class SharedConnection(ThreadedWSGIServer):
    """Leaves the test's connection open after a request."""

    def _close_connections(self) -> None:
        pass


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="module", autouse=True)
def beside_the_driver() -> Iterator[None]:
    """The browser's driver runs an event loop in this thread; nothing of ours runs in it."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


@pytest.fixture
def site(cast: Cast, settings: Any) -> Iterator[str]:
    """The address of the product, on the database as the test sees it."""
    connection = connections["default"]
    connection.inc_thread_sharing()
    # Between requests the product closes old connections; this one is the test's.
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    front = SharedConnection(("127.0.0.1", 0), Quiet, connections_override={"default": connection})
    front.set_app(OneAfterTheOther())
    # Passkeys belong to a name, not to a number: the browser speaks to localhost.
    settings.PUBLIC_ORIGIN = f"http://localhost:{front.server_port}"
    thread = threading.Thread(target=front.serve_forever, daemon=True)
    thread.start()
    yield settings.PUBLIC_ORIGIN
    front.shutdown()
    front.server_close()
    thread.join()
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)
    connection.dec_thread_sharing()


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    context = browser.new_context()
    sheet = context.new_page()
    complaints: list[str] = []
    # What the content policy refuses is an error on the console; a refused passkey is a 4xx and none of it.
    sheet.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    sheet.on("pageerror", lambda error: complaints.append(str(error)))
    yield sheet
    context.close()
    assert [one for one in complaints if "status of 4" not in one] == []


type Plug = Callable[..., str]


@pytest.fixture
def plug(page: Page) -> Plug:
    """Plugs an authenticator into the browser, whose owner shows finger or number at once."""
    cdp: CDPSession = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")

    def add(transport: str = "internal") -> str:
        options = {
            "protocol": "ctap2",
            "transport": transport,
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        made: str = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
        return made

    add.verify = lambda key, yes: cdp.send(  # type: ignore[attr-defined]
        "WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": yes}
    )
    add.unplug = lambda key: cdp.send(  # type: ignore[attr-defined]
        "WebAuthn.removeVirtualAuthenticator", {"authenticatorId": key}
    )
    return add


def joined_by_passkey(page: Page, site: str, by: Actor) -> None:
    home = Administration.unguarded.get(pk=by.administration_id)
    with transaction.atomic(), acting_as(by):
        invite(by, Wanted("nana@example.org", "Nana Addo", Role.OFFICER, administration=home))
    page.goto(site + link_in(delivered()[-1]))
    page.get_by_role("button", name="Accept").click()
    page.locator("#id_password").fill(PASSWORD)
    page.locator("#id_again").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_selector("form[data-passkey]:not([hidden])")
    assert page.locator("main img").evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 0
    page.get_by_role("button", name="Set up a passkey").click()
    page.wait_for_selector("text=Your recovery codes")


def signed_out(page: Page) -> None:
    page.context.clear_cookies()


def test_join_sign_in_step_up_and_remove(cast: Cast, page: Page, site: str, plug: Plug) -> None:
    first = plug()
    joined_by_passkey(page, site, cast.amira)
    page.get_by_role("link", name="I have kept them").click()
    page.wait_for_url(f"{site}/")
    signed_out(page)
    page.goto(f"{site}/security")
    assert page.url.startswith(f"{site}/sign-in")
    page.get_by_role("button", name="passkey").click()
    # The way back is kept through the ceremony.
    page.wait_for_url(f"{site}/security")
    nana = Officer.unguarded.get(email="nana@example.org")
    assert "Nana Addo" in page.content()
    assert Session.objects.filter(officer=nana).count() == 2
    assert passkey.keys_of(nana)[0].last_used_at is not None

    # An hour later a change of factors asks for a fresh one.
    for one in Session.objects.filter(officer=nana):
        one.session_data = Session.get_session_store_class()().encode(one.get_decoded() | {"opencen_stepped_up": 1})
        one.save()
    page.goto(f"{site}/security/passkey")
    page.wait_for_url(f"{site}/step-up?**")
    page.get_by_role("button", name="passkey").click()
    page.wait_for_url(f"{site}/security/passkey")
    # Another authenticator, since one holds one passkey of a person for a site.
    plug.unplug(first)  # type: ignore[attr-defined]
    plug(transport="usb")
    page.locator("#id_name").fill("Drawer key")
    page.get_by_role("button", name="passkey").click()
    page.wait_for_url(f"{site}/security")
    assert "Drawer key" in page.content()
    page.get_by_role("button", name="Remove Drawer key").click()
    page.wait_for_selector("text=is removed")
    assert len(passkey.keys_of(nana)) == 1
    page.get_by_role("button", name="Remove My passkey").click()
    page.wait_for_selector("text=only factor")
    assert len(passkey.keys_of(nana)) == 1


def test_a_key_that_does_not_verify_its_owner_opens_nothing(cast: Cast, page: Page, site: str, plug: Plug) -> None:
    key = plug()
    joined_by_passkey(page, site, cast.amira)
    signed_out(page)
    plug.verify(key, False)  # type: ignore[attr-defined]
    page.goto(f"{site}/sign-in")
    page.get_by_role("button", name="passkey").click()
    page.wait_for_selector("[data-problem]:not([hidden])")
    page.goto(f"{site}/security")
    assert page.url.startswith(f"{site}/sign-in")


def test_a_suspended_officers_and_a_removed_passkey_open_nothing(cast: Cast, page: Page, site: str, plug: Plug) -> None:
    plug()
    joined_by_passkey(page, site, cast.amira)
    signed_out(page)
    nana = Officer.unguarded.get(email="nana@example.org")
    Officer.unguarded.filter(pk=nana.pk).update(is_active=False)
    page.goto(f"{site}/sign-in")
    page.get_by_role("button", name="passkey").click()
    page.wait_for_selector("text=The passkey did not work")
    Officer.unguarded.filter(pk=nana.pk).update(is_active=True)
    passkey.keys_of(nana)[0].delete()
    page.goto(f"{site}/sign-in")
    assert page.locator("text=The passkey did not work").count() == 0
    page.get_by_role("button", name="passkey").click()
    page.wait_for_selector("text=The passkey did not work")
    page.goto(f"{site}/")
    assert page.url.startswith(f"{site}/sign-in")


def test_an_answer_can_not_be_sent_a_second_time(cast: Cast, page: Page, site: str, plug: Plug) -> None:
    plug()
    joined_by_passkey(page, site, cast.amira)
    signed_out(page)
    page.goto(f"{site}/sign-in")
    sent: list[str] = []
    page.on(
        "request",
        lambda request: sent.append(request.post_data or "") if request.url.endswith("/sign-in/passkey") else None,
    )
    page.get_by_role("button", name="passkey").click()
    page.wait_for_url(f"{site}/")
    signed_out(page)
    page.goto(f"{site}/sign-in")
    token = page.locator("input[name=csrfmiddlewaretoken]").first.input_value()
    answer = page.request.post(
        f"{site}/sign-in/passkey",
        data=sent[0].replace(sent[0].split("csrfmiddlewaretoken=")[1].split("&")[0], token),
        headers={"Content-Type": "application/x-www-form-urlencoded", "Origin": site},
        max_redirects=0,
    )
    assert answer.status == 302
    assert answer.headers["location"].startswith("/sign-in")
