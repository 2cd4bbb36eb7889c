"""Decisions without an outcome; how many a departure leaves with nothing, and no longer of which kinds (ADR 49)."""

from typing import Any

from django.db import migrations, models


def keep_the_count_of_all(apps: Any, schema_editor: Any) -> None:
    Decision = apps.get_model("choice", "Decision")
    for decision in Decision.objects.filter(verdict="depart"):
        decision.left_with_nothing_count = decision.left_with_nothing.get("", 0)
        decision.save(update_fields=["left_with_nothing_count"])


def let_go_of_kinds(apps: Any, schema_editor: Any) -> None:
    apps.get_model("choice", "Support").objects.filter(name__startswith="kind ").delete()


class Migration(migrations.Migration):
    dependencies = [("choice", "0001_initial"), ("record", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(model_name="decision", name="departing_needs_a_reason"),
        migrations.AddField(
            model_name="decision",
            name="left_with_nothing_count",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="decision",
            name="verdict",
            field=models.CharField(
                choices=[
                    ("confirm", "confirmed"),
                    ("depart", "departed from"),
                    ("alone", "decided without an outcome"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("verdict", "confirm"),
                    models.Q(("verdict__in", ["depart", "alone"]), models.Q(("reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="departing_needs_a_reason",
                violation_error_message="To depart from the outcome needs a reason that everybody can read.",
            ),
        ),
        migrations.RunPython(keep_the_count_of_all, migrations.RunPython.noop),
        migrations.RunPython(let_go_of_kinds, migrations.RunPython.noop),
        migrations.RemoveField(model_name="decision", name="left_with_nothing"),
    ]
