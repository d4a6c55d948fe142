"""What a correction may be given up to, and what a pre-loading referral asks, until when, and its answer."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cen", "0003_reference_validity")]

    operations = [
        migrations.AddField("case", "before_correction", models.JSONField(blank=True, null=True)),
        migrations.AddField("case", "correction_reason", models.CharField(blank=True, max_length=20)),
        migrations.AddField("placireferral", "answer", models.TextField(blank=True, max_length=2000)),
        migrations.AddField("placireferral", "answered_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("placireferral", "asked_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("placireferral", "due_at", models.DateTimeField(blank=True, null=True)),
    ]
