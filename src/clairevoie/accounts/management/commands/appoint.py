"""``clairevoie appoint IDENTIFIER ROLE``: how the first administrator of an instance is made."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clairevoie import privacy
from clairevoie.accounts.actions.appointing import appoint
from clairevoie.accounts.actions.leaving import LastAdministrator
from clairevoie.accounts.models import Member, Role
from clairevoie.lib import calendar
from clairevoie.lib.speech import sentence


class Command(BaseCommand):
    help = "Give a member a role: " + ", ".join(Role.values)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("identifier", help="e-mail, phone, pseudo or UUID")
        parser.add_argument("role", choices=Role.values)

    def handle(self, *args: object, **options: Any) -> None:
        subject = privacy.find(options["identifier"])
        member = Member.objects.filter(subject=subject).first() if subject else None
        if member is None:
            raise CommandError("Nobody with an account answers to this identifier.")
        try:
            appoint(member=member, role=Role(options["role"]), author=None, at=calendar.now())
        except LastAdministrator as refusal:
            raise CommandError(sentence(refusal)) from refusal
        self.stderr.write(f"{member.subject.uuid}: {options['role']}.")
