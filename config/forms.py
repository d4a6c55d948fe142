"""How Django's forms come out in the portal: label, hint and error at the field, a summary on top."""

from __future__ import annotations

from typing import Any

from django.forms import BoundField, RadioSelect, Widget
from django.forms.renderers import TemplatesSetting


class PortalField(BoundField):
    """A field as the portal's templates need it."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: Widget | None = None) -> dict[str, Any]:
        """The control's attributes; a radio button cannot be invalid in ARIA, its group tells the error."""
        built = super().build_widget_attrs(attrs, widget)
        if isinstance(widget or self.field.widget, RadioSelect):
            built.pop("aria-invalid", None)
        return built

    @property
    def error_target(self) -> str:
        """The id a link of the error summary leads to: the control, or the first of a group."""
        return self.id_for_label or (f"{self.auto_id}_0" if self.auto_id else "")


class PortalForms(TemplatesSetting):
    """Renders `{{ form }}`, `{{ field.as_field_group }}` and `{{ formset }}` by templates/forms/."""

    form_template_name = "forms/form.html"
    formset_template_name = "forms/formset.html"
    field_template_name = "forms/field.html"
    bound_field_class = PortalField
