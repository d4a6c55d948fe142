"""What seed_acceptance writes down is enough to sign in as everybody, by page and by key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.fixture
def written(tmp_path: Path) -> dict[str, Any]:
    out = tmp_path / "creds.json"
    call_command("seed_acceptance", "--out", str(out))
    assert out.stat().st_mode & 0o777 == 0o600
    content: dict[str, Any] = json.loads(out.read_text())
    return content


def signs_in(person: dict[str, Any]) -> bool:
    client = Client()
    client.post(reverse("sign_in"), {"email": person["email"], "password": person["password"]})
    if person["totp_secret"]:
        counters = list(yield_hotp_counters_from_time())
        code = format_hotp_value(hotp_value(person["totp_secret"], counters[len(counters) // 2]))
        client.post(reverse("sign_in_code"), {"code": code})
    return client.get(reverse("home")).status_code == 200


def test_who_may_sign_in_can_and_the_others_can_not(written: dict[str, Any]) -> None:
    keys = {"officer", "liaison_head", "secretariat_analyst", "suspended", "password_only", "posting_ended"}
    chosen = [one for one in written["people"] if one["key"] in keys and one["seat"]["code"] in {"GH", "WA", ""}]
    assert {one["key"] for one in chosen} == keys
    for person in chosen:
        assert signs_in(person) == person["may_sign_in"], person["email"]


def test_every_key_answers_as_it_is_described(written: dict[str, Any]) -> None:
    statuses = set()
    for client in written["clients"]:
        header = {"Authorization": f"Bearer {client['token']}"}
        status = Client().get("/api/v1/cases", headers=header).status_code
        wanted = 401 if not client["may_call"] else 200 if "published:read" in client["scopes"] else 403
        assert status == wanted, client
        statuses.add(status)
    assert statuses == {200, 401, 403}


def test_twice_renews_and_doubles_nobody(written: dict[str, Any], tmp_path: Path) -> None:
    out = tmp_path / "again.json"
    call_command("seed_acceptance", "--out", str(out))
    again = json.loads(out.read_text())
    assert [one["email"] for one in again["people"]] == [one["email"] for one in written["people"]]
    assert not {one["token"] for one in again["clients"]} & {one["token"] for one in written["clients"]}


@override_settings(PRODUCTION=True)
def test_never_in_production(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="production"):
        call_command("seed_acceptance", "--out", str(tmp_path / "x.json"))
    assert not (tmp_path / "x.json").exists()
