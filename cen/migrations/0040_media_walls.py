"""Goods and media walls: a category without images, the index of files that versions name, a wider method."""

# ruff: noqa: E501

import django.contrib.postgres.indexes
import django.db.models.fields.json
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("cen", "0031_kept"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="goods",
            name="canonical_method",
            field=models.CharField(blank=True, max_length=250),
        ),
        migrations.AddIndex(
            model_name="media",
            index=models.Index(fields=["sha256"], name="media_by_content"),
        ),
        migrations.AddIndex(
            model_name="releasedcase",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.fields.json.KeyTransform("media", "body"), name="jsonb_path_ops"
                ),
                name="released_media",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="goods",
            trigger=pgtrigger.compiler.Trigger(
                name="no_such_goods_beside_media",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.\"category\" = 'OBS')",
                    func="\n                    if exists (select 1 from cen_media where case_id = new.case_id) then\n                        raise exception 'goods of this category accept no media' using errcode = 'check_violation';\n                    end if;\n                    return new;\n                ",
                    hash="a977d0ef8fb881da3c86917bac035133f3f2915e",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_no_such_goods_beside_media_b385b",
                    table="cen_goods",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="media",
            trigger=pgtrigger.compiler.Trigger(
                name="none_beside_such_goods",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    if exists (\n                        select 1 from cen_goods where case_id = new.case_id and category = 'OBS'\n                    ) then\n                        raise exception 'goods of this category accept no media' using errcode = 'check_violation';\n                    end if;\n                    return new;\n                ",
                    hash="d29dccb8e08c49e040a0438064c60c3396f85fad",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_none_beside_such_goods_fe8a3",
                    table="cen_media",
                    when="BEFORE",
                ),
            ),
        ),
    ]
