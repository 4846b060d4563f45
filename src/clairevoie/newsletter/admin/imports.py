"""The room of imports: a file of addresses, its proof, and what became of each line."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from unfold.decorators import display

from clairevoie import messaging
from clairevoie.lib import calendar
from clairevoie.lib.calendar import paris_date
from clairevoie.lib.uploads import SmallFilesInMemory
from clairevoie.messaging.models import Mailing, Pace
from clairevoie.newsletter.actions import bringing, reading
from clairevoie.newsletter.actions.sending import read_later
from clairevoie.newsletter.admin.forms import ImportForm
from clairevoie.newsletter.admin.pages import begin
from clairevoie.newsletter.csv_lines import SENTENCES, NoAddresses, Reason
from clairevoie.newsletter.models import Import
from clairevoie.privacy.backoffice import Deed, ReadOnlyAdmin, Section, author, day

_SHOWN = 200  # lines on the page; the report has them all


class FilesOfAddresses(SmallFilesInMemory):
    """Larger than a picture, in memory all the same."""

    largest = bringing.LARGEST


BRINGING = Deed(
    slug="importer",
    label=gettext_lazy("Importer ce fichier"),
    permission="newsletter.bring",
    explains=gettext_lazy(
        "Seules des personnes qui ont accepté, avec la preuve de leur accord. Qui a refusé la "
        "lettre un jour n’est jamais réabonné. Le fichier est lu puis effacé\u202f; restent les "
        "numéros des lignes refusées, une semaine."
    ),
    perform=lambda *_: "",
    form=ImportForm,
    refusals=(bringing.TooLarge, bringing.Unattested, bringing.NotPast, NoAddresses),
)


@admin.register(Import)
class ImportRoom(ReadOnlyAdmin):
    """Files brought in, and their reports."""

    room = "imports"
    title = gettext_lazy("Imports d’adresses")
    key = "uuid"
    page_template = "gestion/import.html"
    list_before_template = "gestion/imports.html"
    introduction = gettext_lazy(
        "Reprendre les abonnés d’un autre outil, preuve à l’appui. Le fichier est effacé dès "
        "qu’il est lu."
    )
    empty = gettext_lazy("Aucun import.")
    list_display = (
        "source",
        "collected_on",
        "condition",
        "added",
        "asked",
        "refused",
        "brought_on",
    )
    ordering = ("-at", "-id")
    deeds: ClassVar[tuple[Deed, ...]] = ()

    @display(
        description=gettext_lazy("état"),
        label={"running": "warning", "done": "success", "failed": "danger"},
    )
    def condition(self, record: Import) -> tuple[str, str]:
        return record.state, record.get_state_display()

    @display(description=gettext_lazy("importé le"), ordering="at")
    def brought_on(self, record: Import) -> SafeString | None:
        return day(paris_date(record.at))

    def name_of(self, record: Import) -> str:
        return record.source

    def context_of(self, request: HttpRequest, record: Import) -> dict[str, Any]:
        lines = list(record.refused_lines.order_by("number")[:_SHOWN])
        running = record.state == Import.State.RUNNING
        asking = reading.mailing_of(record)
        return {
            "lines": [(line.number, SENTENCES[Reason(line.reason)]) for line in lines],
            "running": running,
            "asking": messaging.mailing_progress(asking) if asking and not running else None,
            "asking_said": asking and asking.get_state_display(),
            "asking_page": self._page_of_mailing(request, asking),
            "moving": running or (asking is not None and asking.state == Pace.SENDING),
            "percent": 100 * record.offset / record.size if running and record.size else None,
            "more": max(0, record.refused - len(lines)) if lines else 0,
            "report": reverse("admin:newsletter_import_report", args=[record.uuid]),
        }

    def _page_of_mailing(self, request: HttpRequest, asking: Mailing | None) -> str:
        """Where it is paused and resumed, for whoever may."""
        if asking is None or not request.user.has_perm("messaging.view_mailing"):
            return ""
        return reverse("admin:messaging_mailing_change", args=[asking.uuid])

    def sections(self, request: HttpRequest, record: Import) -> Iterable[Section]:
        yield Section(
            title=_("Preuve"),
            pairs=[
                (_("Origine"), record.source),
                (_("Accords recueillis le"), record.collected_on),
                (_("Texte accepté"), record.text),
                (_("Adresses déjà confirmées"), _("oui") if record.confirmed else _("non")),
                (_("Thèmes"), ", ".join(topic.name for topic in record.topics.all()) or "–"),
                (_("Importé le"), record.at),
            ],
        )

    def get_urls(self) -> list[URLPattern]:
        return [
            path("importer/", self._large(self.bring_view), name="newsletter_import_bring"),
            path(
                "<uuid:number>/rapport.csv",
                self._guarded(self.report_view),
                name="newsletter_import_report",
            ),
            *super().get_urls(),
        ]

    def _large(self, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
        """Take larger files here alone.

        The handler must be chosen before anything reads the form; the guard behind it is the
        one that checks the proof of the form.
        """
        guarded = self._guarded(view)

        @csrf_exempt
        def at_the_door(request: HttpRequest) -> HttpResponseBase:
            request.upload_handlers = [FilesOfAddresses(request)]
            return guarded(request)

        return at_the_door

    def bring_view(self, request: HttpRequest) -> HttpResponse:
        """A file, and the proof without which it is refused."""

        def bring(form: ImportForm) -> Import:
            file = form.cleaned_data["file"]
            batch = bringing.bring(
                file=file,
                size=file.size,
                topics=form.cleaned_data["topics"],
                proof=form.proof,
                author=author(request),
                at=calendar.now(),
            )
            read_later(batch)
            return batch

        done = _("Le fichier est reçu\u00a0: cette page montre où en est la lecture.")
        return begin(
            self, request, BRINGING, make=bring, done=done, title=_("Importer des adresses")
        )

    def report_view(self, request: HttpRequest, number: Any) -> StreamingHttpResponse:
        """Line numbers and reasons, for whoever has the file: no address."""
        if not request.user.has_perm("newsletter.bring"):
            raise PermissionDenied
        batch = self.fetch(request, str(number))
        name = f"import-{batch.at:%Y-%m-%d}.csv"
        return StreamingHttpResponse(
            _report(batch),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, value: str) -> str:
        return value


def _report(batch: Import) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow([_("ligne"), _("motif")])
    rows = batch.refused_lines.order_by("number").values_list("number", "reason")
    for number, reason in rows.iterator(chunk_size=2_000):
        yield writer.writerow([number, str(SENTENCES[Reason(reason)])])
