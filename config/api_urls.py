"""Addresses of the API, version 1."""

from __future__ import annotations

from django.urls import include, path
from drf_spectacular.views import SpectacularJSONAPIView

from accounts.api.whoami import WhoAmI
from alerts.api.deliveries import AlertDeliveries
from alerts.api.inbox import Inbox
from alerts.api.stream import AlertStream
from cen.api.feedback import Feedback, HitRates
from cen.api.flashes import FlashBoard, Flashes, FlashRead
from cen.api.media import PublishedImage
from cen.api.own_cases import OwnCase, OwnCases
from cen.api.published import PublishedCase, PublishedCases, PublishedIdentifiers
from cen.api.reference import CodeListEntries, CodeLists
from cen.api.warnings import Warning, Warnings

urlpatterns = [
    path("openapi.json", SpectacularJSONAPIView.as_view(authentication_classes=[], permission_classes=[])),
    path("whoami", WhoAmI.as_view()),
    path("cases", PublishedCases.as_view()),
    path("cases/<str:reference>", PublishedCase.as_view()),
    path("cases/<str:reference>/identifiers", PublishedIdentifiers.as_view()),
    path("own/cases", OwnCases.as_view()),
    path("own/cases/<str:reference>", OwnCase.as_view(), name="api_own_case"),
    path("cases/<str:reference>/media/<str:sha256>", PublishedImage.as_view()),
    path("codelists", CodeLists.as_view()),
    path("codelists/<str:name>", CodeListEntries.as_view()),
    path("warnings", Warnings.as_view()),
    path("warnings/<str:reference>", Warning.as_view()),
    path("warnings/<str:reference>/feedback", Feedback.as_view()),
    path("hit-rate", HitRates.as_view()),
    path("flashes", Flashes.as_view()),
    path("flashes/<str:reference>", FlashRead.as_view()),
    path("flashes/<str:reference>/board", FlashBoard.as_view()),
    path("alerts", Inbox.as_view()),
    path("alerts/<uuid:pk>/deliveries", AlertDeliveries.as_view()),
    path("alerts/stream", AlertStream.as_view()),
    path("sealed/", include("comm.api.urls")),
]
