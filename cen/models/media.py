"""Photos and X-ray images of a case."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cen.models.case import code, codes
from cen.models.goods import NO_MEDIA
from cen.models.owned import OfCase


class Media(OfCase):
    """An image, re-encoded and without metadata, stored under the hash of its content.

    `sha256` names the stored file, `thumbnail_sha256` its small copy. `shared` says whether it leaves with
    the next release.
    """

    kind = code()
    sha256 = models.CharField(max_length=64)
    thumbnail_sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    file_name = models.CharField(max_length=200, blank=True)
    caption = models.CharField(_("caption"), max_length=300, blank=True)
    shows = codes()
    exceptional = models.BooleanField(default=False)
    shared = models.BooleanField(default=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta(OfCase.Meta):
        indexes = [models.Index(fields=["sha256"], name="media_by_content")]
        triggers = [
            pgtrigger.Trigger(
                name="none_beside_such_goods",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=f"""
                    if exists (
                        select 1 from cen_goods where case_id = new.case_id and category = '{NO_MEDIA}'
                    ) then
                        raise exception 'goods of this category accept no media' using errcode = 'check_violation';
                    end if;
                    return new;
                """,  # noqa: S608  (a constant of ours)
            )
        ]
