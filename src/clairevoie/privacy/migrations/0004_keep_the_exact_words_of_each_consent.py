"""Each consent names the version of the words agreed to, and the facts they came with.

Consents given before name neither: what was said then cannot be proved, so the gate has them
asked again. Tables are rebuilt on SQLite, which drops triggers: they are put back at the end.
"""

from typing import ClassVar

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from clairevoie.privacy import triggers


def protect(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    triggers.protect(editor.connection)


def unprotect(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    triggers.unprotect(editor.connection)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("privacy", "0003_keep_the_whole_register_of_incidents")]

    operations: ClassVar = [
        migrations.RunPython(unprotect, protect),
        migrations.CreateModel(
            name="ConsentText",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("activity", models.CharField(max_length=64, verbose_name="activité")),
                ("language", models.CharField(max_length=8, verbose_name="langue")),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                ("text", models.TextField(verbose_name="texte")),
                (
                    "text_hash",
                    models.CharField(max_length=64, verbose_name="empreinte du texte"),
                ),
                (
                    "fingerprint",
                    models.CharField(max_length=64, verbose_name="empreinte des faits"),
                ),
                ("facts", models.JSONField(verbose_name="faits")),
                (
                    "policy_version",
                    models.PositiveIntegerField(verbose_name="version de la notice"),
                ),
                (
                    "policy_hash",
                    models.CharField(max_length=64, verbose_name="empreinte de la politique"),
                ),
                ("published_at", models.DateTimeField(verbose_name="publié le")),
            ],
            options={
                "verbose_name": "texte de consentement",
                "verbose_name_plural": "textes de consentement",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("activity", "language", "number"), name="consent_text_numbered"
                    ),
                    models.UniqueConstraint(
                        fields=("activity", "language", "text_hash", "fingerprint"),
                        name="consent_text_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ConsentCoverage",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("activity", models.CharField(max_length=64)),
                ("present", models.CharField(max_length=64)),
                ("consented", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name": "portée d’un consentement",
                "verbose_name_plural": "portées des consentements",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("activity", "present", "consented"), name="consent_coverage_once"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="consent",
            name="fingerprint",
            field=models.CharField(
                default="",
                help_text="What the person was told.",
                max_length=64,
                verbose_name="empreinte des faits",
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="wording",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="privacy.consenttext",
            ),
        ),
        migrations.RunPython(protect, unprotect),
    ]
