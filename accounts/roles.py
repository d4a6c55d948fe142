"""The roles a posting gives, by the kind of seat they belong to."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What somebody does at a seat. Rights follow from the role and the seat, never from a person."""

    OFFICER = "officer", _("Officer (entry)")
    SUPERVISOR = "supervisor", _("Supervisor (national check)")
    NCP = "ncp", _("National contact point")
    NATIONAL_ANALYST = "national_analyst", _("National analyst")
    INVESTIGATOR = "investigator", _("Investigator")
    NATIONAL_ADMINISTRATOR = "national_administrator", _("National administrator (people and settings)")
    DATA_PROTECTION = "data_protection", _("Data-protection officer")
    LIAISON_ANALYST = "liaison_analyst", _("Liaison-office analyst")
    LIAISON_HEAD = "liaison_head", _("Head of liaison office")
    SECRETARIAT_ANALYST = "secretariat_analyst", _("Secretariat analyst")
    SECRETARIAT_ADMINISTRATOR = "secretariat_administrator", _("Secretariat administrator")
    API_CLIENT = "api_client", _("Machine client")


AT_ADMINISTRATION = frozenset(
    {
        Role.OFFICER,
        Role.SUPERVISOR,
        Role.NCP,
        Role.NATIONAL_ANALYST,
        Role.INVESTIGATOR,
        Role.NATIONAL_ADMINISTRATOR,
        Role.DATA_PROTECTION,
    }
)
AT_LIAISON_OFFICE = frozenset({Role.LIAISON_ANALYST, Role.LIAISON_HEAD})
AT_SECRETARIAT = frozenset({Role.SECRETARIAT_ANALYST, Role.SECRETARIAT_ADMINISTRATOR})
