"""A mapping: which column goes where, and what its words mean. A named, versioned TOML text; see docs/import.md."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from cen.imports.reader import Layout
from cen.imports.refused import MappingRefused
from cen.imports.targets import READS, Read, target_of
from cen.imports.toml_text import to_toml
from cen.imports.totals import MEASURES, TotalSpec

SHIPPED = Path(__file__).parent / "mappings"
# A mapping of the largest layout known has about 20 kB; a text beyond this is none.
LONGEST_TEXT = 256 * 1024
# Columns of statistics, such as "Count of Event" and "Sum Qty (lbs)".
_SUMMED = re.compile(r"(count of|number of (cases|events|seizures)|sum(me)? |sum of|total (qty|quantity|number))", re.I)
_NAME = re.compile(r"[a-z][a-z0-9-]{1,49}")


def plain(word: object) -> str:
    """A word as mappings compare it: without regard to case and to the number of blanks."""
    return " ".join(str(word).casefold().split())


@dataclass(frozen=True, slots=True)
class Field:
    """One field and the columns it is read from.

    words: what a word of the file means, by plain word; "" says that no code fits, on purpose. prefixes: the same
    for words that begin so. value: a constant. otherwise: the code for words nobody knows, with a warning. blank:
    the code where the source says nothing. first_month: where a fiscal year begins (then it is named after the
    year it ends in).
    """

    to: str
    columns: tuple[str, ...] = ()
    read: Read = "text"
    code_list: str = ""
    longest: int = 0
    words: Mapping[str, str] = field(default_factory=dict)
    prefixes: Mapping[str, str] = field(default_factory=dict)
    value: str = ""
    otherwise: str = ""
    blank: str = ""
    first_month: int = 1


@dataclass(frozen=True, slots=True)
class GoodsLine:
    """A line of goods that a row may give.

    It is there where one of the columns `when` says something and none of `unless` does; without `when`, always.
    `last_resort`: only where no other line of the row is there.
    """

    fields: tuple[Field, ...]
    when: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    last_resort: bool = False


@dataclass(frozen=True, slots=True)
class Only:
    """Rows to take: where the column holds one of the words. The others are refused with the sentence."""

    column: str
    words: frozenset[str]
    sentence: str


@dataclass(frozen=True, slots=True)
class FileMapping:
    """The whole mapping. `event`: column whose equal values make several rows one case. `country`: column that
    names the administration. `uncounted`: columns that don't matter for whether two rows are the same.
    `strict`: a word that no list knows is an error and not a warning."""

    name: str
    version: str
    title: str
    text: str
    layout: Layout
    fields: tuple[Field, ...]
    goods: tuple[GoodsLine, ...]
    totals: tuple[TotalSpec, ...] = ()
    decimal: str = ""
    date_order: str = ""
    event: str = ""
    reference: str = ""
    country: str = ""
    uncounted: frozenset[str] = frozenset()
    only: Only | None = None
    strict: bool = False
    optional: frozenset[str] = frozenset()

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that the mapping speaks of, in its order."""
        named: dict[str, None] = {}
        every = [*self.fields, *(one for line in self.goods for one in line.fields)]
        names = [self.event, self.reference, self.country, *(c for one in every for c in one.columns)]
        names += [c for line in self.goods for c in (*line.when, *line.unless)]
        named.update(dict.fromkeys(name for name in names if name))
        return tuple(named)

    @property
    def read_columns(self) -> frozenset[str]:
        """Every column whose cells are looked at; what else a file holds is nobody's business here."""
        return frozenset((*self.columns, *([self.only.column] if self.only else ())))

    def with_encoding(self, encoding: str) -> FileMapping:
        """The same mapping for a file written in this encoding."""
        given = tomllib.loads(self.text)
        return parse(to_toml({**given, "file": {**given.get("file", {}), "encoding": encoding}}))

    def require_columns(self, given: Sequence[str]) -> None:
        """Raises MappingRefused where the file lacks columns."""
        missing = [name for name in self.columns if name not in set(given) and name not in self.optional]
        if missing and (summed := [name for name in given if _SUMMED.match(name)]):
            raise MappingRefused(
                _(
                    "The rows of this file sum up many cases (%(names)s), so there is no case to record. Ask its "
                    "source for the single cases."
                )
                % {"names": ", ".join(summed)},
                code="aggregate_file",
            )
        if missing:
            raise MappingRefused(
                _(
                    "The file lacks these columns of the mapping %(mapping)s: %(names)s. Choose another mapping, or "
                    "match the columns yourself."
                )
                % {"mapping": self.name, "names": ", ".join(missing)},
                code="columns_missing",
            )


