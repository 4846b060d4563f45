"""Where « Mon compte » leads. Apps below give the pages; the order of the list is ours."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

ACCOUNT: tuple[tuple[str, str, Lazy], ...] = (
    ("overview", "accounts:overview", _("Vue d’ensemble")),
    ("trainings", "learning:mine", _("Mes formations")),
    ("credentials", "credentials:mine", _("Mes certificats")),
    ("profile", "accounts:profile", _("Profil")),
    ("security", "accounts:security", _("Connexion et sécurité")),
    ("notifications", "accounts:notifications", _("Préférences de messages")),
    ("newsletter", "newsletter:mine", _("Lettre d’information")),
    ("ratings", "learning:ratings", _("Mes notes")),
    ("consents", "accounts:consents", _("Consentements")),
    ("data", "accounts:data", _("Mes données")),
    ("kept", "accounts:kept", _("Ce que nous gardons")),
    ("close", "accounts:close", _("Fermer mon compte")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One link of the side navigation."""

    code: str
    label: Lazy
    address: str
    current: bool


def account_entries(*, current: str) -> list[Entry]:
    """The entries whose page exists; ``current`` is the code of the page being read."""
    entries: list[Entry] = []
    for code, name, label in ACCOUNT:
        try:
            address = reverse(name)
        except NoReverseMatch:
            continue
        entries.append(Entry(code=code, label=label, address=address, current=code == current))
    return entries
