"""Addresses of incidents."""

from __future__ import annotations

from django.urls import path

from cen.portal import incidents

urlpatterns = [
    path("incidents", incidents.incidents, name="incidents"),
    path("incidents/new", incidents.new_incident, name="new_incident"),
    path("incidents/<uuid:case_id>", incidents.incident, name="incident"),
    path("incidents/<uuid:case_id>/edit", incidents.edit_incident, name="edit_incident"),
    path("incidents/<uuid:case_id>/step/<slug:to>", incidents.step_incident, name="step_incident"),
    path("incidents/<uuid:case_id>/note", incidents.note_incident, name="note_incident"),
    path("incidents/<uuid:case_id>/referrals/new", incidents.new_referral, name="new_referral"),
    path("incidents/<uuid:case_id>/referrals/<int:referral_id>", incidents.answer_referral, name="answer_referral"),
]
