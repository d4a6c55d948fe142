"""Matching in the process: which of many criteria a subject meets, by a few operations on large integers.

Each set of criteria owns a bit. An attribute keeps, for every value somebody asks for, the bits of those who are
content with it; a subject's values of the attribute are OR-ed, the attributes AND-ed. What a source can't say in
tests of its own stays open and is decided by its query.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

# Bounds are kept as sums over so many stretches; within a stretch they are looked at one by one.
STRETCHES = 512


@dataclass(frozen=True, slots=True)
class AnyOf:
    """The subject has one of the values."""

    attribute: str
    values: frozenset[Any]


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The subject's value is known and not less."""

    attribute: str
    value: Any


@dataclass(frozen=True, slots=True)
class AtMost:
    """The subject's value is known and not more."""

    attribute: str
    value: Any


Test = AnyOf | AtLeast | AtMost


@dataclass(frozen=True, slots=True)
class Compiled:
    """Criteria as tests. open: they ask for more, which only the source's query can decide."""

    tests: tuple[Test, ...]
    open: bool = False


# What a subject has: of each attribute its values, or for bounds its single value or None.
Facts = Mapping[str, Any]


@dataclass(slots=True)
class _Values:
    """One attribute of AnyOf tests: bits by value, and the bits of all who ask for it."""

    asking: int = 0
    by_value: dict[Any, int] = field(default_factory=dict)

    def content(self, have: Iterable[Any]) -> int:
        bits, by_value = 0, self.by_value
        for one in have:
            bits |= by_value.get(one, 0)
        return bits


class _Bounds:
    """One attribute of AtLeast (or AtMost) tests: bits in the order of their bound, summed up by stretches."""

    def __init__(self, asked: Iterable[tuple[Any, int]], at_least: bool) -> None:
        ordered = sorted(asked, key=lambda one: one[0], reverse=not at_least)
        self.at_least = at_least
        self.bounds = sorted(one[0] for one in ordered)
        self.bits = [1 << place for _, place in ordered]
        self.asking = reduce(or_, self.bits, 0)
        self.stretch = max(1, -(-len(self.bits) // STRETCHES))
        self.sums = [0]
        for start in range(0, len(self.bits), self.stretch):
            self.sums.append(reduce(or_, self.bits[start : start + self.stretch], self.sums[-1]))

    def content(self, have: Any) -> int:
        if have is None:
            return 0
        many = bisect_right(self.bounds, have) if self.at_least else len(self.bounds) - bisect_left(self.bounds, have)
        full, rest = divmod(many, self.stretch)
        start = full * self.stretch
        return reduce(or_, self.bits[start : start + rest], self.sums[full])


class Index:
    """Compiled criteria, each under its place in the sequence given."""

    def __init__(self, compiled: Iterable[Compiled]) -> None:
        self._values: dict[str, _Values] = {}
        self._open = self._size = 0
        floors: dict[str, list[tuple[Any, int]]] = {}
        ceilings: dict[str, list[tuple[Any, int]]] = {}
        # Bits are gathered as places first: one large integer for each would be built over and over.
        asking: dict[str, set[int]] = {}
        places: dict[str, dict[Any, list[int]]] = {}
        opened: list[int] = []
        for place, one in enumerate(compiled):
            self._size = place + 1
            if one.open:
                opened.append(place)
            for test in one.tests:
                if isinstance(test, AnyOf):
                    asking.setdefault(test.attribute, set()).add(place)
                    by_value = places.setdefault(test.attribute, {})
                    for value in test.values:
                        by_value.setdefault(value, []).append(place)
                else:
                    asked = floors if isinstance(test, AtLeast) else ceilings
                    asked.setdefault(test.attribute, []).append((test.value, place))
        self._all = (1 << self._size) - 1
        self._open = self._bits(opened)
        for attribute, by_value in places.items():
            self._values[attribute] = _Values(
                self._bits(asking[attribute]), {value: self._bits(of) for value, of in by_value.items()}
            )
        self._bounds = [(name, _Bounds(asked, True)) for name, asked in floors.items()]
        self._bounds += [(name, _Bounds(asked, False)) for name, asked in ceilings.items()]

    @property
    def attributes(self) -> set[str]:
        """What the criteria ask for."""
        return {*self._values, *(name for name, _ in self._bounds)}

    def __len__(self) -> int:
        return self._size

    def _bits(self, places: Collection[int]) -> int:
        row = bytearray(self._size // 8 + 1)
        for place in places:
            row[place >> 3] |= 1 << (place & 7)
        return int.from_bytes(row, "little")

    def meeting(self, facts: Facts) -> tuple[list[int], list[int]]:
        """Places of the criteria that the subject meets, and of those that it may meet: the query decides."""
        alive = self._all
        for attribute, asked in self._values.items():
            alive &= ~asked.asking | asked.content(facts[attribute])
        for attribute, bounds in self._bounds:
            alive &= ~bounds.asking | bounds.content(facts[attribute])
        return _places(alive & ~self._open), _places(alive & self._open)


def _places(bits: int) -> list[int]:
    """The places of the bits that are set, in order."""
    row = bits.to_bytes((bits.bit_length() + 63) // 64 * 8, "little")
    found: list[int] = []
    for number, word in enumerate(memoryview(row).cast("Q")):
        while word:
            lowest = word & -word
            found.append(number * 64 + lowest.bit_length() - 1)
            word ^= lowest
    return found
