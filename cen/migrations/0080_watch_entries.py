"""Watch-lists: each seat its own; matching, as a system task, reads all and writes none."""

import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models

import audit.uuid7
from accounts.access.row_security import OWN_ADMINISTRATION, OWN_LIAISON_OFFICE, SYSTEM, wall


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0051_sealed_scope"),
        ("cen", "0061_last_editor"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="WatchEntry",
            fields=[
                ("id", models.UUIDField(default=audit.uuid7.uuid7, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=24)),
                ("normalised", models.CharField(max_length=100)),
                ("reason", models.CharField(max_length=200)),
                ("action", models.CharField(blank=True, max_length=200)),
                (
                    "hit_policy",
                    models.CharField(
                        choices=[("owner", "Tell us only"), ("both", "Tell us and the owner of the case")],
                        default="owner",
                        max_length=5,
                    ),
                ),
                ("valid_from", models.DateField()),
                ("valid_until", models.DateField(blank=True, null=True)),
                ("entered_at", models.DateTimeField(auto_now_add=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "administration",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.administration",
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "liaison_office",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.liaisonoffice",
                    ),
                ),
            ],
            options={
                "ordering": ["-entered_at", "kind", "normalised"],
                "abstract": False,
                "base_manager_name": "unguarded",
                "default_manager_name": "unguarded",
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=["kind", "normalised"],
                        name="watched_value",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("administration", "liaison_office", "kind", "normalised"),
                        name="watched_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("administration__isnull", False), ("liaison_office__isnull", True)),
                            models.Q(("administration__isnull", True), ("liaison_office__isnull", False)),
                            _connector="OR",
                        ),
                        name="watch_entry_has_one_seat",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until__isnull", True), ("valid_until__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="watched_in_order",
                    ),
                ],
            },
            managers=[
                ("unguarded", django.db.models.manager.Manager()),
            ],
        ),
        wall(
            "cen_watchentry",
            read=f"{OWN_ADMINISTRATION} or {OWN_LIAISON_OFFICE} or {SYSTEM}",
            write=f"{OWN_ADMINISTRATION} or {OWN_LIAISON_OFFICE}",
        ),
    ]
