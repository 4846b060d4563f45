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
        def by_pseudo(identifiers: Collection[str]) -> Mapping[str, int]:
            members = Member.objects.called(identifiers).values_list("pseudo", "pk")
            known = {str(pseudo).casefold(): number for pseudo, number in members}
            return {
                each: known[each.casefold()] for each in identifiers if each.casefold() in known
            }

        @messaging.languages_from
        def languages(people: Collection[int]) -> Mapping[int, str]:
            members = Member.objects.filter(pk__in=people)
            return dict(members.values_list("pk", "language"))
