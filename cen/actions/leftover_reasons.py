"""Why what was found in a text may leave all the same: one reason a leftover, for releases and warnings alike."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from django.utils.translation import gettext as _

from accounts.refusals import Finding, RulesBroken
from cen.leftovers import Leftover, find_leftovers

SHORTEST_REASON = 10
LONGEST_REASON = 300


def place_of(leftover: Leftover) -> str:
    """What names a leftover of a previewed text: its field and where it begins."""
    return f"{leftover.field}@{leftover.start}"


def justified(
    leftovers: Sequence[Leftover],
    reasons: Mapping[str, str],
    *,
    names: Collection[str] = (),
    values: Collection[str] = (),
) -> list[dict[str, str]]:
    """Each leftover with the reason why it stays, for the trail, which names nobody.

    reasons: by `place_of`. names and values: of the parties that the text must not name. Raises RulesBroken for
    leftovers without a reason, and for reasons that repeat such detail.
    """
    given = {place_of(one): " ".join(reasons.get(place_of(one), "").split())[:LONGEST_REASON] for one in leftovers}
    findings = [
        Finding("leftover", str(one.sentence), place_of(one))
        for one in leftovers
        if len(given[place_of(one)]) < SHORTEST_REASON
    ]
    repeated = {one.field for one in find_leftovers(given, names=names, values=values)}
    sentence = _("Say why it may stay without writing it down again.")
    findings += [Finding("leftover_repeated", sentence, place) for place in sorted(repeated)]
    if findings:
        raise RulesBroken(findings)
    return [{"field": one.field, "kind": one.kind, "reason": given[place_of(one)]} for one in leftovers]
