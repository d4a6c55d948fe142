"""The order of a group's messages: M_i = SHA-256(M_{i-1} ‖ lhash_i) (sealed-protocol §6)."""

from __future__ import annotations

from dataclasses import dataclass, field

from cenlink.sealed.checks.signed import sha256
from cenlink.sealed.refusals import Code, Refused

FIRST_MARK = bytes(32)


def next_mark(mark: bytes, lhash: bytes) -> bytes:
    return sha256(mark + lhash)


@dataclass
class MessageOrder:
    """The lhashes from some place on. A member that joined later starts at the `ml` of its own `add`."""

    start: int = 0
    first_mark: bytes = FIRST_MARK
    lhashes: list[bytes] = field(default_factory=list)
    _marks: list[bytes] = field(default_factory=list)

    @property
    def count(self) -> int:
        return self.start + len(self.lhashes)

    @property
    def mark(self) -> bytes:
        return self._marks[-1] if self._marks else self.first_mark

    def as_list(self) -> list[int | bytes]:
        """(i, M_i) as it is written into `ml`."""
        return [self.count, self.mark]

    def append(self, lhash: bytes) -> int:
        """Adds the next message; its number."""
        self._marks.append(next_mark(self.mark, lhash))
        self.lhashes.append(lhash)
        return self.count

    def mark_at(self, i: int) -> bytes | None:
        """M_i; None for what lies before the start or after the end."""
        if i == self.start:
            return self.first_mark
        return self._marks[i - self.start - 1] if self.start < i <= self.count else None

    def lhash_at(self, i: int) -> bytes | None:
        return self.lhashes[i - self.start - 1] if self.start < i <= self.count else None

    def require(self, i: int, mark: bytes) -> None:
        """That somebody saw the same order. Refused: `fork`, `off_chain` (ahead of what is known here)."""
        if i > self.count:
            raise Refused(Code.OFF_CHAIN, f"message {i} is not known here")
        known = self.mark_at(i)
        if known is not None and known != mark:
            raise Refused(Code.FORK, f"another order of messages up to {i}")
