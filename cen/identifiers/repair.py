"""Numbers that the writer may have meant, when the one given fails its check."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator

from cen.identifiers.spelling import ILLEGIBLE

MOST_SUGGESTIONS = 5

_AS_DIGIT = str.maketrans("OQDILZSGB", "000112568")
_AS_LETTER = str.maketrans("0125689", "OIZSGBG")
_CONFUSED = {
    "O": "0",
    "0": "O",
    "I": "1",
    "1": "I",
    "S": "5",
    "5": "S",
    "B": "8",
    "8": "B",
    "Z": "2",
    "2": "Z",
}
_CONFUSED |= {"Q": "0", "G": "6", "6": "G", "D": "0", "L": "1"}

Passes = Callable[[str], bool]
Complete = Callable[[str], str | None]


def _characters(shape: str) -> str:
    return {"A": string.ascii_uppercase, "N": string.digits}.get(shape, string.digits + string.ascii_uppercase)


def fitted(number: str, template: str) -> str:
    """``number`` with letters read as digits, and digits as letters, where ``template`` wants the other.

    ``template`` has one sign a place: ``A`` letter, ``N`` digit, ``X`` either.
    """
    if len(number) != len(template):
        return number
    return "".join(
        char.translate(_AS_DIGIT) if shape == "N" else char.translate(_AS_LETTER) if shape == "A" else char
        for char, shape in zip(number, template, strict=True)
    )


def _legible(number: str, template: str) -> Iterator[str]:
    """Each way to fill the one illegible place; also the number without it, if it was a separator."""
    place = number.index(ILLEGIBLE)
    shape = template[place] if len(template) == len(number) else "X"
    for char in _characters(shape):
        yield number[:place] + char + number[place + 1 :]
    yield number[:place] + number[place + 1 :]


def _near(number: str, template: str, complete: Complete) -> Iterator[str | None]:
    yield fitted(number, template)
    yield complete(fitted(number, template))
    for place, char in enumerate(number):
        if char in _CONFUSED:
            yield number[:place] + _CONFUSED[char] + number[place + 1 :]
    for place in range(len(number) - 1):
        first, second = number[place], number[place + 1]
        if first != second:
            yield number[:place] + second + first + number[place + 2 :]


def repairs(number: str, *, template: str, passes: Passes, complete: Complete) -> tuple[str, ...]:
    """Up to five numbers near ``number`` that pass: likeliest first, none when too much is illegible.

    Tried in this order: the illegible character, letters and digits that look alike, the check digit
    (``complete`` returns the number with the right one, or None where it cannot), neighbours swapped.
    """
    unreadable = number.count(ILLEGIBLE)
    if unreadable > 1:
        return ()
    if unreadable:
        candidates: Iterator[str | None] = (fitted(guess, template) for guess in _legible(number, template))
    else:
        candidates = _near(number, template, complete)
    found: dict[str, None] = {}
    for candidate in candidates:
        if candidate is None or candidate == number or candidate in found or not passes(candidate):
            continue
        found[candidate] = None
        if len(found) == MOST_SUGGESTIONS:
            break
    return tuple(found)
