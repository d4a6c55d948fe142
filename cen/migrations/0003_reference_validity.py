from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cen", "0002_walls")]

    operations = [
        migrations.RemoveConstraint("place", "place_once"),
        migrations.RemoveIndex("place", "place_locode"),
        migrations.RemoveIndex("place", "place_name_trgm"),
        migrations.AddField("hsheading", "valid_to", models.DateField(blank=True, null=True)),
        migrations.AddField(
            "place", "name_plain", models.CharField(default="", max_length=150), preserve_default=False
        ),
        migrations.AddField(
            "place", "subdivision", models.CharField(blank=True, default="", max_length=3), preserve_default=False
        ),
        migrations.AddField("place", "valid_to", models.DateField(blank=True, null=True)),
        migrations.AddIndex(
            "place", GinIndex(fields=["name_plain"], name="place_name_trgm", opclasses=["gin_trgm_ops"])
        ),
        migrations.AddConstraint(
            "place",
            models.UniqueConstraint(
                condition=models.Q(("locode", ""), _negated=True), fields=("locode",), name="place_once_a_locode"
            ),
        ),
        migrations.AddConstraint(
            "place",
            models.UniqueConstraint(condition=models.Q(("locode", "")), fields=("iata",), name="airport_once_an_iata"),
        ),
    ]
