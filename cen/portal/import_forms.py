"""Forms of the import: the file with its mapping, and the columns matched by hand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cen.codelists import lists
from cen.imports.mapping import FileMapping, parse, shipped, shipped_names
from cen.imports.own_columns import guess, mapping_text
from cen.imports.reader import TEXT, WORKBOOK
from cen.imports.refused import MappingRefused
from cen.imports.targets import TARGETS
from cen.imports.workbook import PREFIX, template_names

OWN = "own"
_KINDS = ",".join(sorted(TEXT | WORKBOOK))


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or Excel (.xlsx), at most 200 MB. The first row holds the names of the columns."),
        widget=forms.FileInput(attrs={"accept": _KINDS}),
    )
    mapping = forms.ChoiceField(
        label=_("Layout of the file"), help_text=_("The workbook you filled in, a known layout, or your own columns.")
    )
    encoding = forms.ChoiceField(
        label=_("Encoding"),
        help_text=_("Only for CSV files whose letters look wrong or that were refused for it."),
        choices=[
            ("", _("Found out")),
            ("utf-8", "UTF-8"),
            ("utf-16", "UTF-16"),
            ("cp1252", _("Windows-1252 (older Excel)")),
        ],
        required=False,
    )

    def __init__(self, *args: Any, by_country: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["mapping"]
        field.choices = list(_mapping_choices(by_country))

    def chosen(self) -> FileMapping:
        """The mapping chosen; for columns to be matched by hand, one that only says how the file is written."""
        name, encoding = self.cleaned_data["mapping"], self.cleaned_data["encoding"]
        if name == OWN:
            return parse(mapping_text({}, encoding=encoding))
        return shipped(name).with_encoding(encoding) if encoding else shipped(name)

    @property
    def unmatched(self) -> bool:
        return bool(self.cleaned_data["mapping"] == OWN)


def _mapping_choices(by_country: bool) -> Iterable[Any]:
    yield OWN, _("My own columns (match them in the next step)")
    if not by_country:
        workbooks = [(name, lists.label("category", name.removeprefix(PREFIX).upper())) for name in template_names()]
        yield _("OpenCEN workbook"), workbooks
    known = [shipped(name) for name in shipped_names()]
    yield _("Known layouts"), [(one.name, one.title) for one in known if one.country or not by_country]


class MatchForm(forms.Form):
    """One choice a column, and what holds for all rows where no column says it."""

    category = forms.ChoiceField(
        label=_("Category of all goods"), help_text=_("Where no column gives it."), required=False
    )
    unit = forms.ChoiceField(
        label=_("Unit of all quantities"), help_text=_("Where no column gives it."), required=False
    )
    event = forms.ChoiceField(
        label=_("Column with the number of the case"),
        help_text=_("Rows with the same number become one case. Leave it empty if each row is a case."),
        required=False,
    )
    country = forms.ChoiceField(label=_("Column with the administration’s country"), required=False)
    date_order = forms.ChoiceField(
        label=_("Order in dates such as 03/04/2012"),
        choices=[("", _("Not needed")), ("dmy", _("Day, month, year")), ("mdy", _("Month, day, year"))],
        required=False,
    )
    decimal = forms.ChoiceField(
        label=_("Decimal mark"),
        choices=[("", _("Found out")), ("point", _("Point: 1234.5")), ("comma", _("Comma: 1234,5"))],
        required=False,
    )

    def __init__(
        self, *args: Any, columns: list[str], samples: list[list[str]], by_country: bool, encoding: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._columns, self._encoding = columns, encoding
        likely = guess(columns)
        among: list[tuple[str, Any]] = [("", "—"), *((name, name) for name in columns)]
        for name, found in (
            ("category", [("", "—"), *lists.choices("category")]),
            ("unit", [("", "—"), *lists.choices("unit")]),
            ("event", among),
            ("country", among),
        ):
            field: Any = self.fields[name]
            field.choices = found
        self.fields["country"].required = by_country
        if not by_country:
            del self.fields["country"]
        targets = list(_target_choices())
        for number, column in enumerate(columns):
            shown = "; ".join(filter(None, samples[number])) if number < len(samples) else ""
            self.fields[f"column_{number}"] = forms.ChoiceField(
                label=column, help_text=shown, choices=targets, initial=likely[column], required=False
            )
        self.order_fields([f"column_{number}" for number in range(len(columns))])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        chosen = self._chosen(given)
        used = list(chosen.values())
        for column, target in chosen.items():
            if used.count(target) > 1 and TARGETS[target].read != "text":
                place = f"column_{self._columns.index(column)}"
                self.add_error(place, _("Two columns can't fill this field. Leave one of them out."))
        if "goods.category" not in used and not given.get("category") and "goods.goods_type" not in used:
            self.add_error("category", _("Choose the category, or the column that gives it or the type of goods."))
        return given

    def mapping(self) -> FileMapping:
        """The mapping that follows from the answers; raises MappingRefused."""
        given = self.cleaned_data
        chosen = self._chosen(given)
        if not chosen:
            raise MappingRefused(_("Match at least one column."))
        plain = {
            name: given.get(name, "") for name in ("category", "unit", "event", "country", "date_order", "decimal")
        }
        return parse(mapping_text(chosen, encoding=self._encoding, **plain))

    def _chosen(self, given: dict[str, Any]) -> dict[str, str]:
        found = {column: given.get(f"column_{number}", "") for number, column in enumerate(self._columns)}
        return {column: target for column, target in found.items() if target}


def _target_choices() -> Iterable[Any]:
    yield "", _("Leave out")
    groups: dict[str, list[tuple[str, Any]]] = {}
    titles: dict[str, Any] = {
        "": _("Case"),
        "leg": _("Route"),
        "conveyance": _("Transport"),
        "concealment": _("Concealment"),
        "identifier": _("Numbers"),
        "goods": _("Goods"),
    }
    for name, target in TARGETS.items():
        head = name.partition(".")[0] if "." in name else ""
        groups.setdefault(head, []).append((name, target.label))
    for head, title in titles.items():
        yield title, groups[head]


class SendForm(forms.Form):
    keep_duplicates = forms.BooleanField(
        label=_("Rows that stand in the file twice are meant: record each of them"), required=False
    )
