"""Form fields made from the words of a column or from the description of a block's field."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from cen.case_words import Word, WordKind
from cen.goods_blocks import FieldKind, FieldSpec, codes
from cen.identifiers.kinds import KINDS
from cen.numbers import read_number

type Choices = Callable[[], Iterable[tuple[Any, Any]]]


class CodeSelect(forms.Select):
    """A list of codes. A value that is none of them stays in the list, so that nothing typed is lost.

    Drawn in one go: a form has some thousand options, and a template for each would take a second.
    """

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        given = "" if value is None else str(value)
        options = [(str(code), label) for code, label in self.choices]
        if given and given not in {code for code, _label in options}:
            options.append((given, given))
        drawn = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((code, flatatt({"selected": code == given}), label) for code, label in options),
        )
        return format_html(
            "<select{}>{}</select>", flatatt({"name": name, **self.build_attrs(self.attrs, attrs)}), drawn
        )


class CodeField(forms.ChoiceField):
    """A code. Whether it is one of its list is said by the rules, in their words, as at every other door."""

    widget = CodeSelect

    def __init__(self, *, codes_of: Choices, **rest: Any) -> None:
        super().__init__(choices=lambda: [("", "—"), *codes_of()], **rest)

    def valid_value(self, value: Any) -> bool:
        return True


class NumberField(forms.CharField):
    """A number as people write it; gives a Decimal, or None where nothing is given."""

    def __init__(self, **rest: Any) -> None:
        super().__init__(max_length=40, widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 12}), **rest)

    def prepare_value(self, value: Any) -> Any:
        return format(value.normalize(), "f") if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Any:
        reading = read_number(str(value or ""))
        if reading.state in {"refused", "unmeasured"}:
            raise forms.ValidationError(str(reading.sentence), code=reading.code or "")
        return reading.value

    def run_validators(self, value: Any) -> None:
        """The rules look at the size; the text's length is bounded by the reader."""


def day(**rest: Any) -> forms.DateField:
    """A date; browsers want the ISO form whatever the language."""
    return forms.DateField(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **rest)


def field_of(word: Word, *, longest: int | None = None, choices: Choices | None = None) -> forms.Field:
    """The field of a column; nothing is required, since a draft may be incomplete."""
    rest: dict[str, Any] = {"label": word.label, "help_text": word.help, "required": False}
    match word.kind:
        case WordKind.CODE:
            return CodeField(codes_of=choices or (lambda: codes.choices(word.code_list)), **rest)
        case WordKind.CODES:
            several: Any = choices or (lambda: codes.choices(word.code_list))
            return forms.MultipleChoiceField(choices=several, widget=forms.CheckboxSelectMultiple, **rest)
        case WordKind.IDENTIFIER_KIND:
            return CodeField(codes_of=_identifier_kinds, **rest)
        case WordKind.LONG:
            return forms.CharField(max_length=longest, widget=forms.Textarea(attrs={"rows": 4}), **rest)
        case WordKind.INTEGER:
            figures = forms.TextInput(attrs={"inputmode": "numeric", "size": 8})
            return forms.IntegerField(min_value=0, max_value=2_147_483_647, widget=figures, **rest)
        case WordKind.DECIMAL:
            return NumberField(**rest)
        case WordKind.QUANTITY:
            return forms.CharField(max_length=40, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **rest)
        case WordKind.DATE:
            return day(**rest)
        case WordKind.TIME:
            return forms.TimeField(widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}), **rest)
        case WordKind.BOOLEAN:
            return forms.BooleanField(**rest)
        case _:
            attrs = {"size": longest} if longest and longest <= 6 else {}
            return forms.CharField(max_length=longest, widget=forms.TextInput(attrs=attrs), **rest)


def _identifier_kinds() -> list[tuple[str, Any]]:
    return [(kind.code, kind.label) for kind in KINDS.values() if not kind.nominal]


def fields_of_block(spec: FieldSpec) -> dict[str, forms.Field]:
    """The form fields of one field of a block, by name; a quantity has two, number and unit."""
    name = block_name(spec.name)
    rest: dict[str, Any] = {"label": spec.label, "help_text": spec.help, "required": False}
    match spec.kind:
        case FieldKind.CODE:
            return {name: CodeField(codes_of=lambda: codes.choices(spec.code_list), **rest)}
        case FieldKind.NUMBER:
            return {name: NumberField(**rest)}
        case FieldKind.QUANTITY:
            unit = CodeField(codes_of=lambda: codes.choices("unit", only=spec.units), label=_("Unit"), required=False)
            return {name: NumberField(**rest), f"{name}_unit": unit}
        case FieldKind.DATE:
            return {name: day(**rest)}
        case FieldKind.BOOLEAN:
            return {name: CodeField(codes_of=lambda: (("yes", _("Yes")), ("no", _("No"))), **rest)}
        case FieldKind.SEVERAL if spec.code_list:
            several: Any = lambda: codes.choices(spec.code_list)  # noqa: E731
            return {name: forms.MultipleChoiceField(choices=several, widget=forms.CheckboxSelectMultiple, **rest)}
        case FieldKind.SEVERAL:
            return {name: forms.CharField(max_length=4000, widget=forms.Textarea(attrs={"rows": 2}), **rest)}
        case _:
            return {name: forms.CharField(max_length=spec.longest, **rest)}


def block_name(name: str) -> str:
    """A block's field among the fields of its line."""
    return f"block_{name}"


def block_from(specs: Iterable[FieldSpec], cleaned: dict[str, Any]) -> dict[str, Any]:
    """The block as the form gives it; `tidied` brings it into its one shape."""
    block: dict[str, Any] = {}
    for spec in specs:
        value = cleaned.get(block_name(spec.name))
        if spec.kind is FieldKind.QUANTITY and value is not None:
            value = {"value": value, "unit": cleaned.get(f"{block_name(spec.name)}_unit", "")}
        if value not in (None, "", []):
            block[spec.name] = value
    return block


def typed_block(specs: Iterable[FieldSpec], block: dict[str, Any]) -> dict[str, Any]:
    """A block as it stands in the form."""
    typed: dict[str, Any] = {}
    for spec in specs:
        value, name = block.get(spec.name), block_name(spec.name)
        if spec.kind is FieldKind.QUANTITY and isinstance(value, dict):
            typed[name], typed[f"{name}_unit"] = value.get("value", ""), value.get("unit", "")
        elif spec.kind is FieldKind.BOOLEAN and isinstance(value, bool):
            typed[name] = "yes" if value else "no"
        elif spec.kind is FieldKind.SEVERAL and isinstance(value, list) and not spec.code_list:
            typed[name] = "\n".join(map(str, value))
        elif value is not None:
            typed[name] = value
    return typed
