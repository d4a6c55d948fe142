"""Every address of the product. A view without a declared object and action stops the start."""

from __future__ import annotations

from django.urls import include, path

from config import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("api/v1/", include("config.api_urls")),
    path("", include("accounts.portal.urls")),
    path("", include("alerts.portal.urls")),
    path("", include("cen.portal.urls")),
]

handler400 = "config.errors.bad_request"
handler403 = "config.errors.permission_denied"
handler404 = "config.errors.page_not_found"
handler500 = "config.errors.server_error"
