"""`{% load built %}`: the bundled browser modules, each under the hash that the committed manifest gives."""

from __future__ import annotations

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from config.built_files import FOLDER, manifest

register = template.Library()
URL_SAFE = str.maketrans("+/", "-_")


@register.simple_tag
def built(name: str) -> SafeString:
    """The script element of one module: `{% built "sealed.js" %}`. A browser runs these bytes or none."""
    digest = manifest()[name]
    # A new hash has a new address, or a browser would hold it against the copy that it keeps of the earlier file.
    mark = digest.removeprefix("sha384-")[:16].translate(URL_SAFE)
    return format_html(
        '<script type="module" src="{}?{}" integrity="{}"></script>', static(f"{FOLDER}/{name}"), mark, digest
    )
