"""Where most people stumble: figures of ten or more, written anew each night."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("learning", "0041_read_when_people_answered"),
    ]

    operations = [
        migrations.CreateModel(
            name="Difficulty",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("people", models.PositiveIntegerField(verbose_name="personnes")),
                (
                    "missed_percent",
                    models.PositiveSmallIntegerField(verbose_name="manqué au premier essai, en %"),
                ),
                ("computed_on", models.DateField(verbose_name="calculé le")),
                (
                    "exercise",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="difficulty",
                        to="learning.exercise",
                    ),
                ),
            ],
            options={
                "verbose_name": "difficulté d’un exercice",
                "verbose_name_plural": "difficultés des exercices",
                "indexes": [
                    models.Index(fields=["-missed_percent", "exercise"], name="difficulty_hardest")
                ],
            },
        ),
    ]
