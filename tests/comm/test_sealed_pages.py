"""Sealed pages: which policy they carry, and what a real browser then lets their worker do."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.csp import build_policy
from playwright.sync_api import Browser, Page, Route

from config.built_files import FOLDER, MANIFEST, integrity, read_manifest
from tests.access.test_urls import signed_in
from tests.accounts.test_passkey_in_browser import beside_the_driver, site
from tests.cast import Cast
from tests.portal_frame.test_in_browser import browser

__all__ = ["beside_the_driver", "browser", "site"]
pytestmark = pytest.mark.django_db
CHECK = "/sealed/check"
MODULE = f"/static/{FOLDER}/sealed.js"
# The evaluation of a debugger is exempt from the content policy; what it leaves for later is not.
LATER = "(act) => new Promise((told) => setTimeout(() => told(act()), 0))"
EVAL = "() => { try { return eval('1 + 1'); } catch (problem) { return problem.name; } }"
ABROAD = """(address) => new Promise((told) => {
  addEventListener('securitypolicyviolation', (event) => told([event.effectiveDirective, event.disposition]));
  setTimeout(() => fetch(address).then(() => told('fetched'), () => undefined), 0);
})"""


def directives(policy: str) -> dict[str, str]:
    return dict(part.strip().partition(" ")[::2] for part in policy.split(";"))


def test_a_sealed_page_has_the_strict_policy_and_its_script_a_hash(cast: Cast) -> None:
    answer = signed_in("alice@example.org").get(CHECK)
    policy = directives(answer["Content-Security-Policy"])
    assert policy["script-src"] == "'self' 'wasm-unsafe-eval'"
    assert policy["worker-src"] == "blob:"
    assert policy["require-trusted-types-for"] == "'script'"
    assert policy["trusted-types"] == "opencen-sealed"
    assert policy["default-src"] == "'none'"
    assert answer["Integrity-Policy"] == "blocked-destinations=(script)"
    (script,) = re.findall(r"<script[^>]*>", answer.content.decode())
    assert re.fullmatch(rf'<script type="module" src="{MODULE}\?[\w-]{{16}}" integrity="([^"]+)">', script)
    assert f'integrity="{read_manifest()["sealed.js"]}"' in script
    address = re.search(r'src="([^"]+)"', script)
    assert address
    assert integrity(b"".join(Client().get(address[1]))) == read_manifest()["sealed.js"]  # type: ignore[arg-type]


def test_everything_else_keeps_its_policy(cast: Cast) -> None:
    plain = build_policy(settings.SECURE_CSP)
    assert "wasm" not in plain
    assert "worker-src" not in plain
    alice = signed_in("alice@example.org")
    for path in (reverse("home"), reverse("sign_in"), reverse("healthz"), "/no-such-page"):
        answer = alice.get(path)
        assert answer["Content-Security-Policy"] == plain, path
        assert "Integrity-Policy" not in answer, path


def test_an_answer_in_place_of_a_sealed_page_is_as_strict() -> None:
    answer = Client().get(CHECK)
    assert answer.status_code == 302
    assert answer["Content-Security-Policy"] == build_policy(settings.SEALED_CSP)


@pytest.mark.parametrize(
    "path", [MODULE, "/static/js/portal.js", "/static/js/sealed/worker.js", "/static/manifest.json"]
)
def test_files_carry_the_policy_too(path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == 200
    assert answer["Content-Security-Policy"] == build_policy(settings.SECURE_CSP)
    if path == MODULE:
        assert integrity(b"".join(answer)) == read_manifest()["sealed.js"]  # type: ignore[arg-type]
    else:
        answer.close()


def test_the_manifest_is_read_where_it_is_served() -> None:
    assert settings.BASE_DIR / "static" / "manifest.json" == MANIFEST


@pytest.fixture
def sheet(browser: Browser, site: str) -> Iterator[tuple[Page, list[str]]]:
    """A page of Alice's browser, and what its console complained of."""
    context = browser.new_context(base_url=site)
    client = signed_in("alice@example.org")
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page, complaints
    context.close()


