"""The proof of a consent outlives its person by five years, and the database lets nobody rewrite it."""

from typing import ClassVar

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from clairevoie.privacy import triggers


def protect(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    triggers.protect(editor.connection)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("privacy", "0007_find_the_last_word_by_index")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="ConsentProof",
            fields=[
                (
                    "record",
                    models.BigIntegerField(
                        primary_key=True, serialize=False, verbose_name="enregistrement"
                    ),
                ),
                (
                    "person",
                    models.UUIDField(db_index=True, verbose_name="ancien numéro public"),
                ),
                ("activity", models.CharField(max_length=64, verbose_name="activité")),
                (
                    "text_hash",
                    models.CharField(max_length=64, verbose_name="empreinte du texte"),
                ),
                (
                    "fingerprint",
                    models.CharField(max_length=64, verbose_name="empreinte des faits"),
                ),
                ("given_at", models.DateTimeField(db_index=True, verbose_name="donné le")),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="retiré le")),
                ("ended_on", models.DateField(verbose_name="fini le")),
            ],
            options={
                "verbose_name": "preuve de consentement",
                "verbose_name_plural": "preuves de consentement",
                "indexes": [
                    models.Index(fields=["ended_on", "record"], name="consent_proof_clock")
                ],
            },
        ),
        migrations.AddIndex(
            model_name="consent",
            index=models.Index(fields=["activity", "id"], name="consent_by_activity"),
        ),
        migrations.RunPython(protect, migrations.RunPython.noop),
    ]
