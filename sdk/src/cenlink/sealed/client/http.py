"""The server over HTTPS (docs/sealed-api.md): standard library only, every answer bounded in size and time."""

from __future__ import annotations

import base64
import binascii
import json
import re
import urllib.error
import urllib.request
from collections.abc import Sequence
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from cenlink.sealed.private.attachments import PART
from cenlink.sealed.server import DirectoryLink, GroupHead, KeyStore, ServerSaidNo, Stored

# Seconds without a byte; a link with two thousand wrapped keys takes a server some of them.
PATIENCE = 60.0
# 500 links of 4 MiB cannot come in one answer; what honest pages hold is far below.
LARGEST_ANSWER = 64 << 20
_ALPHABET = re.compile(r"[A-Za-z0-9_-]*\Z")
_SAFE_HOSTS = {"localhost", "127.0.0.1", "::1"}


class Unreachable(Exception):
    """No answer, or none that can be read; trying again later may help."""


class NoDetours(urllib.request.HTTPRedirectHandler):
    """A redirection would carry the credential to another address."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class HttpServer:
    """The verbs of the sealed API at one address, with a credential of scope `sealed`."""

    def __init__(self, address: str, token: str, *, account: bytes | None = None, patience: float = PATIENCE) -> None:
        """`address` is that of OpenCEN, such as https://opencen.example.org. `account` names an agent's.

        Raises ValueError for an address without TLS, other than of this machine.
        """
        parts = urlsplit(address)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _SAFE_HOSTS):
            raise ValueError("the address has to begin with https://")
        self._root = f"{address.rstrip('/')}/api/v1/sealed/"
        self._token, self._account, self._patience = token, account, patience
        self._opener = urllib.request.build_opener(NoDetours)

    # The wire

    def _credential(self) -> dict[str, str]:
        """The headers that say who asks."""
        return {"Authorization": f"Bearer {self._token}"}

    def _ask(self, verb: str, path: str, body: bytes | None = None, kind: str = "application/json") -> bytes:
        request = urllib.request.Request(self._root + path, data=body, method=verb)  # noqa: S310  (checked above)
        for name, value in self._credential().items():
            request.add_header(name, value)
        request.add_header("Accept", "application/json, application/problem+json, application/octet-stream")
        if body is not None:
            request.add_header("Content-Type", kind)
        try:
            with self._opener.open(request, timeout=self._patience) as answer:
                return self._bounded(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise _said_no(error.code, self._bounded(error)) from None
        except (OSError, HTTPException) as error:
            raise Unreachable(f"{self._root} does not answer: {error}") from None

    @staticmethod
    def _bounded(answer: Any) -> bytes:
        data = answer.read(LARGEST_ANSWER + 1)
        if len(data) > LARGEST_ANSWER:
            raise Unreachable("the answer is larger than any answer may be")
        return bytes(data)

    def _json(self, verb: str, path: str, document: dict[str, Any] | None = None) -> dict[str, Any]:
        body = None if document is None else json.dumps(document).encode()
        data = self._ask(verb, path, body)
        if not data:
            return {}
        try:
            answer = json.loads(data)
        except ValueError:
            raise Unreachable("the answer is not JSON; is this the address of OpenCEN?") from None
        if not isinstance(answer, dict):
            raise Unreachable("the answer is not a JSON object")
        return answer

    @property
    def _whose(self) -> str:
        return f"?account={self._account.hex()}" if self._account else ""

    # Directory

    def directory(self, after: int) -> Sequence[DirectoryLink]:
        links = _rows(self._json("GET", f"directory?after={after}"), "links")
        return [DirectoryLink(_number(row, "index"), str(row.get("kind")), _octets(row, "link")) for row in links]

    def tell(self, kind: str, raw: bytes, store: KeyStore | None = None, replaces: bytes | None = None) -> int:
        document: dict[str, Any] = {"kind": kind, "link": written(raw)}
        if store:
            document["store"] = _store(store, replaces)
        return _number(self._json("POST", "directory", document), "index")

    # Groups

    def groups(self) -> Sequence[GroupHead]:
        rows = _rows(self._json("GET", "groups"), "groups")
        return [GroupHead(_id(row, "id"), _number(row, "seq"), _number(row, "count")) for row in rows]

    def group_links(self, gid: bytes, after: int) -> Sequence[bytes]:
        return _list(self._json("GET", f"groups/{gid.hex()}/links?after={after}"), "links")

    def found(self, raw: bytes) -> None:
        self._json("POST", "groups", {"link": written(raw)})

    def turn(self, gid: bytes, raw: bytes, wraps: Sequence[bytes]) -> None:
        document = {"link": written(raw), "wraps": [written(wrap) for wrap in wraps]}
        self._json("POST", f"groups/{gid.hex()}/links", document)

    def wraps(self, gid: bytes, n: int) -> Sequence[bytes]:
        return _list(self._json("GET", f"groups/{gid.hex()}/wraps?n={n}"), "wraps")

    def offer_wrap(self, gid: bytes, wrap: bytes) -> None:
        self._json("POST", f"groups/{gid.hex()}/wraps", {"wrap": written(wrap)})

    def order(self, gid: bytes, after: int) -> Sequence[bytes]:
        return _list(self._json("GET", f"groups/{gid.hex()}/order?after={after}"), "lhashes")

    def messages(self, gid: bytes, after: int) -> Sequence[Stored]:
        rows = _rows(self._json("GET", f"groups/{gid.hex()}/messages?after={after}"), "messages")
        return [
            Stored(
                _number(row, "i"),
                _octets(row, "message"),
                None if row.get("ct") is None else _octets(row, "ct"),
                _number(row, "received_at"),
            )
            for row in rows
        ]

    def post(self, gid: bytes, raw: bytes, ct: bytes) -> int:
        document = {"message": written(raw), "ct": written(ct)}
        return _number(self._json("POST", f"groups/{gid.hex()}/messages", document), "i")

    # Files

    def begin_file(self, gid: bytes, aid: bytes, csize: int) -> set[int]:
        answer = self._json("POST", f"groups/{gid.hex()}/files", {"aid": written(aid), "csize": csize})
        parts = answer.get("parts")
        if not isinstance(parts, list) or not all(isinstance(number, int) for number in parts):
            raise Unreachable("the answer holds no numbers of parts")
        return set(parts)

    def put_part(self, gid: bytes, aid: bytes, number: int, part: bytes) -> None:
        self._ask("PUT", self._part(gid, aid, number), part, "application/octet-stream")

    def get_part(self, gid: bytes, aid: bytes, number: int) -> bytes:
        part = self._ask("GET", self._part(gid, aid, number))
        if len(part) > PART:
            raise Unreachable("a part is larger than parts are")
        return part

    @staticmethod
    def _part(gid: bytes, aid: bytes, number: int) -> str:
        return f"groups/{gid.hex()}/files/{aid.hex()}/parts/{number}"

    # Keys

    def speak_for(self, account: bytes) -> None:
        self._account = account

    def key_store(self) -> KeyStore | None:
        try:
            answer = self._json("GET", f"keyset{self._whose}")
        except ServerSaidNo as no:
            if no.status == 404:
                return None
            raise
        return KeyStore(_number(answer, "rev"), _octets(answer, "ct"), _list(answer, "slots"))

    def put_key_store(self, store: KeyStore, replaces: bytes | None) -> None:
        self._json("PUT", f"keyset{self._whose}", _store(store, replaces))

    def pins(self) -> Sequence[tuple[bytes, bytes]]:
        rows = _rows(self._json("GET", f"pins{self._whose}"), "pins")
        return [(_id(row, "dev"), _octets(row, "ct")) for row in rows]

    def put_pins(self, dev: bytes, ct: bytes) -> None:
        self._json("PUT", f"pins/{dev.hex()}{self._whose}", {"ct": written(ct)})

    # Devices

    def ask_to_link(self, request: bytes) -> None:
        self._json("POST", "devices", {"request": written(request)})

    def link_request(self, h: bytes) -> bytes:
        return _octets(self._json("GET", f"devices/{h.hex()}"), "request")

    def answer_link(self, h: bytes, answer: bytes) -> None:
        self._json("POST", f"devices/{h.hex()}", {"answer": written(answer)})

    def link_answer(self, h: bytes) -> bytes | None:
        found = self._json("GET", f"devices/{h.hex()}")
        return None if found.get("answer") is None else _octets(found, "answer")


def written(data: bytes) -> str:
    """base64url without padding (sealed-protocol §3.1)."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def octets(value: Any) -> bytes:
    """Raises Unreachable for every other spelling of the same bytes."""
    if not isinstance(value, str) or not _ALPHABET.match(value):
        raise Unreachable("the answer holds something that is not base64url")
    try:
        data = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
    except binascii.Error:
        raise Unreachable("the answer is cut off") from None
    if written(data) != value:
        raise Unreachable("the answer has bits after the end of its bytes")
    return data


