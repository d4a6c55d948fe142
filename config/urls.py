"""Every address of the product. A view without a declared object and action stops the start."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path
from django.views.i18n import set_language

from config import health, metrics, operations_page, pattern_book

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("operations", operations_page.operations, name="operations"),
    path("language", set_language, name="set_language"),
    path("api/v1/", include("config.api_urls")),
    path("", include("accounts.portal.urls")),
    path("", include("alerts.portal.urls")),
    path("", include("cen.portal.urls")),
    path("", include("comm.portal.urls")),
]

if settings.DEMONSTRATION or settings.TESTING:
    urlpatterns.append(path("pattern-book", pattern_book.pattern_book, name="pattern_book"))

handler400 = "config.errors.bad_request"
handler403 = "config.errors.permission_denied"
handler404 = "config.errors.page_not_found"
handler500 = "config.errors.server_error"
