"""A queue read by desk, and one decision a project handed in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("learning", "0002_people_follow_parcours"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="submission",
            name="submission_queue",
        ),
        migrations.AddField(
            model_name="submission",
            name="desk",
            field=models.CharField(
                default="", editable=False, max_length=101, verbose_name="remis à"
            ),
        ),
        migrations.AddIndex(
            model_name="submission",
            index=models.Index(
                condition=models.Q(("decided_at__isnull", True)),
                fields=["desk", "submitted_at", "id"],
                name="submission_waiting_at",
            ),
        ),
        migrations.AddIndex(
            model_name="submission",
            index=models.Index(
                condition=models.Q(("decided_at__isnull", False)),
                fields=["desk", "decided_at", "id"],
                name="submission_decided_at",
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.UniqueConstraint(
                condition=models.Q(("verdict__in", ["accept", "rework"])),
                fields=("submission",),
                name="correction_decides_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.UniqueConstraint(
                condition=models.Q(("verdict", "second")),
                fields=("submission",),
                name="correction_second_once",
            ),
        ),
    ]
