"""Rows can't be read past a policy by accident."""

from __future__ import annotations

import pytest

from accounts.access.guarded import UnguardedRead
from accounts.access.registry import policy_for
from accounts.access.row_security import acting_as
from cen.models import Case
from tests.cast import Cast
from tests.records import a_case

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "read",
    [
        list,
        lambda rows: rows.count(),
        lambda rows: rows.exists(),
        lambda rows: rows.first(),
        lambda rows: rows.get(reference="x"),
        lambda rows: rows.aggregate(n=__import__("django").db.models.Count("pk")),
        lambda rows: list(rows.values("pk")),
        lambda rows: list(rows.iterator()),
        lambda rows: rows.filter(state="draft")[0],
        lambda rows: rows.update(state="published"),
        lambda rows: rows.delete(),
        lambda rows: rows.create(reference="x"),
        lambda rows: list(Case.unguarded.filter(pk__in=rows)),
    ],
)
def test_objects_refuses_whoever_comes_without_a_policy(read: object) -> None:
    with pytest.raises(UnguardedRead):
        read(Case.objects.all())  # type: ignore[operator]


def test_a_policy_opens_exactly_its_rows(cast: Cast) -> None:
    own, foreign = a_case(cast.alice), a_case(cast.mallory)
    with acting_as(cast.alice):
        assert list(policy_for(Case).visible_to(cast.alice)) == [own]
    with acting_as(cast.mallory):
        assert list(policy_for(Case).visible_to(cast.mallory)) == [foreign]
