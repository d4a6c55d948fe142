"""Addresses of sign-in and account pages."""

from __future__ import annotations

from django.urls import path

from accounts.portal import home, sign_in

urlpatterns = [
    path("", home.home, name="home"),
    path("directory", home.directory, name="directory"),
    path("sign-in", sign_in.sign_in, name="sign_in"),
    path("sign-in/code", sign_in.sign_in_code, name="sign_in_code"),
    path("sign-in/as/<slug:key>", sign_in.step_into, name="step_into"),
    path("step-up", sign_in.step_up, name="step_up"),
    path("seat", sign_in.change_seat, name="change_seat"),
    path("sign-out", sign_in.sign_out, name="sign_out"),
]
