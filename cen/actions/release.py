"""Releasing: the contact point lets a non-nominal version leave, after looking at exactly what leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.postgres.search import SearchVector
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.refusals import Conflict, Finding, RulesBroken
from audit import trail
from audit.verbs import Verb
from cen.actions import leftover_reasons
from cen.actions.nominal_words import NominalWords, nominal_words
from cen.actions.quality import rate
from cen.actions.record import about, sheet_of
from cen.actions.surroundings import around
from cen.actions.thresholds import below_threshold
from cen.leftovers import Leftover, find_leftovers
from cen.lifecycle import CaseState, step_case
from cen.models import Case, CaseIdentifier, ReleasedCase, ReleasedIdentifier
from cen.non_nominal import body_of, content_hash, texts_of
from cen.rules import Stage, check, errors
from cen.sheet import Sheet
from cen.units_of_list import canonical_of, units


@dataclass(frozen=True, slots=True)
class Preview:
    """What would leave: the document, its hash, leftovers in its texts, and what the rules say of it."""

    body: dict[str, Any]
    content_hash: bytes
    leftovers: list[Leftover]
    findings: list[Finding]


def preview(actor: Actor, case: Case) -> Preview:
    """Builds what a release would make, and changes nothing."""
    return _look(actor, case, sheet_of(case))[0]


def _look(actor: Actor, case: Case, sheet: Sheet) -> tuple[Preview, NominalWords]:
    policy_for(Case).require(actor, Action.READ, case)
    body = _body(sheet)
    words = nominal_words(actor, case)
    leftovers = find_leftovers(texts_of(sheet), names=words.names, values=words.values)
    findings = check(sheet, Stage.RELEASE, around(case, sheet)) + below_threshold(case, sheet)
    return Preview(body, content_hash(body), leftovers, findings), words


def release(actor: Actor, case: Case, *, seen_hash: bytes, justified: Mapping[str, str] | None = None) -> ReleasedCase:
    """Releases the version that was previewed; it then waits for its liaison office.

    seen_hash binds the act to what the contact point saw. justified: why a leftover may stay, by its place (see
    `leftover_reasons`); the reasons stand in the event. Raises Conflict where the content changed, RulesBroken for
    broken rules and for leftovers without a reason.
    """
    policy_for(Case).require(actor, Action.RELEASE, case)
    if case.administration.requires_check and case.state != CaseState.CHECKED:
        raise RulesBroken([Finding("check_missing", _("A supervisor must check this case first."))])
    sheet = sheet_of(case)
    seen, words = _look(actor, case, sheet)
    if errors(seen.findings):
        raise RulesBroken(seen.findings)
    if seen.content_hash != seen_hash:
        raise Conflict(current=sheet)
    kept = leftover_reasons.justified(seen.leftovers, justified or {}, names=words.names, values=words.values)
    case.edition += 1
    rate(case, sheet)
    released = _released(actor, case, seen)
    released.save(force_insert=True)
    vector = SearchVector("search_text", config="simple")
    ReleasedCase.unguarded.filter(pk=released.pk).update(search_vector=vector)
    ReleasedIdentifier.unguarded.bulk_create(
        ReleasedIdentifier(
            released_case=released,
            administration_id=case.administration_id,
            liaison_office_id=released.liaison_office_id,
            kind=one.kind,
            normalised=one.normalised,
            verdict=one.verdict,
        )
        for one in CaseIdentifier.unguarded.filter(case=case)
    )
    case.state = step_case(case.state, CaseState.RELEASED)
    case.released_by_id = actor.officer_id
    rated = ("quality_score", "missing_fields")
    case.save(update_fields=["state", "edition", "released_by", "updated_at", *rated])
    trail.record(
        actor.who(),
        Verb.CASE_RELEASED,
        about(case),
        facts={"edition": case.edition, "hash": seen.content_hash.hex(), "justified": kept},
    )
    return released


def _body(sheet: Sheet) -> dict[str, Any]:
    facts, measures = units(), []
    for line in sheet.goods:
        found = canonical_of(line, facts)
        measures.append(
            {"kg": found.kg, "pieces": found.pieces, "litres": found.litres, "method": found.method} if found else {}
        )
    return body_of(sheet, measures)


def _released(actor: Actor, case: Case, seen: Preview) -> ReleasedCase:
    body = seen.body
    releaser: Any = actor.officer_id
    office = case.administration.validating_office(timezone.now().date())
    return ReleasedCase(
        case_id=case.pk,
        reference=case.reference,
        edition=case.edition,
        administration_id=case.administration_id,
        liaison_office=office,
        author_id=case.author_id,
        released_by_id=releaser,
        body=body,
        content_hash=seen.content_hash,
        quality_score=case.quality_score,
        below_threshold=any(one.code == "below_threshold" for one in seen.findings),
        **search_columns(case.reference, body),
    )


def search_columns(reference: str, body: dict[str, Any]) -> dict[str, Any]:
    """The columns that repeat the body for searching."""
    goods, route = body["goods"], body["route"]
    headings = {line["hs_code"] for line in goods if line["hs_code"]}
    texts = [reference, body["modus_operandi"], body["narrative_public"], body["place_name"]]
    texts += [line["description"] for line in goods] + [one["description"] for one in body["concealments"]]
    plain = ("kind", "place_country", "locode", "location_type", "direction", "flow_kind", "detection_trigger")
    return {name: body[name] for name in plain} | {
        "seized_on": body["seizure_date"],
        "category_codes": _distinct(line["category"] for line in goods),
        "goods_types": _distinct(line["goods_type"] for line in goods),
        "hs_codes": _distinct(code[:digits] for code in headings for digits in (2, 4, 6) if len(code) >= digits),
        "modes": _distinct(one["mode"] for one in body["conveyances"]),
        "conveyance_types": _distinct(one["conveyance_type"] for one in body["conveyances"]),
        "departure_countries": _at(route, "departure"),
        "transit_countries": _at(route, "transit", "transhipment"),
        "destination_countries": _at(route, "destination", "final_destination"),
        "origin_countries": _at(route, "origin", "production"),
        "route_countries": _distinct(leg["country"] for leg in route),
        "detection_techniques": body["detection_techniques"],
        "concealment_places": _distinct(one["place"] for one in body["concealments"]),
        "concealment_methods": _distinct(one["method"] for one in body["concealments"]),
        "search_text": "\n".join(text for text in texts if text),
        **{measure: _total(goods, measure) for measure in ("kg", "pieces", "litres")},
    }


def _distinct(values: Any) -> list[str]:
    return sorted({value for value in values if value})


def _at(route: list[dict[str, Any]], *roles: str) -> list[str]:
    return _distinct(leg["country"] for leg in route if leg["role"] in roles)


def _total(goods: list[dict[str, Any]], measure: str) -> Decimal | None:
    given = [Decimal(line["canonical"][measure]) for line in goods if line["canonical"].get(measure)]
    return sum(given, Decimal(0)) if given else None