def shipped_names() -> list[str]:
    """Names of the mappings that come with OpenCEN."""
    return sorted(path.stem for path in SHIPPED.glob("*.toml"))


@cache
def shipped(name: str) -> FileMapping:
    """The mapping of this name; raises MappingRefused where none comes with OpenCEN.

    Names such as `opencen-drg` are those of our own workbooks, one a category.
    """
    if name.startswith("opencen-"):
        from cen.imports.workbook import mapping_of_template

        return mapping_of_template(name)
    if name not in shipped_names():
        raise MappingRefused(
            _("There is no mapping “%(name)s”. Choose one of: %(known)s.")
            % {"name": name, "known": ", ".join([*shipped_names(), "opencen-drg …"])},
            code="mapping_unknown",
        )
    return parse((SHIPPED / f"{name}.toml").read_text(encoding="utf-8"))


def parse(text: str) -> FileMapping:
    """The mapping that the TOML text describes; raises MappingRefused with the place that is wrong."""
    if len(text) > LONGEST_TEXT:
        raise _wrong(_("the text is too long"))
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise _wrong(str(problem)) from None
    try:
        return _Parser(given, text).mapping()
    except (TypeError, ValueError, AttributeError) as problem:
        raise _wrong(str(problem)) from None


def _wrong(what: str) -> MappingRefused:
    return MappingRefused(_("This mapping is wrong: %(what)s.") % {"what": what})


