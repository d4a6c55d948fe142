"""Feedback on warnings for machines, and the hit rate as figures."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access.actions import Action
from accounts.access.api import DeclaredView
from accounts.access.portal import load_visible
from accounts.access.registry import policy_for
from accounts.reference.regions import codes_of
from accounts.refusals import Finding, Refusal, RulesBroken
from cen.actions.feedback import give_feedback
from cen.feedback_draft import FeedbackDraft
from cen.models import WarningFeedback, WarningNotice
from cen.queries.hit_rate import FEWEST, WAYS, Line, hit_rate

_COUNT = {"type": "integer", "minimum": 0}
_LINE = {
    "type": "object",
    "properties": {
        "key": {
            "type": "string",
            "description": "NEWTRADER; administration:GH, liaison_office:WA, secretariat; AE>GH.",
        },
        **dict.fromkeys(("warnings", "answers", "controls", "hits", "confirmed", "pending"), _COUNT),
        "share": {"type": ["number", "null"], "description": f"Hits of controls; null below {FEWEST} controls."},
    },
}


class FeedbackSerializer(serializers.Serializer[Any]):
    """What became of a warning; codes are those of the code lists."""

    control_done = serializers.CharField(max_length=20)
    result = serializers.CharField(max_length=20)
    controlled_at = serializers.DateTimeField(required=False, allow_null=True)
    techniques = serializers.ListField(child=serializers.CharField(max_length=20), required=False, max_length=40)
    hours = serializers.DecimalField(max_digits=6, decimal_places=2, required=False, allow_null=True)
    indicators_confirmed = serializers.ListField(
        child=serializers.CharField(max_length=20), required=False, max_length=40
    )
    usefulness = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=5)
    case_reference = serializers.CharField(max_length=24, required=False, allow_blank=True)
    comment = serializers.CharField(max_length=1_000, required=False, allow_blank=True)


class FeedbackGivenSerializer(FeedbackSerializer):
    """Feedback as it stands: the newest edition of an administration."""

    administration = serializers.CharField()
    edition = serializers.IntegerField()
    given_at = serializers.DateTimeField()


class Feedback(DeclaredView):
    """The answers to a warning: all of them for its issuer, its own for an addressed administration."""

    object = WarningNotice
    actions = {"GET": Action.READ, "POST": Action.ANSWER}

    @extend_schema(operation_id="feedback_list", responses={200: FeedbackGivenSerializer(many=True)})
    def get(self, request: Request, reference: str) -> Response:
        notice = self._notice(reference, Action.READ)
        newest: dict[int, WarningFeedback] = {}
        for one in policy_for(WarningFeedback).visible_to(self.actor, Action.LIST).filter(warning=notice):
            newest.setdefault(one.administration_id, one)
        codes = codes_of(set(newest))
        return Response({"results": [_document(one, codes) for one in newest.values()]})

    @extend_schema(operation_id="feedback_give", request=FeedbackSerializer, responses={201: FeedbackGivenSerializer})
    def post(self, request: Request, reference: str) -> Response:
        """Answers for the credential's administration; a later answer is a new edition, the same one none."""
        notice = self._notice(reference, Action.ANSWER)
        made = give_feedback(self.actor, notice, _draft(request.data))
        return Response(_document(made, codes_of({made.administration_id})), status=201)

    def _notice(self, reference: str, action: Action) -> WarningNotice:
        """Without a lock: row security hides a row from the lock of somebody who could not write it."""
        policy = policy_for(WarningNotice)
        if refusal := policy.possible(self.actor, action) or policy.possible(self.actor, Action.READ):
            raise refusal
        notice = load_visible(self.actor, WarningNotice, {"reference": reference})
        policy.require(self.actor, action, notice)
        return notice


class HitRates(DeclaredView):
    """How often controls after a warning found something, by indicator, sender or route; nothing about persons."""

    object = WarningFeedback
    actions = {"GET": Action.LIST}
    parameters = ("by",)

    @extend_schema(
        operation_id="hit_rate",
        parameters=[OpenApiParameter("by", str, enum=list(WAYS), description="indicator where not given.")],
        responses={
            200: {
                "type": "object",
                "properties": {
                    "by": {"type": "string", "enum": list(WAYS)},
                    "fewest": {**_COUNT, "description": "A share is given from so many controls on."},
                    "unanswered": _COUNT,
                    "total": _LINE,
                    "lines": {"type": "array", "items": _LINE},
                },
            }
        },
    )
    def get(self, request: Request) -> Response:
        by = request.query_params.get("by", WAYS[0])
        if by not in WAYS:
            raise Refusal(_("by is one of: %s.") % ", ".join(WAYS), code="parameter_unreadable")
        found = hit_rate(self.actor, by)
        return Response(
            {
                "by": by,
                "fewest": FEWEST,
                "unanswered": found.unanswered,
                "total": _figures(found.total),
                "lines": [_figures(one) for one in found.lines],
            }
        )


def _figures(line: Line) -> dict[str, Any]:
    return {
        "key": line.key,
        "warnings": len(line.warnings),
        "answers": line.answers,
        "controls": line.controls,
        "hits": line.hits,
        "confirmed": line.confirmed,
        "pending": line.pending,
        "share": line.share,
    }


def _draft(document: Any) -> FeedbackDraft:
    """The draft; RulesBroken with a finding for every member that is unknown or can't be read."""
    form = FeedbackSerializer(data=document)
    findings = [
        Finding("member_unknown", _("There is no member of this name."), str(name)[:40])
        for name in (document if isinstance(document, dict) else ())
        if name not in form.fields
    ]
    if not form.is_valid():
        findings += [
            Finding("member_unreadable", str(_first(errors)), str(name)) for name, errors in form.errors.items()
        ]
    if findings:
        raise RulesBroken(findings)
    return FeedbackDraft(**form.validated_data)


def _first(errors: Any) -> Any:
    while isinstance(errors, (list, dict)) and errors:
        errors = next(iter(errors.values())) if isinstance(errors, dict) else errors[0]
    return errors


def _document(one: WarningFeedback, codes: dict[int, str]) -> dict[str, Any]:
    names = FeedbackSerializer().fields
    return {
        "administration": codes[one.administration_id],
        "edition": one.edition,
        "given_at": one.given_at,
        **{str(name): getattr(one, str(name)) for name in names},
    }
