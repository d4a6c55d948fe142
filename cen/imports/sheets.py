"""From the rows of one case to its sheet, with findings that point to rows and cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.refusals import Finding
from cen.codelists import lists
from cen.goods_blocks import block_of, tidied
from cen.imports.cells import Row, text_of
from cen.imports.findings import RowFinding, of_rule, said
from cen.imports.mapping import Field, FileMapping, GoodsLine, plain
from cen.imports.reading import BLANK, SOURCE, UNRESOLVED, Reader, Value
from cen.imports.totals import RowFacts
from cen.rules import Stage, all_rules, check
from cen.sheet import LINES, ConcealmentEntry, ConveyanceEntry, GoodsEntry, IdentifierEntry, LegEntry, Sheet

# Fields of which the sheet says why they are empty: those a rule asks for, and those a source often leaves out.
REASONED = frozenset({"seizure_date", "location_type", "direction", "flow_kind", "detection_trigger", "place_country"})
# GoodsEntry.unmeasured where goods were there but nobody weighed or counted them.
NOT_MEASURED = "not_measured"
_LONGEST_QUANTITY = 60
# In no unit was so much ever seized, and converted into another it must still fit its column.
_LEAST_TOO_MUCH = 10**12
TOO_LARGE = _("This number is too large or too fine to be a quantity. Check the unit.")


@dataclass(slots=True)
class Draft:
    """A sheet under way, what its rows were read as, and from which row and column each place of it came.

    needed: codes of rules that the case must keep before it is sent on, though not to be a draft.
    """

    sheet: Sheet
    facts: list[RowFacts]
    findings: list[RowFinding]
    sources: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    needed: list[str] = field(default_factory=list)


class SheetMaker:
    """Makes sheets by one mapping."""

    def __init__(self, mapping: FileMapping, reader: Reader | None = None) -> None:
        self.mapping = mapping
        self.reader = reader or Reader(mapping)
        self._draft_rules = {one.code for one in all_rules() if one.stage <= Stage.DRAFT}

    def make(self, rows: Sequence[Row]) -> Draft:
        """One case of these rows, checked by the rules of a draft; what it lacks to be sent is only counted."""
        draft = self._of_row(rows[0])
        for row in rows[1:]:
            self._join(draft, self._of_row(row))
        for line in draft.sheet.goods:
            block = block_of(line.category)
            known = {spec.name for spec in block.fields} if block else set()
            if not self.mapping.strict:
                # One column serves goods of several categories, and not each of them has the field.
                line.block = {name: value for name, value in line.block.items() if name in known}
            line.block = tidied(line.category, line.block)
        broken = check(draft.sheet, Stage.SUBMIT)
        if not self.mapping.strict and (unknown := [one for one in broken if one.code == "code_unknown"]):
            self._leave_out(draft, unknown, rows[0].number)
            broken = check(draft.sheet, Stage.SUBMIT)
        wrong = {(one.row, one.column) for one in draft.findings if one.severity == "error" and one.column}
        for finding in broken:
            number, column, given = self._source(draft, finding.pointer, rows[0].number)
            # A cell that can't be read was reported; that its field is empty now is no second thing.
            if (number, column) in wrong:
                continue
            if finding.code in self._draft_rules:
                severity: Any = finding.severity
                draft.findings.append(of_rule(number, finding, column, given, severity))
            else:
                draft.needed.append(finding.code)
        return draft

    def _leave_out(self, draft: Draft, unknown: list[Finding], row: int) -> None:
        """A code that was not in use on that day, such as a country divided before, becomes a warning."""
        for finding in unknown:
            where, column, given = self._source(draft, finding.pointer, row)
            draft.findings.append(of_rule(where, finding, column, given, "warning"))
            head, *rest = finding.pointer.split("/")
            if head not in LINES:
                value = getattr(draft.sheet, head)
                setattr(draft.sheet, head, [] if isinstance(value, list) else "")
                draft.sheet.unknown[head] = UNRESOLVED
                continue
            line = getattr(draft.sheet, head)[int(rest[0])]
            setattr(line, rest[1], "")
            if isinstance(line, LegEntry):
                draft.sheet.unknown[line.role] = UNRESOLVED
        draft.sheet.legs = [leg for leg in draft.sheet.legs if leg.country or leg.place_name or leg.locode]

    def facts_of(self, row: Row) -> RowFacts:
        """What a row was read as, for the totals, where it goes into no sheet."""
        return self._of_row(row).facts[0]

    def _of_row(self, row: Row) -> Draft:
        say: list[RowFinding] = []
        for column, code in row.broken.items():
            say.append(said(row.number, code, column, text_of(row.cells.get(column)) if column else ""))
        if self.mapping.only and plain(text_of(row.cells.get(self.mapping.only.column))) not in self.mapping.only.words:
            given = text_of(row.cells.get(self.mapping.only.column))
            column = self.mapping.only.column
            say.append(RowFinding(row.number, "row_not_taken", self.mapping.only.sentence, column, given))
        draft = Draft(Sheet(), [RowFacts(row)], say)
        for one in self.mapping.fields:
            self._place(draft, one, self.reader.read(row, one, say))
        self._goods(draft, row)
        return draft

    def _place(self, draft: Draft, one: Field, found: Value) -> None:
        sheet, facts = draft.sheet, draft.facts[0]
        if found.whole:
            sheet.modus_operandi = f"{sheet.modus_operandi}\n{found.column}: {found.whole}".strip()[:4000]
        head, _dot, rest = one.to.partition(".")
        if isinstance(found.value, str):
            # Two fields may fill the same place, such as a code from either of two columns: the first counts.
            facts.codes[one.to] = facts.codes.get(one.to) or found.value
        if head == "leg":
            self._leg(draft, rest, found)
        elif head == "conveyance":
            self._into(draft, sheet.conveyances, ConveyanceEntry, "conveyances", rest, found)
        elif head == "concealment":
            self._into(draft, sheet.concealments, ConcealmentEntry, "concealments", rest, found)
        elif head == "identifier":
            if found.value:
                draft.sources[f"identifiers/{len(sheet.identifiers)}/kind"] = _source_of(facts, found)
                sheet.identifiers.append(IdentifierEntry(rest, found.value))
        elif found.reason:
            draft.sources.setdefault(one.to, _source_of(facts, found))
            if one.to in REASONED and not getattr(sheet, one.to):
                sheet.unknown[one.to] = found.reason
        else:
            if not getattr(sheet, one.to):
                setattr(sheet, one.to, found.value)
            sheet.unknown.pop(one.to, None)
            draft.sources[one.to] = _source_of(facts, found)
        if one.to == "seizure_date" and found.value:
            sheet.date_precision = found.precision
            facts.day = found.value.isoformat()

    def _leg(self, draft: Draft, rest: str, found: Value) -> None:
        role, _dot, part = rest.partition(".")
        sheet = draft.sheet
        leg = next((leg for leg in sheet.legs if leg.role == role), None)
        if not found.value:
            if part == "country" and leg is None:
                sheet.unknown[role] = found.reason or BLANK
            return
        if leg is None:
            leg = LegEntry(role)
            sheet.legs.append(leg)
        setattr(leg, part, getattr(leg, part) or found.value)
        if leg.country:
            sheet.unknown.pop(role, None)
        draft.sources[f"legs/{sheet.legs.index(leg)}/{part}"] = _source_of(draft.facts[0], found)

    @staticmethod
    def _into(draft: Draft, lines: list[Any], entry: type[Any], name: str, part: str, found: Value) -> None:
        if not found.value:
            if found.reason == SOURCE or (found.reason == UNRESOLVED and part in {"mode", "place"}):
                draft.sheet.unknown[f"{name}.{part}"] = found.reason
            return
        if not lines:
            lines.append(entry())
        setattr(lines[0], part, getattr(lines[0], part) or found.value)
        draft.sources[f"{name}/0/{part}"] = _source_of(draft.facts[0], found)

    def _goods(self, draft: Draft, row: Row) -> None:
        used: set[str] = set()
        for line in self.mapping.goods:
            if self._is_there(line, row, draft.sheet):
                self._goods_line(draft, row, line, used)

    @staticmethod
    def _is_there(line: GoodsLine, row: Row, sheet: Sheet) -> bool:
        if line.last_resort:
            return not sheet.goods
        if any(text_of(row.cells.get(name)) for name in line.unless):
            return False
        return not line.when or any(text_of(row.cells.get(name)) for name in line.when)

    def _goods_line(self, draft: Draft, row: Row, line: GoodsLine, used: set[str]) -> None:
        entry, say = GoodsEntry(), draft.findings
        found = {one.to.removeprefix("goods."): self.reader.read(row, one, say) for one in line.fields}
        place = f"goods/{len(draft.sheet.goods)}"
        for name, value in found.items():
            if name.startswith("block."):
                if value.value:
                    entry.block[name.removeprefix("block.")] = value.value
            elif name not in {"quantity", "second_quantity"} and value.value not in (None, ""):
                setattr(entry, name, value.value)
            draft.sources[f"{place}/{name.replace('.', '/')}"] = _source_of(draft.facts[0], value)
            if isinstance(value.value, str):
                draft.facts[0].codes.setdefault(f"goods.{name}", value.value)
        if not entry.category and entry.goods_type:
            known = lists.entries("goods_type").get(entry.goods_type)
            entry.category = known.parent if known else ""
        kind = found.get("goods_type")
        if kind and kind.other and kind.given not in entry.description:
            entry.description = f"{kind.given} {entry.description}".strip()[:500]
        quantity = found.get("quantity", Value(reason=BLANK))
        if quantity.number and quantity.number.code == "number_none":
            return
        self._quantity(entry, quantity, found.get("unit", Value()), row, say)
        second = found.get("second_quantity")
        if second and second.value is not None and second.column not in used:
            entry.second_quantity = round(second.value, 9)
            used.add(second.column)
        else:
            entry.second_unit = ""
        used.add(quantity.column)
        draft.sheet.goods.append(entry)

    @staticmethod
    def _quantity(entry: GoodsEntry, found: Value, unit: Value, row: Row, say: list[RowFinding]) -> None:
        """The quantity as given; without a unit it stays a text, since a bare number measures nothing."""
        entry.quantity_text = found.given[:_LONGEST_QUANTITY]
        if found.number is None or found.value is None:
            state = found.number.state if found.number else "absent"
            entry.unmeasured = NOT_MEASURED if state == "unmeasured" else found.reason or BLANK
            return
        entry.quantity = found.value
        if unit.factor:
            entry.quantity = found.value * unit.factor
            entry.quantity_text = f"{found.given} {unit.given}"[:_LONGEST_QUANTITY]
            say.append(said(row.number, "unit_multiplied", unit.column, unit.given, "warning"))
        # The column keeps nine places; the text keeps all that the source gave.
        entry.quantity = round(entry.quantity, 9)
        if entry.quantity >= _LEAST_TOO_MUCH:
            say.append(RowFinding(row.number, "number_too_large", str(TOO_LARGE), found.column, found.given))
            entry.quantity = None
        if not unit.value:
            code = "unit_unknown" if unit.given else "unit_blank"
            say.append(said(row.number, code, unit.column or found.column, unit.given or found.given, "warning"))
            entry.quantity_text = f"{found.given} {unit.given}".strip()[:_LONGEST_QUANTITY]
            entry.quantity, entry.unmeasured = None, UNRESOLVED

    def _join(self, draft: Draft, other: Draft) -> None:
        """Adds another row of the same case: its lines, and its answers where the first row has none."""
        sheet, row = draft.sheet, other.facts[0].row.number
        draft.facts += other.facts
        draft.findings += other.findings
        for one in fields(Sheet):
            if one.name in (*LINES, "unknown", "confirmed", "date_precision"):
                continue
            first, then = getattr(sheet, one.name), getattr(other.sheet, one.name)
            if not first and then:
                setattr(sheet, one.name, then)
                sheet.unknown.pop(one.name, None)
            elif then and then != first:
                _row, column, given = other.sources.get(one.name, (row, "", ""))
                draft.findings.append(said(row, "rows_disagree", column, given, "warning"))
        for name in LINES:
            lines, more = getattr(sheet, name), getattr(other.sheet, name)
            for number, line in enumerate(more):
                # Goods add up; the same stop or hiding place told in each row is one.
                if name == "goods" or line not in lines:
                    start = f"{name}/{number}/"
                    for pointer, source in other.sources.items():
                        if pointer.startswith(start):
                            draft.sources[f"{name}/{len(lines)}/{pointer.removeprefix(start)}"] = source
                    lines.append(line)

    @staticmethod
    def _source(draft: Draft, pointer: str, row: int) -> tuple[int, str, str]:
        if pointer in draft.sources:
            return draft.sources[pointer]
        # A place that has no column of its own, such as goods/0 without a category.
        near = next((source for place, source in draft.sources.items() if place.startswith(f"{pointer}/")), None)
        parts = pointer.split("/")
        if near is None and len(parts) > 2:
            start = f"{parts[0]}/{parts[1]}/"
            near = next((source for place, source in draft.sources.items() if place.startswith(start)), None)
            return (near[0], "", "") if near else (row, "", "")
        return near or (row, "", "")


def _source_of(facts: RowFacts, found: Value) -> tuple[int, str, str]:
    return facts.row.number, found.column, found.given
