"""Finding a person's or a company's name in a text, however it is written."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from cen.identifiers.spelling import aligned

_SHORTEST_PART = 3
_SHORTEST_JOINED = 6
_WORD = re.compile(r"[^\W\d_]+")
_BETWEEN = re.compile(r"[\W_]{0,3}")
_WITHOUT_SPACES = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_LETTERS = {
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
    "ı": "i",
    "ħ": "h",
    "ŧ": "t",
}
_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})

# Parts of names that are in every report: forms of companies, their trades, particles and titles. They count
# only
# as part of the whole name.
_EVERYDAY_WRITTEN = (
    "ltd limited inc llc llp plc corp corporation company companies gmbh sarl sas eurl spa srl bvba pty "
    "pte bhd sdn "
    "ooo zao jsc group groupe grupo holding holdings trading traders trade import imports export exports "
    "importer "
    "exporter general global international intl services service logistics logistic logistique logistica "
    "transport "
    "transports transportes shipping cargo freight forwarding express line lines air airlines airways "
    "industries "
    "industry enterprise enterprises entreprise empresa comercial commercial comercio commerce societe "
    "sociedad "
    "anonima products foods food textile textiles electronics auto motors marine maritime port customs "
    "bros brothers "
    "sons and the for von van der den del della des les los las bin ibn bint abu the mrs miss monsieur "
    "madame senor "
    "senora don dona herr frau doctor prof with from"
)
_EVERYDAY = frozenset(_EVERYDAY_WRITTEN.split())


def _folded(text: str) -> str:
    return "".join(_LETTERS.get(char, char) for char in text.casefold())


def _parts(name: str) -> list[str]:
    plain, _places = aligned(name)
    return [_folded(part) for part in _WORD.findall(plain)]


@dataclass(frozen=True, slots=True)
class _Names:
    """The names to look for: telling words, words run together, whole sequences, and names without spaces."""

    words: set[str] = field(default_factory=set)
    sequences: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)
    unspaced: set[str] = field(default_factory=set)

    def add(self, name: str) -> None:
        if _WITHOUT_SPACES.search(name):
            plain, _places = aligned(name)
            joined = _folded("".join(_WORD.findall(plain)))
            if len(joined) >= 2:
                self.unspaced.add(joined)
            return
        spelt_out = name.casefold().translate(_SPELT_OUT)
        for spelling in {name, spelt_out}:
            parts = _parts(spelling)
            telling = [part for part in parts if len(part) >= _SHORTEST_PART and part not in _EVERYDAY]
            self.words.update(telling)
            for order in (parts, parts[::-1]):
                joined = "".join(order)
                if len(joined) >= _SHORTEST_JOINED:
                    self.words.add(joined)
            for first, second in pairwise(parts):
                self.words.update(one for one in (first + second, second + first) if len(one) >= _SHORTEST_JOINED)
            # A lone short word ("Li", "Ng") says nothing; two of them side by side do.
            if not telling and len(parts) > 1:
                for sequence in {
                    tuple(parts),
                    tuple(parts[::-1]),
                    (parts[-1], *parts[:-1]),
                    (*parts[1:], parts[0]),
                }:
                    self.sequences.setdefault(sequence[0], []).append(sequence)


def names_in(text: str, names: Collection[str]) -> Iterator[tuple[int, int]]:
    """Start and end of each place where a part of one of ``names`` stands as a word of its own.

    Accents, case, the order of the parts and separators (also those of file names) make no difference; parts
    of
    fewer than three letters and everyday words of company names count only inside the whole name.
    Neighbouring
    parts come as one place. Names in scripts without spaces are found inside longer text.
    """
    wanted = _Names()
    for name in names:
        wanted.add(name)
    plain, places = aligned(text)
    words = [(_folded(match[0]), match.start(), match.end()) for match in _WORD.finditer(plain)]
    hits: list[tuple[int, int]] = []
    for place, (word, start, end) in enumerate(words):
        if word in wanted.words:
            hits.append((start, end))
        hits.extend(
            (start, words[place + len(sequence) - 1][2])
            for sequence in wanted.sequences.get(word, ())
            if tuple(one for one, _start, _end in words[place : place + len(sequence)]) == sequence
        )
        for name in wanted.unspaced:
            inside = word.find(name)
            # Capital folding changes no letter of the scripts concerned, so places inside the word agree.
            if inside >= 0 and len(word) == end - start:
                hits.append((start + inside, start + inside + len(name)))
    merged: list[list[int]] = []
    for start, end in sorted(set(hits)):
        if merged and (start <= merged[-1][1] or _BETWEEN.fullmatch(plain, merged[-1][1], start)):
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    for start, end in merged:
        yield places[start], places[end - 1] + 1
