"""A case may be kept by its administration: one more state, no change of the table."""

from __future__ import annotations

from django.db import migrations, models

STATES = [
    ("draft", "Draft"),
    ("submitted", "Sent to the contact point"),
    ("checked", "Checked"),
    ("released", "Released, waits for validation"),
    ("returned", "Returned with reasons"),
    ("rejected", "Rejected"),
    ("published", "Published"),
    ("correcting", "Published, being corrected"),
    ("withdrawn", "Withdrawn"),
    ("discarded", "Discarded"),
    ("kept", "Kept by the administration"),
]


class Migration(migrations.Migration):
    dependencies = [("cen", "0030_acts")]

    operations = [
        migrations.AlterField("case", "state", models.CharField(choices=STATES, default="draft", max_length=12)),
    ]
