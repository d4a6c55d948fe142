"""Counts what the receiver failed at apart from what was claimed: pauses follow the former."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("alerts", "0071_wake_up")]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="failures",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
    ]
