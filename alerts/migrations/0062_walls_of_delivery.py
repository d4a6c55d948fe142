"""Row security of endpoints and the ledger: each seat its own, a mailbox its officer's; the worker all."""

from __future__ import annotations

from importlib import import_module

from django.db import migrations

from accounts.access.row_security import SYSTEM, wall

MINE = import_module("alerts.migrations.0002_walls").MINE


class Migration(migrations.Migration):
    dependencies = [("alerts", "0061_endpoints_and_deliveries")]

    operations = [
        wall("alerts_endpoint", read=f"{MINE} or {SYSTEM}", write=f"{MINE} or {SYSTEM}"),
        wall("alerts_delivery", read=f"{MINE} or {SYSTEM}", write=f"{MINE} or {SYSTEM}"),
    ]
