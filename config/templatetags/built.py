"""`{% load built %}`: the bundled browser modules, each under the hash that the committed manifest gives."""

from __future__ import annotations

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from config.built_files import FOLDER, manifest

register = template.Library()


@register.simple_tag
def built(name: str) -> SafeString:
    """The script element of one module: `{% built "sealed.js" %}`. A browser runs these bytes or none."""
    return format_html(
        '<script type="module" src="{}" integrity="{}"></script>', static(f"{FOLDER}/{name}"), manifest()[name]
    )
