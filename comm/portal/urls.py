"""Addresses of sealed pages."""

from __future__ import annotations

from django.urls import path

from comm.portal import abilities, desk

urlpatterns = [
    path("sealed", desk.desk, name="sealed"),
    path("sealed/check", abilities.abilities, name="sealed_check"),
]
