"""A trainer's lists, each one range of one index; and the exercise that resists a learner."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("learning", "0050_count_ratings_in_steps"),
    ]

    operations = [
        migrations.AddField(
            model_name="enrolment",
            name="stuck_on",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=80,
                verbose_name="exercice qui résiste",
            ),
        ),
        migrations.AddField(
            model_name="enrolment",
            name="stuck_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="depuis le"),
        ),
        migrations.AddIndex(
            model_name="enrolment",
            index=models.Index(
                condition=models.Q(("finished_at__isnull", True), ("left_at__isnull", True)),
                fields=["cohort", "last_at", "id"],
                name="enrolment_under_way",
            ),
        ),
        migrations.AddIndex(
            model_name="enrolment",
            index=models.Index(
                condition=models.Q(
                    ("finished_at__isnull", True),
                    ("left_at__isnull", True),
                    ("stuck_at__isnull", False),
                ),
                fields=["cohort", "last_at", "id"],
                name="enrolment_stuck",
            ),
        ),
        migrations.AddIndex(
            model_name="enrolment",
            index=models.Index(
                condition=models.Q(("finished_at__isnull", False), ("left_at__isnull", True)),
                fields=["cohort", "finished_at", "id"],
                name="enrolment_finished",
            ),
        ),
    ]
