"""Row security of inboxes and subscriptions: each seat its own; the fan-out, as a system task, all."""

from __future__ import annotations

from django.db import migrations

from accounts.access.row_security import (
    OWN_ADMINISTRATION,
    OWN_LIAISON_OFFICE,
    SECRETARIAT,
    SYSTEM,
    setting,
    wall,
)

OWN_SEAT = f"({OWN_ADMINISTRATION} or {OWN_LIAISON_OFFICE} or (secretariat and {SECRETARIAT}))"
MINE = f"({OWN_SEAT} and (officer_id is null or officer_id = {setting('officer', 'uuid')}))"


class Migration(migrations.Migration):
    dependencies = [("alerts", "0001_initial")]

    operations = [
        wall("alerts_alert", read=f"{MINE} or {SYSTEM}", write=f"{MINE} or {SYSTEM}"),
        wall("alerts_subscription", read=f"{MINE} or {SYSTEM}", write=f"{MINE} or {SYSTEM}"),
    ]
