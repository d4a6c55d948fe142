"""The second wall around sealed groups: members see their groups, accounts see their keys, admission alone writes."""

from __future__ import annotations

from django.db import migrations

from accounts.access.row_security import OWN_ADMINISTRATION, SOMEBODY, SYSTEM, setting, wall

MACHINE = f"{setting('seat')} = 'client'"
# An officer's own row, or one of an agent for a machine of the agent's administration.
OWN = f"(officer_id = {setting('officer', 'uuid')} or (officer_id is null and {MACHINE} and {OWN_ADMINISTRATION}))"


def member_of(column: str) -> str:
    return (
        "exists (select 1 from comm_membership m"  # noqa: S608  (only constants come in)
        f" where m.group_id = {column} and m.active and (m.officer_id = {setting('officer', 'uuid')}"
        f" or (m.officer_id is null and {MACHINE} and m.administration_id = {setting('administration', 'bigint')})))"
    )


OWN_WRAP = (
    "exists (select 1 from comm_sealedaccount a where a.uid = account_id"  # noqa: S608  (only constants come in)
    f" and (a.officer_id = {setting('officer', 'uuid')}"
    f" or (a.officer_id is null and {MACHINE} and a.administration_id = {setting('administration', 'bigint')})))"
)


class Migration(migrations.Migration):
    dependencies = [("comm", "0001_initial")]

    operations = [
        *(
            wall(f"comm_{table}", read=SOMEBODY, write=SYSTEM)
            for table in ("directorylink", "sealedaccount", "authority")
        ),
        wall("comm_leaf", read=SYSTEM, write=SYSTEM),
        wall("comm_membership", read=f"{OWN} or {SYSTEM}", write=SYSTEM),
        wall("comm_group", read=f"{member_of('gid')} or {SYSTEM}", write=SYSTEM),
        *(
            wall(f"comm_{table}", read=f"{member_of('group_id')} or {SYSTEM}", write=SYSTEM)
            for table in ("grouplink", "message", "sealedfile", "filepart")
        ),
        wall("comm_wrap", read=f"({OWN_WRAP} and {member_of('group_id')}) or {SYSTEM}", write=SYSTEM),
        *(
            wall(f"comm_{table}", read=f"{OWN} or {SYSTEM}", write=SYSTEM)
            for table in ("keystore", "pins", "devicerequest")
        ),
    ]
