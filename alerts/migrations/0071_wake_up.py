"""Wakes whoever listens, once a commit that brought alerts: the live streams look then."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("alerts", "0070_periodic_tasks")]

    operations = [
        migrations.RunSQL(
            sql="""
            create function alerts_wake_up() returns trigger language plpgsql as $$
            begin
                perform pg_notify('opencen_alerts', '');
                return null;
            end $$;
            create trigger wakes_up after insert on alerts_alert
                for each statement execute function alerts_wake_up();
            """,
            reverse_sql="drop trigger wakes_up on alerts_alert; drop function alerts_wake_up();",
        )
    ]
