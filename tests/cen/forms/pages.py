"""A page's form as a browser without JavaScript sends it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

type Given = dict[str, list[str]]


class _Form(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.data: Given = {}
        self.buttons: list[tuple[str, str, str]] = []
        self._select: str | None = None
        self._options: list[tuple[str, bool]] = []
        self._textarea: str | None = None
        self._text = ""
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = "data-guard" in given
        if not self._inside:
            return
        name = given.get("name", "")
        if tag == "input" and name:
            if given.get("type") in {"checkbox", "radio"} and "checked" not in given:
                return
            ticked = given.get("type") in {"checkbox", "radio"}
            if given.get("type") != "file":
                self.data.setdefault(name, []).append(given.get("value", "on" if ticked else ""))
        elif tag == "select":
            self._select, self._options = name, []
        elif tag == "option" and self._select is not None:
            self._options.append((given.get("value", ""), "selected" in given))
        elif tag == "textarea":
            self._textarea, self._text = name, ""
        elif tag == "button" and name:
            self.buttons.append((name, given.get("value", ""), given.get("formaction", "")))

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "select" and self._select is not None:
            chosen = [value for value, selected in self._options if selected] or [self._options[0][0]]
            self.data.setdefault(self._select, []).append(chosen[-1])
            self._select = None
        elif tag == "textarea" and self._textarea is not None:
            # The parser keeps the first line break, which browsers drop.
            self.data.setdefault(self._textarea, []).append(self._text.removeprefix("\n"))
            self._textarea = None


def form_of(answer: Any) -> _Form:
    """The guarded form of the page, with its buttons."""
    parser = _Form()
    parser.feed(answer.content.decode())
    assert parser.data, "no form on this page"
    parser.data.pop("csrfmiddlewaretoken", None)
    return parser


def given_by(answer: Any, **changes: Any) -> Given:
    """What the page's form would send, with some answers changed."""
    return form_of(answer).data | {
        name.replace("__", "-"): value if isinstance(value, list) else [value] for name, value in changes.items()
    }


def said(answer: Any) -> str:
    """The error summary of a page as text: what to read when a form was not taken."""
    summary = answer.content.decode().partition('class="error-summary"')[2].partition("</section>")[0]
    return re.sub(r"<[^>]+>|\s+", " ", summary)
