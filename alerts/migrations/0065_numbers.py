"""Numbers every alert in one order for the whole network.

Alerts that exist get theirs in the order of their identifiers, which is the order in which the inbox shows
them; the count goes on from there.
"""

from __future__ import annotations

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import alerts.models.alert

_NUMBER = """
    create sequence alerts_alert_number as bigint;
    alter table alerts_alert add column number bigint;
    alter sequence alerts_alert_number owned by alerts_alert.number;
    select set_config('opencen.seat', 'system', true);
    update alerts_alert set number = placed.number
        from (select id, row_number() over (order by id) as number from alerts_alert) as placed
        where placed.id = alerts_alert.id;
    select setval('alerts_alert_number', coalesce(max(number), 0) + 1, false) from alerts_alert;
    select set_config('opencen.seat', '', true);
    alter table alerts_alert
        alter column number set default nextval('alerts_alert_number'),
        alter column number set not null,
        add constraint alerts_alert_number_key unique (number);
"""


class Migration(migrations.Migration):
    dependencies = [("alerts", "0062_walls_of_delivery")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(_NUMBER, reverse_sql="alter table alerts_alert drop column number")],
            state_operations=[
                migrations.AddField(
                    model_name="alert",
                    name="number",
                    field=models.BigIntegerField(
                        db_default=alerts.models.alert.NextNumber(), editable=False, unique=True
                    ),
                )
            ],
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(
                condition=models.Q(("administration__isnull", False)),
                fields=["administration", "number"],
                name="numbers_of_administration",
            ),
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(
                condition=models.Q(("liaison_office__isnull", False)),
                fields=["liaison_office", "number"],
                name="numbers_of_liaison_office",
            ),
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(
                condition=models.Q(("secretariat", True)), fields=["number"], name="numbers_of_secretariat"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="alert",
            trigger=pgtrigger.compiler.Trigger(
                name="numbered_in_order",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="PERFORM pg_advisory_xact_lock(216268802); RETURN NULL;",
                    hash="266d7442d307ad158303cde24aff0f63a03f0932",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_numbered_in_order_b7bec",
                    table="alerts_alert",
                    when="BEFORE",
                ),
            ),
        ),
    ]
