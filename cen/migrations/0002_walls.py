"""Row security of both rooms. Own cases: their administration; nominal rows: it alone, no task excepted."""

from __future__ import annotations

from django.db import migrations

from accounts.access.row_security import (
    OWN_ADMINISTRATION,
    OWN_LIAISON_OFFICE,
    SECRETARIAT,
    SOMEBODY,
    SYSTEM,
    same_owner_as,
    setting,
    wall,
)

OWN_OR_TASK = f"{OWN_ADMINISTRATION} or {SYSTEM}"
IN_CHARGE = f"({OWN_LIAISON_OFFICE} or (liaison_office_id is null and {SECRETARIAT}))"
PARTS = (
    "cen_goods",
    "cen_routeleg",
    "cen_conveyance",
    "cen_concealment",
    "cen_caseidentifier",
    "cen_media",
    "cen_incident",
    "cen_incidententry",
    "cen_placireferral",
    "cen_caselink",
)
NOMINAL = ("cen_party", "cen_partylookup", "cen_caseparty", "cen_nominalidentifier", "cen_nominalkey")
ASKING = (
    f"asking_administration_id = {setting('administration', 'bigint')}"
    f" or asking_liaison_office_id = {setting('liaison_office', 'bigint')}"
    f" or (asking_secretariat and {SECRETARIAT})"
)
# The owner's copy of a released version is written by its releaser and decided by the office in charge.
RELEASED_READ = f"({SOMEBODY} and state = 'published') or {OWN_ADMINISTRATION} or {IN_CHARGE} or {SYSTEM}"
RELEASED_WRITE = f"{OWN_ADMINISTRATION} or {IN_CHARGE} or {SYSTEM}"
ISSUER = f"({OWN_ADMINISTRATION} or {OWN_LIAISON_OFFICE} or (secretariat and {SECRETARIAT}))"
BATCH = f"{OWN_ADMINISTRATION} or (administration_id is null and {SECRETARIAT}) or {SYSTEM}"


class Migration(migrations.Migration):
    dependencies = [("cen", "0001_initial"), ("accounts", "0001_initial")]

    operations = [
        # The office in charge moves the owner's case to its next state when it decides; it reads nothing.
        wall("cen_case", read=OWN_OR_TASK, write=OWN_OR_TASK),
        *(wall(table, read=OWN_OR_TASK, write=OWN_OR_TASK) for table in PARTS),
        *(wall(table, read=OWN_ADMINISTRATION, write=OWN_ADMINISTRATION) for table in NOMINAL),
        wall("cen_releasedcase", read=RELEASED_READ, write=RELEASED_WRITE),
        wall("cen_releasedidentifier", read=RELEASED_WRITE, write=OWN_OR_TASK),
        wall("cen_decision", read=RELEASED_WRITE, write=f"{IN_CHARGE} or {SYSTEM}"),
        wall(
            "cen_disclosure",
            read=f"{OWN_ADMINISTRATION} or {ASKING} or {SYSTEM}",
            write=f"{OWN_ADMINISTRATION} or {ASKING} or {SYSTEM}",
        ),
        wall("cen_importbatch", read=BATCH, write=BATCH),
        wall("cen_importrow", read=BATCH, write=BATCH),
        wall(
            "cen_warningnotice",
            read=f"{ISSUER} or {setting('administration', 'bigint')} = any(addressee_ids) or {SYSTEM}",
            write=f"{ISSUER} or {SYSTEM}",
        ),
        *(same_owner_as(table, "cen_case", "case_id") for table in (*PARTS, "cen_caseparty", "cen_nominalidentifier")),
        same_owner_as("cen_caselink", "cen_case", "other_id"),
        same_owner_as("cen_caseparty", "cen_party", "party_id"),
        same_owner_as("cen_partylookup", "cen_party", "party_id"),
    ]
