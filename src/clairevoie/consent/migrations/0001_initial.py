"""Each choice of cookies with the words it was made upon; the database refuses to rewrite them."""

import uuid
from typing import ClassVar

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from clairevoie.privacy import triggers


def protect(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    triggers.protect(editor.connection)


def unprotect(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    triggers.unprotect(editor.connection)


class Migration(migrations.Migration):
    initial = True
    dependencies: ClassVar = [("privacy", "0004_keep_the_exact_words_of_each_consent")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="ShownText",
            fields=[
                (
                    "sha256",
                    models.CharField(
                        max_length=64, primary_key=True, serialize=False, verbose_name="empreinte"
                    ),
                ),
                ("language", models.CharField(max_length=5, verbose_name="langue")),
                ("text", models.TextField(verbose_name="texte")),
                ("first_shown_on", models.DateField(verbose_name="montré depuis le")),
            ],
            options={
                "verbose_name": "texte montré",
                "verbose_name_plural": "textes montrés",
                "ordering": ["-first_shown_on"],
            },
        ),
        migrations.CreateModel(
            name="TrackerChoice",
            fields=[
                (
                    "number",
                    models.UUIDField(
                        default=uuid.uuid4,
                        primary_key=True,
                        serialize=False,
                        verbose_name="numéro",
                    ),
                ),
                ("chosen_at", models.DateTimeField(verbose_name="le")),
                ("chosen_on", models.DateField(db_index=True, verbose_name="date du choix")),
                (
                    "surface",
                    models.CharField(
                        choices=[
                            ("banner", "bandeau"),
                            ("preferences", "page des cookies"),
                            ("embed", "contenu d’un tiers"),
                        ],
                        max_length=12,
                        verbose_name="où",
                    ),
                ),
                (
                    "accepted",
                    models.CharField(blank=True, max_length=1000, verbose_name="accepté"),
                ),
                ("refused", models.CharField(blank=True, max_length=1000, verbose_name="refusé")),
                (
                    "withdrawn",
                    models.CharField(blank=True, max_length=1000, verbose_name="retiré"),
                ),
                ("replaces", models.UUIDField(null=True, verbose_name="remplace")),
                ("gpc", models.BooleanField(default=False, verbose_name="signal GPC")),
                ("text_hash", models.CharField(max_length=64, verbose_name="texte montré")),
                ("policy_hash", models.CharField(max_length=64, verbose_name="politique")),
            ],
            options={
                "verbose_name": "choix de cookies",
                "verbose_name_plural": "choix de cookies",
                "ordering": ["-chosen_at"],
            },
        ),
        migrations.RunPython(protect, unprotect),
    ]
