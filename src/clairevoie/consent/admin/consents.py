"""The officer reads what was agreed to, and the words; nothing is given or withdrawn from here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from clairevoie import policy
from clairevoie.lib import calendar
from clairevoie.policy import Basis
from clairevoie.privacy import scope
from clairevoie.privacy.backoffice import ReadOnlyAdmin, Section
from clairevoie.privacy.models import Consent, ConsentText


def _title(code: str) -> str:
    """What people call an activity; its code once the policy no longer has it."""
    known = policy.current().activities.get(code)
    return known.title if known else code


class ActivityFilter(SimpleListFilter):
    """By activity: those of the policy, so that no table is read to know them."""

    title = gettext_lazy("activité")
    parameter_name = "activite"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        found = policy.current().activities.values()
        return [(a.code, a.title) for a in found if a.basis is Basis.CONSENT]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(activity=self.value()) if self.value() else queryset


@admin.register(Consent)
class ConsentRoom(ReadOnlyAdmin):
    """Each act, of a person known here by their public number."""

    room = "consentements"
    title = gettext_lazy("Consentements")
    introduction = gettext_lazy(
        "Chaque accord donné ou retiré, avec les mots exacts. Personne ne peut en donner ni en "
        "retirer d’ici\u00a0: cela revient à la personne, ou à un parent avant 15 ans."
    )
    empty = gettext_lazy("Personne n’a encore donné d’accord.")
    list_display = ("instant", "what", "act", "version", "source", "person")
    list_filter = (ActivityFilter,)
    list_select_related = ("wording", "subject")
    ordering = ("-id",)

    @display(description=gettext_lazy("instant"))
    def instant(self, record: Consent) -> str:
        return record.at.astimezone(calendar.PARIS).strftime("%d/%m/%Y %H:%M")

    @display(description=gettext_lazy("activité"))
    def what(self, record: Consent) -> str:
        return _title(record.activity)

    @display(description=gettext_lazy("geste"))
    def act(self, record: Consent) -> str:
        return _("accordé") if record.given else _("retiré")

    @display(description=gettext_lazy("texte"))
    def version(self, record: Consent) -> str:
        text = record.wording
        return f"{text.language} {text.number}" if text else "–"

    @display(description=gettext_lazy("personne"))
    def person(self, record: Consent) -> SafeString:
        return format_html("<code>{}</code>", str(record.subject.uuid)[:8])

    def name_of(self, record: Consent) -> str:
        return _("Consentement %(number)d") % {"number": record.pk}

    def sections(self, request: HttpRequest, record: Consent) -> Iterable[Section]:
        yield Section(
            title=_("Geste"),
            pairs=[
                (_("Instant"), record.at),
                (_("Activité"), _title(record.activity)),
                (_("Geste"), self.act(record)),
                (_("Où"), record.source),
                (_("Texte"), record.text),
                (_("Empreinte du texte"), record.text_hash),
                (_("Empreinte des faits"), record.fingerprint),
                (_("Empreinte de la politique"), record.policy_hash),
                (_("Personne"), record.subject.uuid),
            ],
        )


@admin.register(ConsentText)
class ConsentTextRoom(ReadOnlyAdmin):
    """Every version of the words, and whether the present facts go beyond them."""

    room = "textes-de-consentement"
    title = gettext_lazy("Textes de consentement")
    introduction = gettext_lazy(
        "Les mots que les personnes acceptent, version par version, avec ce que disait la "
        "politique. La base refuse de les changer. Un accord donné à un texte dépassé ne couvre "
        "plus rien\u00a0: il est redemandé."
    )
    empty = gettext_lazy("Aucun texte n’a encore été publié.")
    list_display = ("what", "language", "number", "published", "good")
    list_filter = (ActivityFilter,)
    ordering = ("activity", "language", "-number")

    @display(description=gettext_lazy("activité"))
    def what(self, record: ConsentText) -> str:
        return _title(record.activity)

    @display(description=gettext_lazy("publié le"))
    def published(self, record: ConsentText) -> str:
        return record.published_at.astimezone(calendar.PARIS).strftime("%d/%m/%Y")

    @display(description=gettext_lazy("portée"))
    def good(self, record: ConsentText) -> str:
        activity = policy.current().activities.get(record.activity)
        if activity is None:
            return _("activité disparue")
        same = record.fingerprint in activity.covered_by
        covers = same or scope.covers(record.facts, scope.facts_of(activity))
        return _("couvre le présent") if covers else _("dépassé")

    def name_of(self, record: ConsentText) -> str:
        return f"{_title(record.activity)}, {record.language} {record.number}"

    def sections(self, request: HttpRequest, record: ConsentText) -> Iterable[Section]:
        facts = record.facts
        yield Section(
            title=_("Texte"),
            pairs=[
                (_("Texte"), record.text),
                (_("Publié le"), record.published_at),
                (_("Portée"), self.good(record)),
                (_("Version de la notice"), record.policy_version),
                (_("Empreinte du texte"), record.text_hash),
                (_("Empreinte des faits"), record.fingerprint),
                (_("Empreinte de la politique"), record.policy_hash),
            ],
        )
        yield Section(
            title=_("Ce qui était dit avec"),
            pairs=[
                (_("Responsable"), facts["controller"]),
                (_("Finalités"), " ; ".join(facts["purposes"])),
                (_("Données"), " ; ".join(facts["data"])),
                (_("Destinataires"), " ; ".join(r["name"] for r in facts["recipients"])),
                (_("Pays"), ", ".join(facts["countries"])),
                (_("Durées"), " ; ".join(rule["words"] for rule in facts["retention"])),
            ],
        )
