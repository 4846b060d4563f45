"""The weeks in which somebody answered, read from an index alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("learning", "0020_packages_of_other_tools"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(fields=["subject", "attempted_at"], name="attempt_when"),
        ),
    ]
