"""The servers in memory of the protocol's tests, behind the addresses that the browser's client asks."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cenlink.sealed.refusals import Refused
from cenlink.sealed.server import KeyStore, ServerSaidNo

from tests.sealed.browser.served import text, unread
from tests.sealed.honest_server import HonestServer

_BASE = "/api/v1/sealed/"


def _store(said: dict[str, Any]) -> tuple[KeyStore, bytes | None]:
    replaces = said["replaces"]
    return KeyStore(said["rev"], unread(said["ct"]), [unread(slot) for slot in said["slots"]]), (
        unread(replaces) if replaces else None
    )


def answered(server: HonestServer, verb: str, address: str, query: dict[str, str], body: bytes) -> Any:
    """What the API answers, as docs/sealed-api.md says; bytes for a part of a file."""
    parts = address.split("/")
    after = int(query.get("after", "0"))
    said = json.loads(body) if body[:1] == b"{" else {}
    match (verb, *parts):
        case ("GET", "directory"):
            links = server.directory(after)
            return {"links": [{"index": one.index, "kind": one.kind, "link": text(one.raw)} for one in links]}
        case ("POST", "directory"):
            store, replaces = _store(said["store"]) if "store" in said else (None, None)
            return {"index": server.tell(said["kind"], unread(said["link"]), store, replaces)}
        case ("GET", "groups"):
            heads = server.groups()
            return {"groups": [{"id": one.gid.hex(), "seq": one.seq, "count": one.count} for one in heads]}
        case ("POST", "groups"):
            server.found(unread(said["link"]))
            return {}
        case ("GET", "groups", gid, "links"):
            return {"links": [text(raw) for raw in server.group_links(bytes.fromhex(gid), after)]}
        case ("POST", "groups", gid, "links"):
            server.turn(bytes.fromhex(gid), unread(said["link"]), [unread(one) for one in said["wraps"]])
            return {}
        case ("GET", "groups", gid, "wraps"):
            return {"wraps": [text(raw) for raw in server.wraps(bytes.fromhex(gid), int(query["n"]))]}
        case ("GET", "groups", gid, "order"):
            return {"lhashes": [text(one) for one in server.order(bytes.fromhex(gid), after)]}
        case ("GET", "groups", gid, "messages"):
            found = server.messages(bytes.fromhex(gid), after)
            return {
                "messages": [
                    {
                        "i": one.i,
                        "message": text(one.raw),
                        "ct": None if one.ct is None else text(one.ct),
                        "received_at": one.received_at,
                    }
                    for one in found
                ]
            }
        case ("POST", "groups", gid, "messages"):
            return {"i": server.post(bytes.fromhex(gid), unread(said["message"]), unread(said["ct"]))}
        case ("POST", "groups", gid, "files"):
            return {"parts": sorted(server.begin_file(bytes.fromhex(gid), unread(said["aid"]), said["csize"]))}
        case ("PUT", "groups", gid, "files", aid, "parts", number):
            server.put_part(bytes.fromhex(gid), bytes.fromhex(aid), int(number), body)
            return {}
        case ("GET", "groups", gid, "files", aid, "parts", number):
            return server.get_part(bytes.fromhex(gid), bytes.fromhex(aid), int(number))
        case _:
            return _of_the_account(server, verb, parts, said)


def _of_the_account(server: HonestServer, verb: str, parts: list[str], said: dict[str, Any]) -> Any:
    match (verb, *parts):
        case ("GET", "keyset"):
            store = server.key_store()
            if store is None:
                raise ServerSaidNo(404, "absent", "There is nothing here.")
            slots = [text(slot) for slot in store.slots]
            return {"rev": store.rev, "ct": text(store.ct), "slots": slots, "account": server.uid.hex()}
        case ("PUT", "keyset"):
            server.put_key_store(*_store(said))
            return {}
        case ("GET", "pins"):
            return {"pins": [{"dev": dev.hex(), "ct": text(ct)} for dev, ct in server.pins()]}
        case ("PUT", "pins", dev):
            server.put_pins(bytes.fromhex(dev), unread(said["ct"]))
            return {}
        case ("POST", "devices"):
            server.ask_to_link(unread(said["request"]))
            return {}
        case ("GET", "devices", h):
            answer = server.link_answer(bytes.fromhex(h))
            request = text(server.link_request(bytes.fromhex(h)))
            return {"request": request, "answer": None if answer is None else text(answer)}
        case ("POST", "devices", h):
            server.answer_link(bytes.fromhex(h), unread(said["answer"]))
            return {}
    raise AssertionError(f"no such address: {verb} {'/'.join(parts)}")


class Front:
    """Listens on localhost; each server is under a name of its own."""

    def __init__(self, page: bytes, script: bytes) -> None:
        self.servers: dict[str, HonestServer] = {}
        self.before: Callable[[str, str], None] = lambda verb, address: None
        self.broken: list[str] = []
        front = self

        class Answers(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Head and body go out together, or each answer would wait for the other side's.
            wbufsize = -1
            disable_nagle_algorithm = True

            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, kind, content = front.answer(self.command, self.path, body)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def do_GET(self) -> None:
                if self.path in {"/", "/desk.js"}:
                    kind = "text/html" if self.path == "/" else "text/javascript"
                    content = page if self.path == "/" else script
                    self.send_response(200)
                    self.send_header("Content-Type", f"{kind}; charset=utf-8")
                    self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)
                    return
                self._answer()

            do_POST = do_PUT = _answer  # noqa: N815

            def log_message(self, *_: Any) -> None:
                """Says nothing."""

        self.listening = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self._turn = threading.Lock()
        self._thread = threading.Thread(
            target=self.listening.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        self._thread.start()

    @property
    def address(self) -> str:
        return f"http://localhost:{self.listening.server_port}"

    def answer(self, verb: str, path: str, body: bytes) -> tuple[int, str, bytes]:
        split = urlsplit(path)
        found = re.match(r"/(\d+)" + _BASE + "(.*)", split.path)
        if not found:
            return 404, "text/plain", b""
        query = {name: values[0] for name, values in parse_qs(split.query).items()}
        try:
            with self._turn:
                self.before(verb, found[2])
                answer = answered(self.servers[found[1]], verb, found[2], query, body)
        except ServerSaidNo as no:
            said = {"code": no.code, "title": no.sentence}
            return no.status, "application/problem+json", json.dumps(said).encode()
        except Refused as refusal:
            said = {"code": str(refusal.code), "title": str(refusal)}
            return 422, "application/problem+json", json.dumps(said).encode()
        except Exception as error:
            self.broken.append(f"{verb} {path}: {error!r}")
            raise
        if isinstance(answer, bytes):
            return 200, "application/octet-stream", answer
        return 200, "application/json", json.dumps(answer).encode()

    def close(self) -> None:
        self.listening.shutdown()
        self.listening.server_close()
        self._thread.join()
