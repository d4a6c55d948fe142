"""A group's chain with the state after each link, so that a message can be judged where its author stood."""

from __future__ import annotations

from dataclasses import dataclass, field

from cenlink.sealed.checks.directory import Directory
from cenlink.sealed.checks.grp import Group
from cenlink.sealed.checks.grp_links import apply
from cenlink.sealed.checks.links import Link, Position
from cenlink.sealed.refusals import Code, Refused

# After one of these nobody's earlier view of the group holds any more.
_FOR_EVERYBODY = {"epoch", "pol", "suite", "close"}
_FOR_ONE = {"rem", "role", "key", "sus", "succ"}


def is_barrier(link: Link, account: bytes) -> bool:
    """Whether an account that had not seen this link may not post on what it knew (sealed-protocol §6)."""
    return any(op.name in _FOR_EVERYBODY or (op.name in _FOR_ONE and op["u"] == account) for op in link.ops)


def mark_of(link: Link) -> tuple[int, bytes]:
    """The place among the messages at which the link stands: (i, M_i)."""
    if link.seq == 0:
        return 0, bytes(32)
    i, mark = link.content["ml"]
    return i, mark


@dataclass
class GroupChain:
    states: list[Group] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)

    @property
    def now(self) -> Group:
        return self.states[-1] if self.states else Group()

    @property
    def id(self) -> bytes:
        return self.now.id

    def extend(self, raw: bytes, directory: Directory) -> Group:
        """Adds one valid link. Refused: whatever the link is refused for; nothing is changed then."""
        state = apply(self.now, raw, directory)
        if state.head is None:
            raise Refused(Code.ORDER, "no link")
        self.states.append(state)
        self.links.append(state.head)
        return state

    def cut(self, seq: int) -> None:
        """Forgets the links from `seq` on."""
        del self.states[seq:], self.links[seq:]

    def has(self, position: Position) -> bool:
        return position.seq < len(self.links) and self.links[position.seq].lhash == position.lhash

    def barriers_after(self, seq: int, account: bytes) -> list[Link]:
        return [link for link in self.links[seq + 1 :] if is_barrier(link, account)]
