"""One index answers what a person's last word is, however often they changed their mind."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("privacy", "0006_remember_numbers_of_merged_people")]

    operations: ClassVar = [
        migrations.RemoveIndex(model_name="consent", name="consent_gate"),
        migrations.RemoveIndex(model_name="objection", name="objection_gate"),
        migrations.AddIndex(
            model_name="consent",
            index=models.Index(fields=["activity", "subject", "id"], name="consent_last_word"),
        ),
        migrations.AddIndex(
            model_name="objection",
            index=models.Index(fields=["activity", "subject", "id"], name="objection_last_word"),
        ),
    ]
