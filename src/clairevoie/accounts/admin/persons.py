"""The room of persons: who is here, in which state, and what may be done about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from unfold.decorators import display

from clairevoie import privacy
from clairevoie.accounts.admin import deeds
from clairevoie.accounts.models import Member, Session
from clairevoie.accounts.roles import Category, Role, State, readable
from clairevoie.lib import calendar
from clairevoie.lib.contact import NotAContact, normalise
from clairevoie.privacy.backoffice import Deed, ReadOnlyAdmin, Section, day
from clairevoie.privacy.models import (
    ContactPoint,
    DataSubject,
    ExpiryNotice,
    LegalHold,
    Restriction,
    Suspension,
)


def state_of(subject: DataSubject) -> State:
    """The strictest state decides what staff may read."""
    if subject.restricted:
        return State.RESTRICTED
    return State.DORMANT if subject.dormant_since else State.ACTIVE


def may_read(request: HttpRequest, subject: DataSubject, category: Category) -> bool:
    """Role × category × state (P-003); a phone number also needs a purpose (P-020)."""
    role: str = request.user.role  # type: ignore[union-attr]
    if category in readable(role, state_of(subject)):
        return True
    return (
        category is Category.PHONE
        and role == Role.ADVISOR
        and state_of(subject) is State.ACTIVE
        and privacy.may(subject, "qualification-calls").allowed
    )


def name_of(subject: DataSubject) -> str:
    """Names as given, else the pseudo, else the number; nothing about a locked person."""
    if subject.restricted:
        return _("Données verrouillées")
    member: Member | None = getattr(subject, "member", None)
    if member is None:
        return _("Personne sans compte")
    return member.full_name or member.pseudo or str(subject.uuid)


def states_shown(subject: DataSubject) -> list[tuple[str, str]]:
    """The tags of a person: (tone, words)."""
    tags = [
        (subject.restricted, "danger", _("verrouillée")),
        (subject.held, "warning", _("gel légal")),
        (subject.suspended_on, "danger", _("suspendue")),
        (subject.closed_on, "muted", _("compte fermé")),
        (subject.dormant_since, "muted", _("dormante")),
    ]
    found = [(tone, words) for present, tone, words in tags if present]
    if not hasattr(subject, "member"):
        found.append(("info", _("sans compte")))
    return found or [("success", pgettext("personne", "active"))]


class StateFilter(SimpleListFilter):
    """Persons by state; a locked person is counted nowhere else (GDPR art. 18)."""

    title = gettext_lazy("état")
    parameter_name = "etat"
    QUESTIONS: ClassVar[dict[str, tuple[Any, Q]]] = {
        "active": (
            gettext_lazy("active"),
            Q(
                member__isnull=False,
                dormant_since=None,
                suspended_on=None,
                closed_on=None,
                restricted=False,
            ),
        ),
        "dormante": (gettext_lazy("dormante"), Q(dormant_since__isnull=False, restricted=False)),
        "suspendue": (gettext_lazy("suspendue"), Q(suspended_on__isnull=False, restricted=False)),
        "verrouillee": (gettext_lazy("verrouillée"), Q(restricted=True)),
        "gelee": (gettext_lazy("gel légal"), Q(held=True)),
        "fermee": (gettext_lazy("compte fermé"), Q(closed_on__isnull=False)),
        "sans-compte": (gettext_lazy("sans compte"), Q(member__isnull=True)),
        "prevenue": (
            gettext_lazy("prévenue d’une échéance"),
            Q(Exists(ExpiryNotice.objects.filter(subject=OuterRef("pk")))),
        ),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(slug, words) for slug, (words, _question) in self.QUESTIONS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.QUESTIONS.get(self.value() or "")
        return queryset.filter(chosen[1]) if chosen else queryset


class RoleFilter(SimpleListFilter):
    """Persons with an account, by role."""

    title = gettext_lazy("rôle")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Role.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        role = self.value()
        return queryset.filter(member__role=role, restricted=False) if role else queryset


@admin.register(DataSubject)
class PersonRoom(ReadOnlyAdmin):
    """Persons, with or without an account."""

    room = "personnes"
    title = gettext_lazy("Personnes")
    key = "uuid"
    page_template = "gestion/person.html"
    introduction = gettext_lazy(
        "Chaque consultation d’une fiche est inscrite au journal, avec votre numéro et le sien."
    )
    empty = gettext_lazy("Personne ne correspond à cette recherche.")
    list_display = ("person", "tags", "role", "used", "wrote")
    list_filter = (StateFilter, RoleFilter)
    search_fields = ("uuid",)
    search_help_text = gettext_lazy("Nom, pseudo, e-mail, téléphone ou numéro")
    ordering = ("-id",)
    deeds: ClassVar[Sequence[Deed]] = deeds.ON_A_PERSON

    # --- The list -----------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[DataSubject]:
        present = DataSubject.objects.filter(erased_on=None).select_related("member")
        sees_locked: bool = request.user.has_perm("privacy.release")
        return present if sees_locked else present.filter(restricted=False)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """An identifier finds one person; words find the beginnings of names.

        A phone number finds nobody for a role that may not read numbers (P-020).
        """
        term = search_term.strip()
        if not term:
            return queryset, False
        if _is_phone(term) and not self._reads_phones(request):
            return queryset.none(), False
        if (found := privacy.find(term)) is not None:
            return queryset.filter(pk=found.pk), False
        usable = queryset.filter(restricted=False)
        for word in term.split():
            usable = usable.filter(
                Q(member__last_name__istartswith=word)
                | Q(member__first_names__istartswith=word)
                | Q(member__pseudo__istartswith=word)
            )
        return usable, False

    def _reads_phones(self, request: HttpRequest) -> bool:
        role: str = request.user.role  # type: ignore[union-attr]
        return Category.PHONE in readable(role, State.ACTIVE)

    @display(description=gettext_lazy("personne"))
    def person(self, subject: DataSubject) -> SafeString:
        member: Member | None = getattr(subject, "member", None)
        below = ""
        if member is not None and not subject.restricted:
            below = member.email or (f"@{member.pseudo}" if member.pseudo else "")
        return format_html(
            '<span class="g-person"><b>{}</b><small>{}</small></span>',
            name_of(subject),
            below or str(subject.uuid)[:8],
        )

    @display(description=gettext_lazy("état"))
    def tags(self, subject: DataSubject) -> SafeString:
        return mark_safe(  # noqa: S308  # each tag is escaped by format_html
            " ".join(
                format_html('<span class="g-tag g-tag--{}">{}</span>', tone, words)
                for tone, words in states_shown(subject)
            )
        )

    @display(description=gettext_lazy("rôle"), empty_value="–")
    def role(self, subject: DataSubject) -> str | None:
        member: Member | None = getattr(subject, "member", None)
        return str(member.get_role_display()) if member and not subject.restricted else None

    @display(description=gettext_lazy("dernière utilisation"), ordering="last_use")
    def used(self, subject: DataSubject) -> SafeString | None:
        return day(subject.last_use)

    @display(description=gettext_lazy("dernier contact"), ordering="last_contact")
    def wrote(self, subject: DataSubject) -> SafeString | None:
        return day(subject.last_contact)

    # --- The page -----------------------------------------------------------------------------

    def name_of(self, record: DataSubject) -> str:
        return name_of(record)

    def subject_of(self, record: DataSubject) -> UUID | None:
        return record.uuid

    def context_of(self, request: HttpRequest, record: DataSubject) -> dict[str, Any]:
        return {"state": state_of(record), "tags": states_shown(record)}

    def sections(self, request: HttpRequest, record: DataSubject) -> Iterable[Section]:
        """What this role may read about a person in this state, block by block."""
        if record.restricted:
            return
        yield from self._identity(request, record)
        if may_read(request, record, Category.CLOCKS):
            yield _clocks(record)
            yield _kept(record)
        if may_read(request, record, Category.SECURITY):
            yield _sessions(record)
        if request.user.has_perm("privacy.view_suspension"):
            yield _safeguards(record)

    def _identity(self, request: HttpRequest, record: DataSubject) -> Iterable[Section]:
        member: Member | None = getattr(record, "member", None)
        pairs: list[tuple[Any, Any]] = []
        if member is not None:
            pairs += [
                (_("Nom"), member.last_name),
                (_("Prénoms"), member.first_names),
                (_("Pseudo"), member.pseudo),
            ]
        pairs.append((_("E-mail"), _contact(record, ContactPoint.Kind.EMAIL)))
        if may_read(request, record, Category.PHONE):
            pairs.append((_("Téléphone"), _contact(record, ContactPoint.Kind.PHONE)))
        if member is not None and may_read(request, record, Category.PROFILE):
            town = f"{member.postcode} {member.town}".strip()
            pairs += [
                (_("Adresse postale"), ", ".join(p for p in (member.street, town) if p)),
                (_("Rôle"), member.get_role_display()),
                (_("Langue"), member.language),
            ]
        yield Section(title=_("Identité"), pairs=pairs)


def _is_phone(term: str) -> bool:
    try:
        normalise(ContactPoint.Kind.PHONE, term)
    except NotAContact:
        return False
    return True


def _contact(subject: DataSubject, kind: str) -> str:
    points = [p for p in subject.contact_points.all() if p.kind == kind]
    return ", ".join(
        p.raw if p.verified_on else _("%(raw)s (non vérifié)") % {"raw": p.raw} for p in points
    )


def _clocks(subject: DataSubject) -> Section:
    days = (
        (_("Dernière utilisation"), subject.last_use),
        (_("Dernier contact de sa part"), subject.last_contact),
        (_("Dormante depuis"), subject.dormant_since),
        (_("Suspendue le"), subject.suspended_on),
        (_("Compte fermé le"), subject.closed_on),
    )
    return Section(title=_("Horloges"), pairs=[(label, day) for label, day in days if day])


def _kept(subject: DataSubject) -> Section:
    return Section(
        title=_("Ce qui est conservé, et jusqu’à quand"),
        columns=(_("Données"), _("Lignes"), _("Dernier jour"), _("Pourquoi")),
        rows=[
            (kept.title, kept.rows, kept.last_day, kept.because)
            for kept in privacy.kept_until(subject, on=calendar.today())
        ],
        empty=_("Rien n’est conservé au sujet de cette personne."),
    )


def _sessions(subject: DataSubject) -> Section:
    rows = Session.objects.filter(subject=subject, expire_date__gt=calendar.now())
    return Section(
        title=_("Sessions ouvertes"),
        columns=(_("Depuis"), _("Terminal"), _("Adresse IP")),
        rows=[(s.started_at, s.user_agent, s.ip) for s in rows.order_by("-expire_date")[:20]],
        empty=_("Aucune session ouverte."),
    )


def _safeguards(subject: DataSubject) -> Section:
    suspensions = Suspension.including_restricted.filter(subject=subject)
    restrictions = Restriction.including_restricted.filter(subject=subject)
    holds = LegalHold.including_restricted.filter(subject=subject)
    rows = [
        *((_("Suspension"), m.suspended_on, m.lifted_on, m.reason) for m in suspensions),
        *((_("Verrouillage"), m.since, m.lifted_on, m.get_ground_display()) for m in restrictions),
        *((_("Gel légal"), m.since, m.released_on or m.until, m.reason) for m in holds),
    ]
    return Section(
        title=_("Mesures"),
        columns=(_("Mesure"), _("Depuis le"), _("Fin"), _("Motif")),
        rows=sorted(rows, key=lambda row: row[1], reverse=True),
        empty=_("Ni suspension, ni verrouillage, ni gel."),
    )
