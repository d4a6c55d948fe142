from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("alerts", "0066_versions")]

    operations = [
        migrations.CreateModel(
            name="PeriodicTask",
            fields=[
                ("name", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("every", models.DurationField()),
                ("sent_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["name"],
                "abstract": False,
                "base_manager_name": "unguarded",
                "default_manager_name": "unguarded",
            },
            managers=[("unguarded", models.Manager())],
        ),
    ]
