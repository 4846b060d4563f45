"""The ``clairevoie`` command: any Django command, ours included."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run one command; Django's own names remain available (``clairevoie migrate``)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clairevoie.config.settings")
    execute_from_command_line(["clairevoie", *sys.argv[1:]])
