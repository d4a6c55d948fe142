"""How announcements look to people. Each room words its own; this room knows only where to ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from django.forms import BoundField
from django.utils.translation import gettext as _

from alerts.models import Alert


@dataclass(frozen=True, slots=True)
class Line:
    """The first line of an alert. `url` leads to its subject; '' where there is nothing to open."""

    title: str
    url: str = ""
    state: str = ""
    text: str = ""
    tlp: str = ""


class Face(Protocol):
    """Words for the alerts of one kind. `pointing`: codes of reasons that say "this came from you"."""

    kind: str
    pointing: frozenset[str]

    def line(self, headline: dict[str, Any]) -> Line: ...

    def reason(self, reason: dict[str, Any]) -> str: ...


@dataclass(frozen=True, slots=True)
class Section:
    """Fields that stand together; `opened` where one of them has an answer."""

    title: str
    fields: list[BoundField]
    opened: bool = True


class CriteriaForm(Protocol):
    """A form whose fields are the words of a search; `criteria()` is what a subscription keeps of it.

    `unreadable`: parameters of the criteria it began with that no search knows any more.
    """

    unreadable: tuple[str, ...]

    def is_valid(self) -> bool: ...

    def criteria(self) -> str: ...

    def sections(self) -> list[Section]: ...

    def add_error(self, field: str | None, error: Any) -> None: ...


class CriteriaEditor(Protocol):
    """How the criteria of one source are chosen and read by people."""

    kind: str

    def form(self, data: Any = None, *, criteria: str = "") -> CriteriaForm: ...

    def words(self, criteria: str) -> list[tuple[str, str]]: ...

    def search_url(self, criteria: str) -> str: ...


_faces: dict[str, Face] = {}
_editors: dict[str, CriteriaEditor] = {}


def show(face: Face) -> None:
    """Makes the words of a kind known."""
    _faces[face.kind] = face


def edit_with(editor: CriteriaEditor) -> None:
    """Makes the editor of a source's criteria known."""
    _editors[editor.kind] = editor


def editor_for(kind: str) -> CriteriaEditor:
    """The editor; KeyError where a subscribable source brought none."""
    return _editors[kind]


def line_of(kind: str, headline: dict[str, Any]) -> Line:
    """The first line of an alert of this kind; a kind without a face shows its reference only."""
    face = _faces.get(kind)
    return face.line(headline) if face else Line(str(headline.get("reference", kind)))


def reasons_of(alert: Alert) -> list[str]:
    """Why the alert came, one sentence a reason."""
    face = _faces.get(alert.kind)
    sentences = []
    for reason in alert.reasons:
        if reason.get("code") == "subscription":
            sentences.append(_("because you follow “%s”") % reason.get("name", ""))
        elif face:
            sentences.append(face.reason(reason))
    return list(dict.fromkeys(filter(None, sentences)))


def pointing_codes() -> frozenset[str]:
    """Every code of a reason that says "this came from you"."""
    return frozenset().union(*(face.pointing for face in _faces.values()))


def points_at_us(alert: Alert) -> bool:
    """Whether the alert came because the seat itself is named in its subject."""
    return not pointing_codes().isdisjoint(reason.get("code") for reason in alert.reasons)
