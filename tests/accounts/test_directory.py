"""The directory of administrations that an installation starts with."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.models import Administration, LiaisonOffice, LiaisonOfficeMembership, Region
from accounts.reference.loader import load_directory

pytestmark = pytest.mark.django_db


def test_administrations_offices_and_regions_are_there_and_loading_again_adds_none() -> None:
    assert (Administration.unguarded.count(), LiaisonOffice.unguarded.count(), Region.unguarded.count()) == (187, 12, 6)
    assert load_directory() == 0
    assert Administration.unguarded.count() == 187


def test_an_edit_by_the_secretariat_survives_the_next_load() -> None:
    Administration.unguarded.filter(code="GH").update(name_en="Ghana Revenue Authority")
    load_directory()
    assert Administration.unguarded.get(code="GH").name_en == "Ghana Revenue Authority"


def test_names_come_in_six_languages_and_every_time_zone_exists() -> None:
    for administration in Administration.unguarded.all():
        assert ZoneInfo(administration.time_zone)
        for language in ("en", "fr", "es", "ar", "ru", "pt"):
            assert getattr(administration, f"name_{language}"), administration.code
    assert Administration.unguarded.get(code="HK").name_en == "Hong Kong, China"
    assert Administration.unguarded.get(code="DE").name_in("fr") == "Allemagne"


def test_a_second_office_helps_and_the_first_validates() -> None:
    burundi = Administration.unguarded.get(code="BI")
    office = burundi.validating_office(timezone.now().date())
    assert office is not None
    assert office.code == "CA"
    helper = LiaisonOfficeMembership.unguarded.get(administration=burundi, second=True)
    assert helper.liaison_office.code == "ESA"


def test_some_administrations_have_no_office_and_are_marked_for_verification() -> None:
    for code in ("CA", "EU", "MX", "US", "XK"):
        administration = Administration.unguarded.get(code=code)
        assert administration.validating_office(timezone.now().date()) is None
        assert administration.to_verify
