from collections.abc import Collection, Mapping

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Tells the apps below what only accounts know: pseudos and languages."""

    name = "clairevoie.accounts"
    verbose_name = _("Comptes")

    def ready(self) -> None:
        from clairevoie import messaging, privacy  # needs the models
        from clairevoie.accounts.models import Member

        @privacy.known_by
        def by_pseudo(identifier: str) -> int | None:
            members = Member.objects.filter(pseudo__iexact=identifier)
            return members.values_list("pk", flat=True).first()

        @messaging.languages_from
        def languages(people: Collection[int]) -> Mapping[int, str]:
            members = Member.objects.filter(pk__in=people)
            return dict(members.values_list("pk", "language"))
