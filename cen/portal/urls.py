"""Addresses of case pages."""

from __future__ import annotations

from django.urls import include, path

from cen.portal import own_cases, published, validation

urlpatterns = [
    path("", include("cen.portal.nominal_urls")),
    path("cases", own_cases.own_cases, name="own_cases"),
    path("cases/new", own_cases.new_case, name="new_case"),
    path("cases/<uuid:case_id>", own_cases.own_case, name="own_case"),
    path("cases/<uuid:case_id>/edit", own_cases.edit_case, name="edit_case"),
    path("cases/<uuid:case_id>/send", own_cases.send_case, name="send_case"),
    path("cases/<uuid:case_id>/release", own_cases.release_case, name="release_case"),
    path("validation", validation.queue, name="queue"),
    path("validation/<uuid:released_id>", validation.decide, name="decide"),
    path("published", published.published, name="published"),
    path("published/<str:reference>", published.published_case, name="published_case"),
]
