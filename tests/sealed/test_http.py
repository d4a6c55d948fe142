"""The transport: what goes over the wire, and what it takes from a server that means no good."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest
from cenlink.sealed.client import http
from cenlink.sealed.client.http import HttpServer, Unreachable, octets, written
from cenlink.sealed.server import KeyStore, ServerSaidNo

GID = bytes(range(16))


class Scripted(BaseHTTPRequestHandler):
    """Answers everything with what the test laid down; keeps what was asked."""

    status: ClassVar[int] = 200
    body: ClassVar[bytes] = b"{}"
    location: ClassVar[str] = ""
    asked: ClassVar[list[tuple[str, str, dict[str, str], bytes]]] = []

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.asked.append((self.command, self.path, dict(self.headers), self.rfile.read(length)))
        self.send_response(self.status)
        if self.location:
            self.send_header("Location", self.location)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    do_GET = do_POST = do_PUT = _answer  # noqa: N815

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[HttpServer]:
    for name, value in (("status", 200), ("body", b"{}"), ("location", ""), ("asked", [])):
        monkeypatch.setattr(Scripted, name, value)
    listening = ThreadingHTTPServer(("127.0.0.1", 0), Scripted)
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield HttpServer(f"http://127.0.0.1:{listening.server_port}", "prefix.secret")
    listening.shutdown()
    listening.server_close()


def answers(document: Any, status: int = 200) -> None:
    Scripted.status, Scripted.body = status, json.dumps(document).encode()


def test_a_credential_goes_with_every_question_and_bytes_go_as_base64url(wire: HttpServer) -> None:
    answers({"index": 7}, 201)
    assert wire.tell("usr", b"\xff\xfe", KeyStore(2, b"ct", [b"slot"]), b"\x00" * 32) == 7
    verb, path, headers, body = Scripted.asked[0]
    assert (verb, path) == ("POST", "/api/v1/sealed/directory")
    assert headers["Authorization"] == "Bearer prefix.secret"
    assert json.loads(body) == {
        "kind": "usr",
        "link": "__4",
        "store": {"rev": 2, "ct": written(b"ct"), "slots": [written(b"slot")], "replaces": "A" * 43},
    }


def test_groups_and_accounts_are_named_in_addresses_as_hex(wire: HttpServer) -> None:
    answers({"links": ["AA"]})
    assert wire.group_links(GID, -1) == [b"\x00"]
    wire.speak_for(GID)
    answers({"pins": [{"dev": GID.hex(), "ct": "AA"}]})
    assert wire.pins() == [(GID, b"\x00")]
    assert [path for _, path, *_ in Scripted.asked] == [
        f"/api/v1/sealed/groups/{GID.hex()}/links?after=-1",
        f"/api/v1/sealed/pins?account={GID.hex()}",
    ]


def test_what_the_server_declines_is_said_with_its_code_and_sentence(wire: HttpServer) -> None:
    answers({"code": "behind", "detail": "The group\nmoved on."}, 409)
    with pytest.raises(ServerSaidNo) as caught:
        wire.turn(GID, b"link", [])
    assert (caught.value.status, caught.value.code, caught.value.sentence) == (409, "behind", "The group moved on.")
    Scripted.status, Scripted.body = 502, b"<html>bad gateway</html>"
    with pytest.raises(ServerSaidNo) as caught:
        wire.groups()
    assert (caught.value.status, caught.value.code) == (502, "")


def test_no_key_store_is_none_and_no_error(wire: HttpServer) -> None:
    answers({"code": "absent"}, 404)
    assert wire.key_store() is None


def test_a_credential_is_not_carried_to_another_address(wire: HttpServer) -> None:
    Scripted.status, Scripted.location = 302, "/elsewhere"
    with pytest.raises(ServerSaidNo):
        wire.groups()
    assert len(Scripted.asked) == 1


def test_an_answer_without_end_is_cut_off(wire: HttpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "LARGEST_ANSWER", 1000)
    Scripted.body = b" " * 1001
    with pytest.raises(Unreachable, match="larger"):
        wire.groups()


@pytest.mark.parametrize(
    "document",
    [
        [],
        {},
        {"messages": {}},
        {"messages": [1]},
        {"messages": [{"i": True, "message": "AA", "ct": None, "received_at": 0}]},
        {"messages": [{"i": 1, "message": "A", "ct": None, "received_at": 0}]},
        {"messages": [{"i": 1, "message": "A=", "ct": None, "received_at": 0}]},
        {"messages": [{"i": 1, "message": "AB", "ct": None, "received_at": 0}]},
        {"messages": [{"i": -1, "message": "AA", "ct": None, "received_at": 0}]},
    ],
)
def test_an_answer_of_another_shape_is_no_answer(wire: HttpServer, document: Any) -> None:
    answers(document)
    with pytest.raises(Unreachable):
        wire.messages(GID, 0)


def test_a_server_that_is_not_there_is_unreachable() -> None:
    with pytest.raises(Unreachable, match="does not answer"):
        HttpServer("http://127.0.0.1:9", "token", patience=1).groups()


@pytest.mark.parametrize("address", ["http://opencen.example.org", "ftp://opencen.example.org", "opencen.example.org"])
def test_nothing_goes_out_without_tls(address: str) -> None:
    with pytest.raises(ValueError, match="https"):
        HttpServer(address, "token")


def test_bytes_have_one_spelling() -> None:
    for size in range(5):
        assert octets(written(bytes([255] * size))) == bytes([255] * size)
    with pytest.raises(Unreachable):
        octets("AB")
