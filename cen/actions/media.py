"""Images of an own case: add, describe, remove. Files go when nothing points to them any more."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.access.row_security import acting_as
from accounts.actor import Actor, SystemTask, system
from accounts.refusals import Finding, RulesBroken, WrongState
from audit import trail
from audit.verbs import Verb
from cen.actions.quality import rate_again
from cen.codelists import lists
from cen.images import store
from cen.images.cleaning import ImageRefused, clean
from cen.lifecycle import EDITABLE
from cen.models import Case, Goods, Media, ReleasedCase
from cen.models.goods import NO_MEDIA
from cen.rules.media import NOT_ACCEPTED, STAYS

MOST_IMAGES = 60
LONGEST_CAPTION = 300
KINDS = ("PHOTO", "XRAY", "DOCUMENT")


@dataclass(frozen=True, slots=True)
class Description:
    """What is said of an image. exceptional: worth showing to others; shared: it leaves with the next release."""

    kind: str = "PHOTO"
    caption: str = ""
    shows: list[str] = field(default_factory=list)
    exceptional: bool = False
    shared: bool = True


def add(actor: Actor, case: Case, data: bytes, *, file_name: str, said: Description) -> Media:
    """Cleans the file and adds it to a case that may be changed.

    Raises RulesBroken for a file that is not taken (pointer `file`) or a description that is wrong, and for
    every case with goods of which no image is accepted, before the file is looked at.
    """
    policy_for(Case).require(actor, Action.AMEND, case)
    _hold(case)
    adder: Any = actor.officer_id
    media = Media(case=case, administration_id=case.administration_id, added_by_id=adder)
    policy_for(Media).require(actor, Action.CREATE, media)
    if Goods.unguarded.filter(case=case, category=NO_MEDIA).exists():
        raise RulesBroken([Finding(NOT_ACCEPTED.code, str(NOT_ACCEPTED.sentence), "file")])
    standing = Media.unguarded.filter(case=case)
    if standing.count() >= MOST_IMAGES:
        raise RulesBroken([Finding("media_too_many", _("A case holds at most 60 images."), "file")])
    _describe(media, said)
    try:
        image = clean(data)
    except ImageRefused as refused:
        raise RulesBroken([Finding(refused.code, str(refused.sentence), "file")]) from None
    media.sha256, media.thumbnail_sha256 = store.keep(image.content, image.thumbnail)
    if standing.filter(sha256=media.sha256).exists():
        raise RulesBroken([Finding("media_twice", _("This case has this image already."), "file")])
    media.size, media.width, media.height = len(image.content), image.width, image.height
    media.file_name = plain_name(file_name)
    last = standing.order_by("-line").values_list("line", flat=True).first()
    media.line = 0 if last is None else last + 1
    media.save(force_insert=True)
    _touch(case)
    trail.record(actor.who(), Verb.MEDIA_ADDED, _about(media), facts={"sha256": media.sha256})
    return media


def describe(actor: Actor, media: Media, said: Description) -> None:
    """Changes what is said of an image; the image itself never changes."""
    policy_for(Media).require(actor, Action.AMEND, media)
    _hold(media.case)
    _describe(media, said)
    media.save(update_fields=["kind", "caption", "shows", "exceptional", "shared"])
    media.case.save(update_fields=["updated_at"])
    trail.record(actor.who(), Verb.MEDIA_AMENDED, _about(media), facts={"sha256": media.sha256, "shared": said.shared})


def remove(actor: Actor, media: Media) -> None:
    """Takes an image out of its case. Its file goes after that, unless something else points to it."""
    policy_for(Media).require(actor, Action.DISCARD, media)
    _hold(media.case)
    names = (media.sha256, media.thumbnail_sha256)
    trail.record(actor.who(), Verb.MEDIA_REMOVED, _about(media), facts={"sha256": media.sha256})
    case = media.case
    media.delete()
    _touch(case)
    transaction.on_commit(lambda: sweep(names), robust=True)


def sweep(names: Iterable[str]) -> list[str]:
    """Removes those files to which no case of any administration and no released version points.

    Each in a transaction of its own, after the act: the content is locked while it is looked for, so that an
    upload of the same content either is seen or stores it anew.
    """
    gone = []
    for sha256 in sorted(set(names)):
        with transaction.atomic(), acting_as(system(SystemTask.MEDIA)):
            store.lock(sha256)
            if not _is_pointed_to(sha256):
                store.forget(sha256)
                gone.append(sha256)
    return gone


def plain_name(given: str) -> str:
    """The last part of a file's name without control characters: a text to read, never a path to use."""
    last = PureWindowsPath(PurePosixPath(given).name).name
    return "".join(one for one in last if unicodedata.category(one)[0] != "C")[:200]


def _is_pointed_to(sha256: str) -> bool:
    if Media.unguarded.filter(Q(sha256=sha256) | Q(thumbnail_sha256=sha256)).exists():
        return True
    named = Q(body__media__contains=[{"sha256": sha256}]) | Q(body__media__contains=[{"thumbnail_sha256": sha256}])
    return ReleasedCase.unguarded.filter(named).exists()


def _describe(media: Media, said: Description) -> None:
    findings = []
    if said.kind not in KINDS:
        findings.append(Finding("code_unknown", _("Choose what kind of image this is."), "kind"))
    if any(not lists.is_valid("media_shows", one) for one in said.shows):
        findings.append(Finding("code_unknown", _("Choose what the image shows from the list."), "shows"))
    if len(said.caption) > LONGEST_CAPTION or any(unicodedata.category(one) == "Cc" for one in said.caption):
        findings.append(Finding("text_too_long", _("Write a caption of one line, at most 300 characters."), "caption"))
    if said.shared and "PERSON" in said.shows:
        findings.append(Finding(STAYS.code, str(STAYS.sentence), "shared"))
    if findings:
        raise RulesBroken(findings)
    for name, value in asdict(said).items():
        setattr(media, name, value)


def _hold(case: Case) -> None:
    """Locks the case and reads it anew; WrongState where it was sent meanwhile, with the images it had."""
    case.refresh_from_db(from_queryset=Case.unguarded.select_for_update())
    if case.state not in EDITABLE:
        raise WrongState


def _touch(case: Case) -> None:
    """An image counts for the quality of the record, and machines follow a case by its last change."""
    rate_again(case)
    case.save(update_fields=["updated_at"])


def _about(media: Media) -> trail.What:
    return trail.What("media", str(media.pk), media.case.reference, media.administration_id)
