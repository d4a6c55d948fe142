"""What a producer of alerts must answer; producers register themselves, so that this room knows none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, Protocol, runtime_checkable

from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Administration
from accounts.refusals import Refusal
from alerts.matching import Compiled, Facts


class Recipient(NamedTuple):
    """A desk of one seat (officer_id None) or an officer at that seat; exactly one seat is set."""

    administration_id: int | None = None
    liaison_office_id: int | None = None
    secretariat: bool | None = None
    officer_id: Any = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an alert came: a code the portal can word, and the plain facts for the wording."""

    code: str
    facts: dict[str, Any] = field(default_factory=dict, hash=False)

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, **self.facts}


@dataclass(frozen=True, slots=True)
class Notice:
    """One recipient with the reasons; needs_me: something is asked of him."""

    recipient: Recipient
    reasons: tuple[Reason, ...]
    needs_me: bool = False
    needs_acknowledgement: bool = False
    acknowledge_by: Any = None

    def joined(self, other: Notice) -> Notice:
        """Both notices as one: all reasons, and what either of them asks for."""
        return Notice(
            self.recipient,
            self.reasons + other.reasons,
            self.needs_me or other.needs_me,
            self.needs_acknowledgement or other.needs_acknowledgement,
            self.acknowledge_by or other.acknowledge_by,
        )


class AlertSource(Protocol):
    """A kind of announcement, answered by the app that announces it.

    All methods run in the system context of the fan-out, inside one transaction. `subject` reads what was
    announced, once; the other methods get it. `pointed` gives the recipients that follow from the subject
    itself. `entitled` narrows recipients to those who may read the subject now. `headline` is plain JSON and
    holds no nominal value.
    """

    kind: str

    def subject(self, subject_id: str) -> Any: ...

    def headline(self, subject: Any) -> dict[str, Any]: ...

    def pointed(self, subject: Any) -> Iterable[Notice]: ...

    def entitled(self, subject: Any, recipients: Iterable[Recipient]) -> set[Recipient]: ...


@runtime_checkable
class CountsUnannounced(Protocol):
    """A source that can count the subjects that should have been announced and were not."""

    def unannounced(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Start:
    """The subscription that an administration's desk begins with."""

    name: str
    criteria: str


@dataclass(frozen=True, slots=True)
class TryOut:
    """What a subscription would have brought: headlines of the newest, and how many in all.

    capped: there are more than `count`, which is where counting ended.
    """

    count: int
    capped: bool
    headlines: tuple[dict[str, Any], ...]


class SubscribableSource(AlertSource, Protocol):
    """A source whose announcements can be followed by criteria.

    `check` returns the criteria as they are kept, or raises a Refusal that says what to change. `try_out` runs
    as the actor, within what he may list. `starts_with` is what a desk follows before anybody chose.

    Matching (alerts.matching): `compiler` gives a function from kept criteria to tests, which raises a Refusal
    for what can't be read; `facts` are the attributes that the tests ask of the subject; `meeting` decides by
    query, and is both the way for what can't be compiled and the yardstick of the rest.
    """

    def check(self, criteria: str) -> str: ...

    def try_out(self, actor: Actor, criteria: str, since: date) -> TryOut: ...

    def compiler(self) -> Callable[[str], Compiled]: ...

    def facts(self, subject: Any, asked: Collection[str]) -> Facts: ...

    def meeting(self, subject: Any, criteria: Sequence[str]) -> set[str]: ...

    def starts_with(self, administration: Administration) -> Start: ...


class NotSubscribable(Refusal):
    """What was to be followed is unknown, or can't be followed."""

    code = "not_subscribable"


_sources: dict[str, AlertSource] = {}
_subscribable: dict[str, SubscribableSource] = {}


def register(source: AlertSource) -> None:
    """Makes a source known; a kind has exactly one."""
    if source.kind in _sources and type(_sources[source.kind]) is not type(source):
        raise RuntimeError(f"{source.kind} has two sources")
    _sources[source.kind] = source


def register_subscribable(source: SubscribableSource) -> None:
    """Makes a source known that people can follow by criteria."""
    register(source)
    _subscribable[source.kind] = source


def source_for(kind: str) -> AlertSource:
    """The source of the kind; KeyError is a defect of the announcer."""
    return _sources[kind]


def kinds() -> list[str]:
    return sorted(_sources)


def subscribable_kinds() -> list[str]:
    return sorted(_subscribable)


def followed(kind: str) -> SubscribableSource | None:
    """The source of the kind where it can be followed."""
    return _subscribable.get(kind)


def subscribable(kind: str) -> SubscribableSource:
    """The source that can be followed; raises NotSubscribable."""
    try:
        return _subscribable[kind]
    except KeyError:
        raise NotSubscribable(_("Nothing of this kind can be followed: %s") % kind[:40]) from None
