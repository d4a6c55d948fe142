"""Addresses of case pages."""

from __future__ import annotations

from django.urls import include, path

from cen.portal import acts, full_cases, links, own_cases, published, thresholds, validation

urlpatterns = [
    path("", include("cen.portal.nominal_urls")),
    path("", include("cen.portal.incident_urls")),
    path("cases", own_cases.own_cases, name="own_cases"),
    path("cases/new", own_cases.new_case, name="new_case"),
    path("cases/<uuid:case_id>", own_cases.own_case, name="own_case"),
    path("cases/<uuid:case_id>/edit", own_cases.edit_case, name="edit_case"),
    path("cases/new/full", full_cases.new_full_case, name="new_full_case"),
    path("cases/<uuid:case_id>/edit/full", full_cases.edit_full_case, name="edit_full_case"),
    path("cases/<uuid:case_id>/send", own_cases.send_case, name="send_case"),
    path("cases/<uuid:case_id>/release", own_cases.release_case, name="release_case"),
    path("cases/<uuid:case_id>/check", acts.check_case, name="check_case"),
    path("cases/<uuid:case_id>/send-back", acts.send_back_case, name="send_back_case"),
    path("cases/<uuid:case_id>/keep", acts.keep_case, name="keep_case"),
    path("cases/<uuid:case_id>/recall", acts.recall_case, name="recall_case"),
    path("cases/<uuid:case_id>/correct", acts.correct_case, name="correct_case"),
    path("cases/<uuid:case_id>/abandon", acts.abandon_correction, name="abandon_correction"),
    path("cases/<uuid:case_id>/withdraw", acts.withdraw_case, name="withdraw_case"),
    path("cases/<uuid:case_id>/discard", acts.discard_case, name="discard_case"),
    path("cases/<uuid:case_id>/link", links.link_case, name="link_case"),
    path("cases/<uuid:case_id>/links/<int:link_id>/undo", links.unlink_case, name="unlink_case"),
    path("validation", validation.queue, name="queue"),
    path("validation/<uuid:released_id>", validation.decide, name="decide"),
    path("thresholds", thresholds.thresholds, name="thresholds"),
    path("thresholds/set", thresholds.set_one, name="set_threshold"),
    path("thresholds/<int:threshold_id>/remove", thresholds.remove, name="remove_threshold"),
    path("published", published.published, name="published"),
    path("published/<str:reference>", published.published_case, name="published_case"),
]
