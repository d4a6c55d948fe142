"""Rules about images beside goods."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from cen.models.goods import NO_MEDIA
from cen.rules.rule import Rule, Stage, rule
from cen.sheet import Sheet


@rule
class NoMediaOfSuchGoods(Rule):
    code = "media_not_accepted"
    sentence = _(
        "No image of any kind is accepted for this category. "
        "Record it without images; take all images out of a case before it gets such goods."
    )
    stage = Stage.DRAFT

    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        if sheet.media:
            yield from (f"goods/{n}/category" for n, line in enumerate(sheet.goods) if line.category == NO_MEDIA)


@rule
class PersonsStay(Rule):
    code = "person_in_shared_image"
    sentence = _("An image that shows a person stays in your administration. Say that it is not shared.")
    stage = Stage.DRAFT

    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        return [f"media/{n}/shared" for n, one in enumerate(sheet.media) if one.shared and "PERSON" in one.shows]


NOT_ACCEPTED, STAYS = NoMediaOfSuchGoods, PersonsStay