def state(page: Page, ability: str) -> str | None:
    return page.locator(f'[data-ability="{ability}"]').get_attribute("data-state")


@pytest.mark.browser
def test_the_worker_starts_from_a_blob_and_argon2id_works_in_it(sheet: tuple[Page, list[str]]) -> None:
    page, complaints = sheet
    workers: list[str] = []
    page.on("worker", lambda worker: workers.append(worker.url))
    page.goto(CHECK)
    page.locator('[data-abilities][aria-busy="false"]').wait_for()
    assert len(workers) == 1
    assert workers[0].startswith("blob:http://localhost:")
    assert state(page, "worker") == "right"
    assert state(page, "passphrase") == "right"
    assert state(page, "Ed25519") == "native"
    assert state(page, "MLKEM768-X25519") in {"native", "bundled"}
    assert state(page, "ML-DSA-65") in {"native", "bundled"}
    assert page.get_by_text("Being tried").locator("visible=true").count() == 0
    assert page.get_by_text("Works").locator("visible=true").count() == 2
    assert complaints == []


@pytest.mark.browser
def test_neither_page_nor_worker_can_run_text_or_reach_abroad(sheet: tuple[Page, list[str]], site: str) -> None:
    page, _complaints = sheet
    page.goto(CHECK)
    page.locator('[data-abilities][aria-busy="false"]').wait_for()
    with page.expect_worker() as started:
        page.evaluate(
            "async () => { const { src } = document.querySelector('script');"
            " window.ask = (await import(src)).openWorker(); }"
        )
    worker = started.value
    assert page.evaluate("async () => Object.keys(await window.ask('ready'))")
    assert page.evaluate("() => window.ask('no such verb').catch((problem) => problem.message)") == "unknown verb"
    abroad = site.replace("localhost", "127.0.0.1")
    for place in (page, worker):
        assert place.evaluate(f"() => ({LATER})({EVAL})") == "EvalError"
        assert place.evaluate(ABROAD, f"{abroad}/healthz") == ["connect-src", "enforce"]


@pytest.mark.browser
def test_no_other_script_gets_a_policy_or_a_worker(sheet: tuple[Page, list[str]]) -> None:
    page, _complaints = sheet
    page.goto(CHECK)
    page.locator('[data-abilities][aria-busy="false"]').wait_for()
    tried = "() => { try { %s; return 'made'; } catch (problem) { return problem.name; } }"
    for name in ("opencen-sealed", "opencen", "default"):
        making = f"trustedTypes.createPolicy('{name}', {{ createScriptURL: (address) => address }})"
        assert page.evaluate(f"() => ({LATER})({tried % making})") == "TypeError"
    assert page.evaluate(f"() => ({LATER})({tried % 'new Worker(URL.createObjectURL(new Blob([])))'})") == "TypeError"


@pytest.mark.browser
def test_a_browser_runs_no_changed_byte_and_no_script_without_a_hash(sheet: tuple[Page, list[str]]) -> None:
    page, complaints = sheet

    def changed(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.body() + b"\n")

    def one_more(route: Route) -> None:
        answer = route.fetch()
        script = b'<script type="module" src="/static/js/portal.js"></script></head>'
        route.fulfill(response=answer, body=answer.body().replace(b"</head>", script))

    page.route(f"**{CHECK}", one_more)
    page.goto(CHECK)
    page.locator('[data-abilities][aria-busy="false"]').wait_for()
    # What portal.js shows first stays hidden: it did not run. Elsewhere it does.
    assert page.locator("[data-opens-keys]").first.evaluate("(button) => button.hidden") is True
    page.goto("/")
    assert page.locator("[data-opens-keys]").first.evaluate("(button) => button.hidden") is False
    page.route(f"**{MODULE}?*", changed)
    page.goto(CHECK)
    page.wait_for_function("performance.getEntriesByType('navigation')[0].loadEventEnd > 0")
    assert page.locator("[data-abilities]").get_attribute("aria-busy") == "true"
    assert any("integrity" in text and "sealed.js" in text for text in complaints), complaints
