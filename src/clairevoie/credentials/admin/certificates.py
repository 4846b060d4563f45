"""Find a document by its number or by the name printed on it; hand it out, make it again, revoke.

After five years a record is in the intermediate archive: its page says only that it exists, and
whoever keeps the archive reads it by saying why, each time (promises.md, R-CERT).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from clairevoie.credentials.actions import keeping
from clairevoie.credentials.admin.forms import ReasonForm, ReissueForm, RevocationForm
from clairevoie.credentials.models import Credential, State, key_of_name
from clairevoie.credentials.numbers import NotANumber, read_number
from clairevoie.credentials.views.mine import served
from clairevoie.lib import calendar
from clairevoie.privacy.backoffice import Deed, ReadOnlyAdmin, Section, author, day

ARCHIVE = "credentials.read_archive"


def _archived(record: Credential) -> bool:
    return record.is_archived(on=calendar.today())


def _is_valid(record: Credential) -> bool:
    return record.state == State.VALID


def _hand_out(request: HttpRequest, record: Credential, said: dict[str, Any]) -> HttpResponseBase:
    given = keeping.duplicate(credential=record, author=author(request), at=calendar.now(), **said)
    return served(given)


def _read(request: HttpRequest, record: Credential, said: dict[str, Any]) -> HttpResponseBase:
    """The record once, on the answer to the reason: no address shows it again."""
    keeping.read_archive(credential=record, author=author(request), at=calendar.now(), **said)
    room = admin.site._registry[Credential]
    assert isinstance(room, CertificateRoom)
    context = {
        **room._around(request, record),
        "sections": [section_of(record)],
        "deeds": [],
    }
    return TemplateResponse(request, "gestion/record.html", context)


def _reissue(request: HttpRequest, record: Credential, said: dict[str, Any]) -> str:
    new = keeping.reissue(credential=record, author=author(request), at=calendar.now(), **said)
    return _("Le document %(number)s remplace celui-ci.") % {"number": new.number}


def _revoke(request: HttpRequest, record: Credential, said: dict[str, Any]) -> str:
    keeping.revoke(credential=record, author=author(request), at=calendar.now(), **said)
    return _("Le document est révoqué.")


def section_of(record: Credential) -> Section:
    """All that the record says."""
    return Section(
        title=_("Ce que dit le document"),
        pairs=[
            (_("Nom imprimé"), record.name),
            (_("Intitulé"), record.title),
            (_("Résultat"), record.result),
            (_("Délivré le"), day(record.issued_on)),
            (_("Document établi le"), day(record.made_on)),
            (_("Délivré par"), record.issuer),
            (_("Parcours"), _("%(slug)s, édition %(n)d") % _place(record)),
            (_("Sceau"), _("intact") if record.is_intact else _("rompu\u00a0: à signaler")),
            (_("Remplacé par"), record.replaced_by or "–"),
            (_("Révoqué le"), day(record.revoked_on) or "–"),
            (_("Motif de la révocation"), record.revoked_because or "–"),
        ],
    )


def _place(record: Credential) -> dict[str, Any]:
    return {"slug": record.parcours, "n": record.edition}


@admin.register(Credential)
class CertificateRoom(ReadOnlyAdmin):
    """Certificates, diplomas and validated projects."""

    room = "certificats"
    title = gettext_lazy("Certificats")
    key = "number"
    introduction = gettext_lazy(
        "Cherchez par le numéro ou par le nom entier imprimé sur le document. Après cinq ans, un "
        "document est en archive\u00a0: l’archiviste seul le lit, en disant pourquoi."
    )
    empty = gettext_lazy("Aucun document ne porte ce numéro ou ce nom.")
    list_display = ("numbered", "kind", "named", "title", "issued", "told")
    list_display_links = ("numbered",)
    search_fields = ("number",)
    search_help_text = gettext_lazy("Numéro, ou nom entier tel qu’il est imprimé")
    ordering = ("-issued_on", "-id")
    deeds: ClassVar[Sequence[Deed]] = (
        Deed(
            slug="duplicata",
            label=gettext_lazy("Délivrer un duplicata"),
            permission="credentials.duplicate",
            explains=gettext_lazy(
                "Vous téléchargez le document tel qu’il fut imprimé. Remettez-le à la personne "
                "dont vous avez vérifié l’identité. Le motif est inscrit au journal."
            ),
            perform=_hand_out,
            form=ReasonForm,
            possible=lambda record: _is_valid(record) and not _archived(record),
            refusals=(keeping.NoLongerValid,),
        ),
        Deed(
            slug="archive",
            label=gettext_lazy("Lire l’archive"),
            permission=ARCHIVE,
            explains=gettext_lazy(
                "Ce document a plus de cinq ans. Il ne se lit que pour un motif, inscrit au "
                "journal, et une seule fois par motif."
            ),
            perform=_read,
            form=ReasonForm,
            possible=_archived,
        ),
        Deed(
            slug="duplicata-d-archive",
            label=gettext_lazy("Délivrer un duplicata depuis l’archive"),
            permission=ARCHIVE,
            explains=gettext_lazy(
                "Le document tel qu’il fut imprimé, même si le compte n’existe plus. Le motif est "
                "inscrit au journal."
            ),
            perform=_hand_out,
            form=ReasonForm,
            possible=lambda record: _is_valid(record) and _archived(record),
            refusals=(keeping.NoLongerValid,),
        ),
        Deed(
            slug="nouveau-nom",
            label=gettext_lazy("Établir à un autre nom"),
            permission="credentials.reissue",
            explains=gettext_lazy(
                "Un nouveau document porte le nouveau nom et le même numéro, version suivante. "
                "L’ancien numéro dira qu’il est remplacé, sans montrer aucun nom."
            ),
            perform=_reissue,
            form=ReissueForm,
            possible=_is_valid,
            refusals=(keeping.NoLongerValid, keeping.SameName),
        ),
        Deed(
            slug="revoquer",
            label=gettext_lazy("Révoquer"),
            permission="credentials.revoke",
            explains=gettext_lazy(
                "Le document ne prouvera plus rien, et sa page de vérification le dira. La "
                "personne lira le motif, personne d’autre."
            ),
            perform=_revoke,
            form=RevocationForm,
            final=True,
            possible=_is_valid,
            refusals=(keeping.NoLongerValid, keeping.ReasonMissing),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Credential]:
        return Credential.objects.all()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """A number finds one document, whatever its age; a whole name those printed with it.

        A name finds what is in the archive only for whoever keeps it.
        """
        term = search_term.strip()
        try:
            return queryset.filter(number=read_number(term)), False
        except NotANumber:
            pass
        reads_archive: bool = request.user.has_perm(ARCHIVE)
        if not (term and reads_archive):
            queryset = queryset.filter(archived_on__gt=calendar.today())
        return (queryset.filter(name_key=key_of_name(term)) if term else queryset), False

    # --- The list -----------------------------------------------------------------------------

    @display(description=gettext_lazy("numéro"))
    def numbered(self, record: Credential) -> SafeString:
        return format_html('<span class="g-day-cell">{}</span>', record.number)

    @display(description=gettext_lazy("nom imprimé"))
    def named(self, record: Credential) -> str:
        return _("en archive") if _archived(record) else record.name

    @display(description=gettext_lazy("délivré le"))
    def issued(self, record: Credential) -> SafeString | None:
        return day(record.issued_on)

    @display(
        description=gettext_lazy("état"),
        label={"valid": "success", "replaced": "warning", "revoked": "danger"},
    )
    def told(self, record: Credential) -> tuple[str, str]:
        return record.state.value, str(record.state.label)

    # --- The page -----------------------------------------------------------------------------

    def subject_of(self, record: Credential) -> UUID | None:
        return record.holder

    def sections(self, request: HttpRequest, record: Credential) -> Iterable[Section]:
        if not _archived(record):
            yield section_of(record)
            return
        yield Section(
            title=_("En archive intermédiaire"),
            pairs=[
                (_("Nature"), record.get_kind_display()),
                (_("Depuis le"), day(record.archived_on)),
                (_("État"), record.state.label),
            ],
            note=_(
                "Ce document a plus de cinq ans\u00a0: l’archiviste seul le lit, pour un motif "
                "inscrit au journal. N’importe qui peut toujours le vérifier par son numéro."
            ),
        )
