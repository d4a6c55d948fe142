"""What becomes of a case beside the straight way: checked, sent back, recalled, corrected, withdrawn, discarded."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.access.row_security import acting_as
from accounts.actor import Actor
from accounts.models import Administration, LiaisonOfficeMembership
from accounts.refusals import Absent, Conflict, Forbidden, RulesBroken
from accounts.roles import Role
from alerts.fanout import fan_out_next
from alerts.models import Alert, Subscription
from audit.models import Event
from cen.actions.check import check, discard, send_back
from cen.actions.correct import abandon, correct, recall, withdraw
from cen.actions.leftover_reasons import place_of
from cen.actions.record import amend, sheet_of, submit
from cen.actions.release import preview, release
from cen.actions.validate import Verdict, validate
from cen.lifecycle import CaseState, ReleasedState
from cen.models import Case, ReleasedCase
from tests.cast import Cast, seat_person
from tests.journeys.test_seizure_to_alert import as_, cigarettes, inbox, recorded, released

pytestmark = pytest.mark.django_db


def case_of(actor: Actor, reference: str) -> Case:
    with acting_as(actor):
        return Case.unguarded.get(reference=reference)


def submitted(cast: Cast, **changes: Any) -> Case:
    case = recorded(cast, **changes)
    as_(cast.alice, submit, case, revision=case.revision)
    return case


def accept(cast: Cast, made: ReleasedCase) -> None:
    as_(cast.rosa, validate, made, Verdict.ACCEPTED, seen_hash=bytes(made.content_hash))


def published(cast: Cast, **changes: Any) -> Case:
    made = released(cast, **changes)
    accept(cast, made)
    return case_of(cast.alice, made.reference)


def released_again(cast: Cast, case: Case, **changes: Any) -> ReleasedCase:
    """The next version of a case that is open, with other answers."""
    as_(cast.alice, amend, case, cigarettes(**changes), revision=case.revision)
    as_(cast.alice, submit, case, revision=case.revision)
    seen = as_(cast.amira, preview, case)
    made: ReleasedCase = as_(cast.amira, release, case, seen_hash=seen.content_hash)
    return made


def told() -> None:
    while fan_out_next():
        pass


def kinds(actor: Actor) -> list[str]:
    return sorted(alert.kind for alert in inbox(actor))


@pytest.fixture
def sofia(cast: Cast) -> Actor:
    """A supervisor of A, which requires the national check."""
    Administration.unguarded.filter(code="GH").update(requires_check=True)
    return seat_person("sofia", "GH", Role.SUPERVISOR)


def test_where_the_check_is_required_a_supervisor_comes_before_the_contact_point(cast: Cast, sofia: Actor) -> None:
    case = submitted(cast)
    seen = as_(cast.amira, preview, case)
    with pytest.raises(RulesBroken) as caught:
        as_(cast.amira, release, case, seen_hash=seen.content_hash)
    assert [one.code for one in caught.value.findings] == ["check_missing"]
    with pytest.raises(Conflict):
        as_(sofia, check, case, revision=case.revision + 1)
    as_(sofia, check, case, revision=case.revision)
    assert case_of(sofia, case.reference).checked_by_id == sofia.officer_id
    as_(cast.amira, release, case, seen_hash=seen.content_hash)


def test_nobody_checks_his_own_entry_nor_without_the_role_nor_elsewhere(cast: Cast, sofia: Actor) -> None:
    case = submitted(cast)
    for person, refusal in ((cast.alice, Forbidden), (cast.bob, Absent), (cast.rosa, Absent), (cast.mallory, Absent)):
        with pytest.raises(refusal):
            as_(person, check, case, revision=case.revision)
    with acting_as(sofia):
        Case.unguarded.filter(pk=case.pk).update(author_id=sofia.officer_id)
    with pytest.raises(Forbidden):
        as_(sofia, check, case_of(sofia, case.reference), revision=case.revision)


def test_without_the_requirement_there_is_no_check(cast: Cast) -> None:
    sofia = seat_person("sofia", "GH", Role.SUPERVISOR)
    case = submitted(cast)
    with pytest.raises(Forbidden):
        as_(sofia, check, case, revision=case.revision)


def test_a_case_sent_back_is_the_officers_again_with_the_note(cast: Cast, sofia: Actor) -> None:
    case = submitted(cast)
    as_(sofia, check, case, revision=case.revision)
    with pytest.raises(RulesBroken):
        as_(cast.amira, send_back, case, note="  ")
    with pytest.raises(Forbidden):
        as_(cast.alice, send_back, case, note="Add the weight.")
    as_(cast.amira, send_back, case, note=" Add the weight. ")
    back = case_of(cast.alice, case.reference)
    assert (back.state, back.send_back_note, back.checked_by_id) == (CaseState.RETURNED, "Add the weight.", None)
    as_(cast.alice, submit, back, revision=back.revision)
    assert case_of(cast.alice, case.reference).send_back_note == ""
    with acting_as(cast.amira):
        facts = Event.unguarded.get(verb="case.sent_back").facts
    assert "weight" not in str(facts)


def test_a_waiting_version_is_recalled_by_the_contact_point_alone(cast: Cast) -> None:
    made = released(cast)
    case = case_of(cast.amira, made.reference)
    for person, refusal in ((cast.alice, Forbidden), (cast.rosa, Absent), (cast.mallory, Absent)):
        with pytest.raises(refusal):
            as_(person, recall, case)
    as_(cast.amira, recall, case)
    assert case_of(cast.amira, made.reference).state == CaseState.DRAFT
    with acting_as(cast.rosa):
        stands = ReleasedCase.unguarded.get(pk=made.pk)
    assert stands.state == ReleasedState.RECALLED
    with pytest.raises(Forbidden):
        as_(cast.rosa, validate, stands, Verdict.ACCEPTED, seen_hash=bytes(made.content_hash))
    assert released_again(cast, case_of(cast.alice, made.reference)).edition == 2


def test_what_was_decided_is_not_recalled(cast: Cast) -> None:
    case = published(cast)
    with pytest.raises(Forbidden):
        as_(cast.amira, recall, case)


def test_a_correction_leaves_the_published_version_until_it_takes_its_place(cast: Cast) -> None:
    case = published(cast)
    as_(cast.alice, correct, case, reason="MORE")
    made = released_again(cast, case_of(cast.alice, case.reference), locode="GHTKD")
    with acting_as(cast.mallory):
        seen = ReleasedCase.unguarded.get(reference=case.reference)
    assert (seen.edition, seen.locode) == (1, "GHTEM")
    accept(cast, made)
    with acting_as(cast.mallory):
        seen = ReleasedCase.unguarded.get(reference=case.reference)
    assert (seen.edition, seen.locode) == (2, "GHTKD")
    with acting_as(cast.amira):
        first = ReleasedCase.unguarded.get(reference=case.reference, edition=1)
    assert (first.state, first.end_reason) == (ReleasedState.SUPERSEDED, "MORE")
    after = case_of(cast.alice, case.reference)
    assert (after.state, after.before_correction, after.correction_reason) == (CaseState.PUBLISHED, None, "")


def test_the_office_now_in_charge_supersedes_what_another_office_had_published(cast: Cast) -> None:
    case = published(cast)
    as_(cast.alice, correct, case, reason="MORE")
    released_again(cast, case_of(cast.alice, case.reference))
    as_(cast.amira, recall, case_of(cast.amira, case.reference))
    LiaisonOfficeMembership.unguarded.filter(administration__code="GH").update(
        liaison_office_id=cast.ravi.liaison_office_id
    )
    second = released_again(cast, case_of(cast.alice, case.reference))
    as_(cast.ravi, validate, second, Verdict.ACCEPTED, seen_hash=bytes(second.content_hash))
    with acting_as(cast.amira):
        states = dict(ReleasedCase.unguarded.filter(reference=case.reference).values_list("edition", "state"))
    assert states == {1: "superseded", 2: "recalled", 3: "published"}


def test_a_returned_or_sent_back_correction_stays_a_correction_and_is_not_discarded(cast: Cast) -> None:
    case = published(cast)
    as_(cast.alice, correct, case, reason="ERROR")
    made = released_again(cast, case_of(cast.alice, case.reference))
    as_(cast.rosa, validate, made, Verdict.RETURNED, seen_hash=bytes(made.content_hash), reasons=["route"])
    open_again = case_of(cast.alice, case.reference)
    assert open_again.state == CaseState.CORRECTING
    with pytest.raises(Forbidden):
        as_(cast.alice, discard, open_again)
    as_(cast.alice, submit, open_again, revision=open_again.revision)
    as_(cast.amira, send_back, open_again, note="Not yet complete.")
    assert case_of(cast.alice, case.reference).state == CaseState.CORRECTING


def test_a_correction_given_up_leaves_the_record_as_it_was_published(cast: Cast) -> None:
    case = published(cast)
    with acting_as(cast.alice):
        before = sheet_of(case)
    as_(cast.alice, correct, case, reason="ERROR")
    case = case_of(cast.alice, case.reference)
    as_(cast.alice, amend, case, cigarettes(locode="GHTKD", goods=[], identifiers=[]), revision=case.revision)
    with pytest.raises(Conflict):
        as_(cast.alice, abandon, case, revision=case.revision - 1)
    as_(cast.alice, abandon, case, revision=case.revision)
    after = case_of(cast.alice, case.reference)
    with acting_as(cast.alice):
        assert sheet_of(after) == before
    assert after.state == CaseState.PUBLISHED
    assert after.before_correction is None


def test_a_correction_needs_a_reason_of_the_list_and_somebody_of_the_house(cast: Cast) -> None:
    case = published(cast)
    for reason in ("", "BECAUSE"):
        with pytest.raises(RulesBroken):
            as_(cast.alice, correct, case, reason=reason)
    for person, refusal in ((cast.dora, Forbidden), (cast.rosa, Absent), (cast.mallory, Absent)):
        with pytest.raises(refusal):
            as_(person, correct, case, reason="ERROR")


def test_a_rejected_case_may_be_taken_up_again(cast: Cast) -> None:
    made = released(cast)
    as_(cast.rosa, validate, made, Verdict.REJECTED, seen_hash=bytes(made.content_hash), reasons=["duplicate"])
    as_(cast.alice, correct, case_of(cast.alice, made.reference), reason="ERROR")
    assert case_of(cast.alice, made.reference).state == CaseState.DRAFT


def test_whoever_was_alerted_hears_of_the_correction_once_and_new_followers_of_the_case(cast: Cast) -> None:
    with acting_as(cast.mallory):
        Subscription.unguarded.create(
            administration_id=cast.mallory.administration_id, name="Tobacco", criteria="category=TOB"
        )
    with acting_as(cast.bob):
        Subscription.unguarded.create(
            administration_id=cast.bob.administration_id, name="Takoradi", criteria="locode=GHTKD"
        )
    case = published(cast)
    told()
    assert (kinds(cast.mallory), kinds(cast.bob)) == (["case.published"], [])
    as_(cast.alice, correct, case, reason="ERROR")
    accept(cast, released_again(cast, case_of(cast.alice, case.reference), locode="GHTKD"))
    told()
    assert kinds(cast.mallory) == ["case.corrected", "case.published"]
    assert kinds(cast.bob) == ["case.published"]
    assert kinds(cast.amira) == ["case.corrected", "case.published"]
    as_(cast.alice, correct, case_of(cast.alice, case.reference), reason="ERROR")
    accept(cast, released_again(cast, case_of(cast.alice, case.reference), locode="GHACC"))
    told()
    assert kinds(cast.mallory) == ["case.corrected", "case.corrected", "case.published"]
    assert kinds(cast.bob) == ["case.corrected", "case.published"]


def test_a_withdrawal_reaches_everybody_who_had_been_alerted_and_nobody_else(cast: Cast) -> None:
    with acting_as(cast.mallory):
        Subscription.unguarded.create(
            administration_id=cast.mallory.administration_id, name="Tobacco", criteria="category=TOB"
        )
    case = published(cast)
    told()
    with pytest.raises(Forbidden):
        as_(cast.alice, withdraw, case, reason="NOOFFENCE")
    with pytest.raises(RulesBroken):
        as_(cast.amira, withdraw, case, reason="")
    as_(cast.amira, withdraw, case, reason="NOOFFENCE")
    with acting_as(cast.mallory):
        assert not ReleasedCase.unguarded.filter(reference=case.reference).exists()
    told()
    assert kinds(cast.mallory) == ["case.published", "case.withdrawn"]
    assert kinds(cast.bob) == []
    gone = next(alert for alert in inbox(cast.mallory) if alert.kind == "case.withdrawn")
    assert gone.headline["state"] == "withdrawn"
    assert gone.headline["reason"] == "NOOFFENCE"
    assert "categories" not in gone.headline
    for act in (correct, withdraw):
        with pytest.raises(Forbidden):
            as_(cast.amira, act, case_of(cast.amira, case.reference), reason="ERROR")


def test_a_withdrawal_before_the_fan_out_tells_nobody_of_the_case(cast: Cast) -> None:
    case = published(cast)
    as_(cast.amira, withdraw, case, reason="PERSONAL")
    told()
    with acting_as(cast.amira):
        assert Alert.unguarded.count() == 0


def test_a_draft_is_discarded_by_its_house_and_then_stands_still(cast: Cast) -> None:
    case = recorded(cast)
    for person, refusal in ((cast.dora, Forbidden), (cast.mallory, Absent)):
        with pytest.raises(refusal):
            as_(person, discard, case)
    as_(cast.alice, discard, case)
    still = case_of(cast.alice, case.reference)
    assert still.state == CaseState.DISCARDED
    with pytest.raises(Forbidden):
        as_(cast.alice, amend, still, cigarettes(), revision=still.revision)


def test_the_reason_for_a_leftover_is_required_kept_and_names_nobody(cast: Cast) -> None:
    case = submitted(cast, narrative_public="Write to kwame@example.org or to ama@example.org.")
    seen = as_(cast.amira, preview, case)
    places = [place_of(one) for one in seen.leftovers]
    assert len(set(places)) == 2

    def refused(reasons: dict[str, str]) -> list[tuple[str, str]]:
        with pytest.raises(RulesBroken) as caught:
            as_(cast.amira, release, case, seen_hash=seen.content_hash, justified=reasons)
        return [(one.code, one.pointer) for one in caught.value.findings]

    assert refused({places[0]: "Office address", places[1]: "  "}) == [("leftover", places[1])]
    assert refused({places[0]: "Office address", places[1]: "ama@example.org is known"}) == [
        ("leftover_repeated", places[1])
    ]
    as_(
        cast.amira,
        release,
        case,
        seen_hash=seen.content_hash,
        justified={places[0]: "Office address", places[1]: "Address of a firm's desk"},
    )
    with acting_as(cast.amira):
        facts = Event.unguarded.get(verb="case.released").facts
    assert [one["reason"] for one in facts["justified"]] == ["Office address", "Address of a firm's desk"]
    assert "@example" not in str(facts)


def test_matching_many_subscriptions_reads_the_version_once(cast: Cast, django_assert_max_num_queries: Any) -> None:
    published(cast)
    with acting_as(cast.mallory):
        for number in range(30):
            Subscription.unguarded.create(
                administration_id=cast.mallory.administration_id, name=f"No. {number}", criteria="category=TOB"
            )
    with django_assert_max_num_queries(25) as queries:
        assert fan_out_next()
    reads = [one for one in queries.captured_queries if 'FROM "cen_releasedcase"' in one["sql"]]
    assert len(reads) == 1


def test_who_changed_a_case_last_neither_checks_nor_releases_it(cast: Cast) -> None:
    case = recorded(cast)
    as_(cast.amira, amend, case, cigarettes(locode="GHTKD"), revision=case.revision)
    as_(cast.alice, submit, case, revision=case.revision)
    seen = as_(cast.amira, preview, case)
    with pytest.raises(Forbidden):
        as_(cast.amira, release, case, seen_hash=seen.content_hash)
    second = seat_person("esi", "GH", Role.NCP)
    assert as_(second, release, case, seen_hash=seen.content_hash).edition == 1


def test_what_was_sent_while_somebody_still_typed_is_not_changed(cast: Cast) -> None:
    case = recorded(cast)
    with acting_as(cast.amira):
        read_before = Case.unguarded.get(pk=case.pk)
    as_(cast.alice, submit, case, revision=case.revision)
    with pytest.raises(Conflict):
        as_(cast.amira, amend, read_before, cigarettes(locode="GHTKD"), revision=read_before.revision)
    with acting_as(cast.alice):
        assert Case.unguarded.get(pk=case.pk).locode == "GHTEM"
