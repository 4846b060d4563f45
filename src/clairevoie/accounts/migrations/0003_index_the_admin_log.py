"""Rows of Django's own admin log leave after twelve months: the engine looks for them by date."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("accounts", "0002_name_columns_in_french"),
        ("admin", "0003_logentry_add_action_flag_choices"),
    ]
    operations: ClassVar = [
        migrations.RunSQL(
            "CREATE INDEX adminlog_clock ON django_admin_log (action_time, id)",
            "DROP INDEX adminlog_clock",
        )
    ]
