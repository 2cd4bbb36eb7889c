"""What the latest map knows of its statements, and the reasons of a choice that rest on it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("opinions", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="MapKnowledge",
            fields=[
                (
                    "conversation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="knowledge",
                        serialize=False,
                        to="opinions.conversation",
                    ),
                ),
                ("statements", models.JSONField()),
                ("data", models.BinaryField()),
                ("digest", models.CharField(max_length=64)),
            ],
        ),
        migrations.AlterField(
            model_name="view",
            name="why",
            field=models.CharField(
                choices=[
                    ("fewest_views", "It has been shown to the fewest so far."),
                    ("lot", "Several had been shown equally often; this one was drawn by lot."),
                    ("new", "It is new, and hardly anybody has seen it. New statements get their turn, too."),
                    ("random", "It was drawn by lot. One in ten is, so that the figures stay honest."),
                    (
                        "tells_most",
                        "Going by what you have answered so far, this one tells the most about where you stand.",
                    ),
                    ("chosen", "You opened it yourself."),
                ],
                max_length=20,
            ),
        ),
    ]
