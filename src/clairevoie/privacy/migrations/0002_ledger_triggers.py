"""From here on the database itself refuses to change the ledger or to rewrite a choice."""

from typing import ClassVar

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from clairevoie.privacy import triggers


def protect(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    triggers.protect(editor.connection)


def unprotect(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    triggers.unprotect(editor.connection)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("privacy", "0001_initial")]
    operations: ClassVar = [migrations.RunPython(protect, unprotect)]
