"""A version of all subscriptions, raised by each change in its own transaction."""

import django.db.models.manager
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from accounts.access.row_security import SOMEBODY, wall

_RAISE = """
    UPDATE alerts_subscriptionversion SET version = nextval('alerts_subscription_version');
    IF NOT FOUND THEN RAISE EXCEPTION 'subscriptions change only in an identity'; END IF;
    RETURN NULL;
"""
_EMPTIED = _RAISE.replace(
    "_version');",
    "_version'), emptied = currval('alerts_subscription_version');",
)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0051_sealed_scope"),
        ("alerts", "0065_numbers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SubscriptionVersion",
            fields=[
                ("one", models.BooleanField(default=True, primary_key=True, serialize=False)),
                ("version", models.BigIntegerField()),
                ("emptied", models.BigIntegerField()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unguarded",
                "default_manager_name": "unguarded",
            },
            managers=[
                ("unguarded", django.db.models.manager.Manager()),
            ],
        ),
        migrations.RunSQL(
            """
            create sequence alerts_subscription_version as bigint;
            insert into alerts_subscriptionversion (one, version, emptied)
                values (true, nextval('alerts_subscription_version'), 0);
            """,
            reverse_sql="drop sequence alerts_subscription_version",
        ),
        # A count says nothing; whoever may change a subscription raises it.
        wall("alerts_subscriptionversion", read=SOMEBODY, write=SOMEBODY),
        migrations.AddField(
            model_name="subscription",
            name="version",
            field=models.BigIntegerField(default=0, editable=False),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(fields=["version"], name="subscription_changed"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="subscription",
            trigger=pgtrigger.compiler.Trigger(
                name="raises_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func=_RAISE,
                    hash="378cc243654810f17ed99c4a3d4f061e30e7608f",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_raises_version_36f64",
                    table="alerts_subscription",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="subscription",
            trigger=pgtrigger.compiler.Trigger(
                name="takes_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="SELECT version INTO NEW.version FROM alerts_subscriptionversion; RETURN NEW;",
                    hash="e0ae904bcb3899fb8a53c07b9d4accfd2931ac65",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_takes_version_4dcd3",
                    table="alerts_subscription",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="subscription",
            trigger=pgtrigger.compiler.Trigger(
                name="tells_deletion",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func=_EMPTIED,
                    hash="9215ebf230c635801c0f1bc8a4a4ab4189882b99",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_tells_deletion_08f69",
                    table="alerts_subscription",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="subscriptionversion",
            constraint=models.CheckConstraint(condition=models.Q(("one", True)), name="one_version"),
        ),
    ]