class _Parser:
    """Turns the tables of the text into the mapping; what it does not know is refused, never passed over."""

    def __init__(self, given: dict[str, Any], text: str) -> None:
        self._given, self._text = given, text
        self._words = {
            name: {plain(word): str(code) for word, code in table.items()}
            for name, table in self._table(given, "words").items()
        }

    def mapping(self) -> FileMapping:
        given = self._given
        known = {"name", "version", "title", "strict", "file", "rows", "words", "field", "goods", "total"}
        self._known(given, known, "mapping")
        name = str(given.get("name", ""))
        if not _NAME.fullmatch(name):
            raise _wrong(_("its name must be small letters, digits and hyphens"))
        file = self._table(given, "file")
        self._known(file, {"encoding", "delimiter", "sheet", "decimal", "date_order"}, "file")
        rows = self._table(given, "rows")
        self._known(rows, {"event", "reference", "country", "uncounted", "only", "optional"}, "rows")
        if file.get("date_order", "") not in {"", "dmy", "mdy"} or file.get("decimal", "") not in {
            "",
            "point",
            "comma",
        }:
            raise _wrong(_("date_order is dmy or mdy, decimal is point or comma"))
        return FileMapping(
            name=name,
            version=str(given.get("version", "1")),
            title=str(given.get("title", name)),
            text=self._text,
            layout=Layout(*(str(file.get(key, "")) for key in ("encoding", "delimiter", "sheet"))),
            decimal=str(file.get("decimal", "")),
            date_order=str(file.get("date_order", "")),
            event=str(rows.get("event", "")),
            reference=str(rows.get("reference", "")),
            country=str(rows.get("country", "")),
            uncounted=frozenset(self._names(rows.get("uncounted", []))),
            optional=frozenset(self._names(rows.get("optional", []))),
            only=self._only(rows.get("only")),
            strict=bool(given.get("strict", False)),
            fields=tuple(self._field(one) for one in given.get("field", [])),
            goods=tuple(self._line(one) for one in given.get("goods", [])),
            totals=tuple(self._total(one) for one in given.get("total", [])),
        )

    def _field(self, given: dict[str, Any], within: str = "") -> Field:
        keys = {"to", "from", "read", "list", "words", "prefixes", "value", "otherwise", "blank", "first_month"}
        self._known(given, keys, "field")
        to = within + str(given.get("to", ""))
        target = target_of(to)
        if target is None or (to.startswith("goods.") and not within):
            raise _wrong(_("there is no field “%(name)s”") % {"name": to})
        columns = self._names(given.get("from", []))
        if not columns and not given.get("value"):
            raise _wrong(_("the field %(name)s needs “from” or “value”") % {"name": to})
        read = given.get("read", target.read)
        if read not in READS:
            raise _wrong(_("the field %(name)s can't be read as %(read)s") % {"name": to, "read": read})
        return Field(
            to=to,
            columns=columns,
            read=read,
            code_list=str(given.get("list", target.code_list)),
            longest=target.longest,
            words=self._words_of(given.get("words", {})),
            prefixes=self._words_of(given.get("prefixes", {})),
            value=str(given.get("value", "")),
            otherwise=str(given.get("otherwise", "")),
            blank=str(given.get("blank", "")),
            first_month=int(given.get("first_month", 1)),
        )

    def _line(self, given: dict[str, Any]) -> GoodsLine:
        self._known(given, {"field", "when", "unless", "last_resort"}, "goods")
        fields = tuple(self._field(one, within="goods.") for one in given.get("field", []))
        when, unless = self._names(given.get("when", [])), self._names(given.get("unless", []))
        return GoodsLine(fields, when, unless, bool(given.get("last_resort", False)))

    def _total(self, given: dict[str, Any]) -> TotalSpec:
        self._known(given, {"key", "measure", "by", "column", "columns", "top", "blank_as", "words"}, "total")
        measure = str(given.get("measure", "rows"))
        if measure not in MEASURES or not given.get("key"):
            raise _wrong(_("there is no total of “%(name)s”") % {"name": measure})
        return TotalSpec(
            key=str(given["key"]),
            measure=measure,
            by=str(given.get("by", "")),
            columns=self._names(given.get("columns", given.get("column", []))),
            top=int(given.get("top", 0)),
            blank_as=frozenset(self._names(given.get("blank_as", []))),
            factors={plain(word): str(value) for word, value in self._table(given, "words").items()},
        )

    def _only(self, given: Any) -> Only | None:
        if given is None:
            return None
        self._known(given, {"column", "is", "sentence"}, "only")
        return Only(str(given["column"]), frozenset(map(plain, self._names(given["is"]))), str(given["sentence"]))

    def _words_of(self, given: Any) -> Mapping[str, str]:
        if isinstance(given, str):
            if given not in self._words:
                raise _wrong(_("there are no words “%(name)s”") % {"name": given})
            return self._words[given]
        return {plain(word): str(code) for word, code in given.items()}

    @staticmethod
    def _names(given: Any) -> tuple[str, ...]:
        return (given,) if isinstance(given, str) else tuple(str(one) for one in given)

    @staticmethod
    def _table(given: dict[str, Any], key: str) -> dict[str, Any]:
        table = given.get(key, {})
        if not isinstance(table, dict):
            raise _wrong(_("“%(name)s” must be a table") % {"name": key})
        return table

    @staticmethod
    def _known(given: dict[str, Any], known: set[str], where: str) -> None:
        if not isinstance(given, dict) or (unknown := sorted(set(given) - known)):
            names = ", ".join(unknown) if isinstance(given, dict) else str(given)
            raise _wrong(_("“%(where)s” has no setting %(names)s") % {"where": where, "names": names})