def _said_no(status: int, body: bytes) -> ServerSaidNo:
    try:
        problem = json.loads(body)
    except ValueError:
        problem = None
    if not isinstance(problem, dict):
        problem = {}
    code, sentence = problem.get("code"), problem.get("detail") or problem.get("title")
    return ServerSaidNo(
        status,
        code if isinstance(code, str) else "",
        " ".join(sentence.split()) if isinstance(sentence, str) else f"The server declined with status {status}.",
    )


def _octets(row: dict[str, Any], name: str) -> bytes:
    return octets(row.get(name))


def _number(row: dict[str, Any], name: str) -> int:
    value = row.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
        raise Unreachable(f"the answer holds no number {name}")
    return value


def _id(row: dict[str, Any], name: str) -> bytes:
    value = row.get(name)
    if not isinstance(value, str) or not re.fullmatch(r"[0-9a-f]{32}", value):
        raise Unreachable(f"the answer holds no id {name}")
    return bytes.fromhex(value)


def _rows(answer: dict[str, Any], name: str) -> list[dict[str, Any]]:
    rows = answer.get(name)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Unreachable(f"the answer holds no list {name}")
    return rows


def _list(answer: dict[str, Any], name: str) -> list[bytes]:
    values = answer.get(name)
    if not isinstance(values, list):
        raise Unreachable(f"the answer holds no list {name}")
    return [octets(value) for value in values]


def _store(store: KeyStore, replaces: bytes | None) -> dict[str, Any]:
    return {
        "rev": store.rev,
        "ct": written(store.ct),
        "slots": [written(slot) for slot in store.slots],
        "replaces": None if replaces is None else written(replaces),
    }
