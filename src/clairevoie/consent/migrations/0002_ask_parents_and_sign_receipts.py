"""Parents answer for children; the public keys of receipts are frozen by the database."""

import uuid
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
    dependencies: ClassVar = [
        ("consent", "0001_initial"),
        ("privacy", "0004_keep_the_exact_words_of_each_consent"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="ReceiptKey",
            fields=[
                (
                    "thumbprint",
                    models.CharField(
                        max_length=43,
                        primary_key=True,
                        serialize=False,
                        verbose_name="empreinte",
                    ),
                ),
                ("public", models.CharField(max_length=43, verbose_name="clé publique")),
                ("since", models.DateTimeField(verbose_name="depuis")),
            ],
            options={
                "verbose_name": "clé des reçus",
                "verbose_name_plural": "clés des reçus",
                "ordering": ["-since"],
            },
        ),
        migrations.CreateModel(
            name="ParentalConsent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("activity", models.CharField(max_length=64, verbose_name="activité")),
                ("source", models.CharField(max_length=48, verbose_name="où")),
                (
                    "parent_email",
                    models.CharField(
                        blank=True, max_length=254, verbose_name="adresse d’un parent"
                    ),
                ),
                ("parent_proof", models.CharField(blank=True, max_length=64)),
                ("asked_on", models.DateField(verbose_name="demandé le")),
                (
                    "waiting_since",
                    models.DateField(blank=True, null=True, verbose_name="en attente depuis"),
                ),
                (
                    "confirmed_on",
                    models.DateField(blank=True, null=True, verbose_name="confirmé le"),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="privacy.datasubject",
                    ),
                ),
                (
                    "wording",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="privacy.consenttext",
                    ),
                ),
            ],
            options={
                "verbose_name": "accord d’un parent",
                "verbose_name_plural": "accords de parents",
                "abstract": False,
                "base_manager_name": "including_restricted",
                "indexes": [
                    models.Index(fields=["subject", "id"], name="parentalconsent_whose"),
                    models.Index(fields=["waiting_since", "id"], name="parental_consent_clock"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("subject", "activity"), name="parental_consent_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("waiting_since", None),
                            models.Q(("parent_email", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="parental_consent_waits_for_somebody",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("including_restricted", django.db.models.manager.Manager()),
            ],
        ),
        migrations.RunPython(protect, unprotect),
    ]
