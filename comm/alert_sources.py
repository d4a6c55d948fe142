"""How the arrival of something sealed is announced: to members, without a word of what it is (alerts.sources)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from accounts.access.registry import policy_for
from alerts.models import Alert
from alerts.sources import Notice, Reason, Recipient, register
from comm.actions.messages import POSTED
from comm.models import Group, Membership, Message


@dataclass(frozen=True)
class Posted:
    """Message number `i` of a group."""

    group: Group
    i: int
    author: str


class SealedPosted:
    """Each member but the author, once until he has looked: a busy group makes one alert, not a thousand."""

    kind = POSTED

    def subject(self, subject_id: str) -> Posted:
        gid, i = subject_id.split(":")
        message = Message.unguarded.select_related("group").get(group_id=gid, i=int(i))
        return Posted(message.group, message.i, message.author_id)

    def headline(self, posted: Posted) -> dict[str, Any]:
        return {"group": posted.group.gid}

    def pointed(self, posted: Posted) -> Iterable[Notice]:
        waiting = set(
            Alert.unguarded.filter(
                kind=self.kind, subject_id__startswith=f"{posted.group.gid}:", read_at=None
            ).values_list("officer_id", flat=True)
        )
        rows = Membership.unguarded.filter(group=posted.group, active=True, officer__isnull=False)
        for row in rows.exclude(account_id=posted.author).exclude(officer_id__in=waiting):
            yield Notice(Recipient(row.administration_id, officer_id=row.officer_id), (Reason("sealed_for_you"),))

    def entitled(self, posted: Posted, recipients: Iterable[Recipient]) -> set[Recipient]:
        taking_part = set(policy_for(Group).audience(posted.group).values_list("officer_id", flat=True))
        return {one for one in recipients if one.officer_id in taking_part}


register(SealedPosted())
