import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Places are of the conversation; they come back with the next map."""

    dependencies = [
        ("opinions", "0001_initial"),
        ("record", "0001_initial"),
    ]

    operations = [
        migrations.AddField("conversation", "columns_mark", models.CharField(blank=True, default="", max_length=60)),
        migrations.AddField("mapsnapshot", "is_complete", models.BooleanField(default=True)),
        migrations.DeleteModel("MapPlace"),
        migrations.CreateModel(
            name="MapPlace",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("x", models.FloatField()),
                ("y", models.FloatField()),
                ("group", models.SmallIntegerField()),
                (
                    "conversation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="places",
                        to="opinions.conversation",
                    ),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="record.actor"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("conversation", "actor"), name="one_place_each"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Unread",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_gone", models.BooleanField(default=False)),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="unread",
                        to="opinions.conversation",
                    ),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="record.actor",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("is_gone", True)), fields=["is_gone"], name="unread_is_gone"),
                ],
            },
        ),
    ]
