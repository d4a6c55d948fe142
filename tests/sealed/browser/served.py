"""A page with the whole core of the sealed protocol, in a real browser, by WebCrypto's algorithms or by the bundled."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from config.embedded.preparation import ROOT
from config.front_desk.bundling import Workshop
from tests.portal_frame.test_in_browser import browser

__all__ = ["browser", "bundle", "sheet", "text", "unread"]
ENTRY = "tests/sealed/browser/entry.js"
PAGE = b"<!doctype html><title>Core</title><script src=/core.js></script>"


def text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def unread(said: str) -> bytes:
    return base64.urlsafe_b64decode(said + "=" * (-len(said) % 4))


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The core and what the tests do with it, bundled as the product's own modules are."""
    workshop, output = Workshop(ROOT), tmp_path_factory.mktemp("core") / "core.js"
    workshop.fetch()
    workshop._bundle(ENTRY, output, "--format=iife")
    return output.read_bytes()


@pytest.fixture(scope="module")
def address(bundle: bytes) -> Iterator[str]:
    """Keys are there on a secure page only; localhost counts as one."""
    vectors = Path(ROOT, "sdk/vectors/sealed.json").read_bytes()
    answers = {
        "/core.js": ("text/javascript; charset=utf-8", bundle),
        "/sealed.json": ("application/json", vectors),
        "/": ("text/html; charset=utf-8", PAGE),
    }

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, body = answers.get(self.path, answers["/"])
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    front = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=front.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{front.server_port}/"
    front.shutdown()
    front.server_close()
    thread.join()


@pytest.fixture(scope="module", params=["native", "bundled"])
def sheet(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    """The page; with `native` by the browser's own post-quantum algorithms, where it has them."""
    context = browser.new_context()
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    page.evaluate("(forced) => sealed.core.native.forceFallback(forced)", request.param == "bundled")
    found = page.evaluate("() => sealed.core.native.native()")
    if request.param == "native" and not (found["ML-DSA-65"] and found["MLKEM768-X25519"]):
        pytest.skip("this browser has no post-quantum algorithms of its own")
    assert request.param == "native" or not (found["ML-DSA-65"] or found["MLKEM768-X25519"])
    yield page
    context.close()
    assert complaints == []
