"""What a client asks of a server: the verbs of `docs/sealed-api.md`, whoever answers them.

The HTTP client answers them over a network; tests answer them in memory, honestly or not. Every answer is taken as a
claim of a possible adversary. Errors of the server are `ServerSaidNo`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class ServerSaidNo(Exception):
    """The server declined: `status` as in HTTP, `code` from its problem document, a sentence for people."""

    def __init__(self, status: int, code: str, sentence: str) -> None:
        self.status, self.code, self.sentence = status, code, sentence
        super().__init__(f"{sentence} [{status} {code}]")


@dataclass(frozen=True)
class DirectoryLink:
    """A link of kind net, adm or usr with its gapless number in the server's one order."""

    index: int
    kind: str
    raw: bytes


@dataclass(frozen=True)
class GroupHead:
    """Of a group one belongs to: the newest link's number, how many messages there are."""

    gid: bytes
    seq: int
    count: int


@dataclass(frozen=True)
class Stored:
    """A message as the server gives it; `ct` is None where it was dropped. Times are unix seconds."""

    i: int
    raw: bytes
    ct: bytes | None
    received_at: int


@dataclass(frozen=True)
class KeyStore:
    """The sealed keyset and the slots, each an encoded map."""

    rev: int
    ct: bytes
    slots: list[bytes]


class Server(Protocol):
    """Pages are bounded by the server; an empty answer means that there is no more."""

    def directory(self, after: int) -> Sequence[DirectoryLink]: ...

    def tell(self, kind: str, raw: bytes, store: KeyStore | None = None, replaces: bytes | None = None) -> int:
        """Adds a link of net, adm or usr; a usr link with new keys comes with its key store, in one act.

        `replaces` as in `put_key_store`; None where none stands there.
        """
        ...

    def groups(self) -> Sequence[GroupHead]: ...

    def group_links(self, gid: bytes, after: int) -> Sequence[bytes]:
        """Links with a number above `after`; -1 for all."""
        ...

    def found(self, raw: bytes) -> None:
        """Adds the first link of a group."""
        ...

    def turn(self, gid: bytes, raw: bytes, wraps: Sequence[bytes]) -> None: ...

    def wraps(self, gid: bytes, n: int) -> Sequence[bytes]:
        """One's own wraps of period n."""
        ...

    def offer_wrap(self, gid: bytes, wrap: bytes) -> None: ...

    def order(self, gid: bytes, after: int) -> Sequence[bytes]:
        """The lhashes of the messages numbered above `after`."""
        ...

    def messages(self, gid: bytes, after: int) -> Sequence[Stored]: ...

    def post(self, gid: bytes, raw: bytes, ct: bytes) -> int:
        """Its number. Posting the same bytes again gives the same number."""
        ...

    def begin_file(self, gid: bytes, aid: bytes, csize: int) -> set[int]:
        """Begins or resumes; the numbers of the parts that are there already."""
        ...

    def put_part(self, gid: bytes, aid: bytes, number: int, part: bytes) -> None: ...

    def get_part(self, gid: bytes, aid: bytes, number: int) -> bytes: ...

    def speak_for(self, account: bytes) -> None:
        """From now on the key store and the pins of this account are meant; one credential may serve several agents."""
        ...

    def key_store(self) -> KeyStore | None: ...

    def put_key_store(self, store: KeyStore, replaces: bytes | None) -> None:
        """`replaces` is the SHA-256 of the sealed keyset that stands there; declined (409) when it is another."""
        ...

    def pins(self) -> Sequence[tuple[bytes, bytes]]:
        """(dev, sealed pins) of all devices of the account."""
        ...

    def put_pins(self, dev: bytes, ct: bytes) -> None: ...

    def ask_to_link(self, request: bytes) -> None: ...

    def link_request(self, h: bytes) -> bytes: ...

    def answer_link(self, h: bytes, answer: bytes) -> None: ...

    def link_answer(self, h: bytes) -> bytes | None: ...
