"""What every room of the back office is made of: read-only lists, pages, and buttons.

A room shows records; only a :class:`Deed` changes something, by calling one action. Nothing is
written to Django's own admin log, whose labels would keep names of others: reads of a person's
page and deeds go to the ledger, by UUID (P-003, P-080).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial, update_wrapper
from hashlib import sha256
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Max, Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise, cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin
from unfold.views import ChangeList

from clairevoie.lib import calendar
from clairevoie.lib.speech import day_in_full, sentence
from clairevoie.lib.uploads import say_too_heavy
from clairevoie.privacy import ledger
from clairevoie.privacy.models import Incident

Text = str | Promise
View = Callable[..., HttpResponseBase]


class ChangedMeanwhile(Exception):
    """Ceci a changé depuis que vous avez ouvert cette page : relisez-le avant de décider."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A block of a record's page: pairs of label and value, or a table."""

    title: Text
    pairs: Sequence[tuple[Text, Any]] = ()
    columns: Sequence[Text] = ()
    rows: Sequence[Sequence[Any]] = ()
    note: Text = ""
    empty: Text = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """A button on a record's page: it explains, asks, and calls one action.

    ``perform(request, record, answers)`` returns the sentence to show, or a response.
    """

    slug: str
    label: Text
    permission: str
    explains: Text
    perform: Callable[[HttpRequest, Any, dict[str, Any]], Text | HttpResponseBase]
    form: type[forms.Form] = forms.Form
    initial: Callable[[Any], dict[str, Any]] = field(default=lambda _record: {})
    final: bool = False  # cannot be undone: the button is red and the page says so
    possible: Callable[[Any], bool] = bool
    describe: Callable[[Any], Sequence[Section]] = field(default=lambda _record: ())
    # What one decides about: where it changed under the eyes of whoever read it, it is read again.
    about: Callable[[Any], str] = field(default=lambda _record: "")
    # Their docstring is the sentence to show, beside the ``field`` that they may name.
    refusals: tuple[type[Exception], ...] = ()


class CappedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts no further than ``cap``: a list is searched, not leafed through to the end."""

    cap = 5_000

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[: self.cap].count())


class GaplessPaginator(Paginator):  # type: ignore[type-arg]
    """For rows numbered 1, 2, 3… without a gap: the last number is the count."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        if rows.query.where:
            return int(rows.order_by()[: CappedPaginator.cap].count())
        return int(rows.order_by().aggregate(last=Max("pk"))["last"] or 0)


class RoomList(ChangeList):  # type: ignore[misc]
    """A list whose links carry the public number of a record, never its internal one."""

    def url_for_result(self, result: Model) -> str:
        room: ReadOnlyAdmin = self.model_admin
        return room.page_url(result)


class ReadOnlyAdmin(ModelAdmin):  # type: ignore[misc]
    """A room: nothing can be added, changed or deleted here but through its deeds."""

    room: ClassVar[str] = ""  # path under /gestion/; the model's names when empty
    title: ClassVar[Text] = ""
    key: ClassVar[str] = "pk"  # the column that stands in URLs
    deeds: ClassVar[Sequence[Deed]] = ()
    page_template: ClassVar[str] = "gestion/record.html"
    introduction: ClassVar[Text] = ""
    empty: ClassVar[Text] = ""
    # What the list counts, where the model has another name for it
    one: ClassVar[Text] = ""
    many: ClassVar[Text] = ""

    actions = None
    paginator: type[Paginator] = CappedPaginator  # type: ignore[type-arg]
    show_full_result_count = False
    list_per_page = 50
    list_before_template = "gestion/list_introduction.html"
    show_add_link = False
    empty_value_display = "–"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    # --- What is said about a record ----------------------------------------------------------

    def sections(self, request: HttpRequest, record: Any) -> Iterable[Section]:
        """What the page of ``record`` shows: by default each column."""
        yield Section(
            title=self.model._meta.verbose_name or "",
            pairs=[(f.verbose_name, shown(record, f)) for f in self.model._meta.fields],
        )

    def subject_of(self, record: Any) -> UUID | None:
        """The person whose data the page shows, for the read log; none for other records."""
        subject = getattr(record, "subject", None)
        return getattr(subject, "uuid", None)

    def context_of(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        """More values for the page's template."""
        return {}

    # --- URLs ---------------------------------------------------------------------------------

    def page_url(self, record: Any) -> str:
        return reverse(f"admin:{self._url_name('change')}", args=[quote(self.key_of(record))])

    def key_of(self, record: Any) -> Any:
        return getattr(record, self.key)

    def _url_name(self, view: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{view}"

    def _guarded(self, view: View) -> View:
        def wrapper(*args: Any, **kwargs: Any) -> HttpResponseBase:
            response: HttpResponseBase = self.admin_site.admin_view(view)(*args, **kwargs)
            return response

        return update_wrapper(wrapper, view)

    def get_urls(self) -> list[URLPattern]:
        return [
            path("", self._guarded(self.changelist_view), name=self._url_name("changelist")),
            path("<str:key>/", self._guarded(self.page_view), name=self._url_name("change")),
            *(
                path(
                    f"<str:key>/{deed.slug}/",
                    self._guarded(partial(self.deed_view, deed=deed)),
                    name=self._url_name(deed.slug),
                )
                for deed in self.deeds
            ),
        ]

    # --- Views --------------------------------------------------------------------------------

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[RoomList]:
        return RoomList

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"title": self.heading, "room": self, **(extra_context or {})}
        response: HttpResponse = super().changelist_view(request, context)
        return response

    @property
    def heading(self) -> Text:
        return self.title or str(self.opts.verbose_name_plural).capitalize()

    def fetch(self, request: HttpRequest, key: str) -> Any:
        """The record, or 404; 403 when the role may not see this kind of record at all."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            return self.get_queryset(request).get(**{self.key: key})
        except (self.model.DoesNotExist, ValidationError, ValueError):
            raise Http404 from None

    def page_view(self, request: HttpRequest, key: str) -> HttpResponse:
        with transaction.atomic():
            record = self.fetch(request, key)
            response = TemplateResponse(
                request, self.page_template, self._page_context(request, record)
            )
            response.render()  # what the read log says was shown, is what was read here
            self._log_read(request, record)
        return response

    def _page_context(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        return {
            **self._around(request, record),
            "sections": list(self.sections(request, record)),
            "deeds": [
                (deed, self.deed_url(deed, record)) for deed in self.deeds_for(request, record)
            ],
            **self.context_of(request, record),
        }

    def deeds_for(self, request: HttpRequest, record: Any) -> list[Deed]:
        """The buttons this member may press on this record, now."""
        return [d for d in self.deeds if self.may(request, d) and d.possible(record)]

    def may(self, request: HttpRequest, deed: Deed) -> bool:
        allowed: bool = request.user.has_perm(deed.permission)
        return allowed

    def deed_url(self, deed: Deed, record: Any) -> str:
        return reverse(f"admin:{self._url_name(deed.slug)}", args=[quote(self.key_of(record))])

    def _around(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        listing = reverse(f"admin:{self._url_name('changelist')}")
        return {
            **self.admin_site.each_context(request),
            "title": self.name_of(record),
            "crumbs": [(self.heading, listing)],
            "record": record,
            "room": self,
        }

    def name_of(self, record: Any) -> str:
        return str(record)

    def deed_view(self, request: HttpRequest, key: str, *, deed: Deed) -> HttpResponseBase:
        """Ask on GET, do on POST; a refusal is said on the same page."""
        record = self.fetch(request, key)
        if not self.may(request, deed):
            raise PermissionDenied
        if not deed.possible(record):
            raise Http404
        posted = request.method == "POST"
        form = deed.form(
            request.POST if posted else None,
            request.FILES if posted else None,
            initial=deed.initial(record),
        )
        say_too_heavy(form, request)
        if form.is_bound and form.is_valid():
            refusals: tuple[type[Exception], ...] = (ChangedMeanwhile, *deed.refusals)
            try:
                if request.POST.get("lu", "") != _mark(deed.about(record)):
                    raise ChangedMeanwhile
                outcome = deed.perform(request, record, form.cleaned_data)
            except refusals as refusal:
                named = getattr(refusal, "field", None)
                form.add_error(named if named in form.fields else None, sentence(refusal))
            else:
                return self._after(request, record, outcome)
        return self._ask(request, record, deed=deed, form=form)

    def _after(
        self, request: HttpRequest, record: Any, outcome: Text | HttpResponseBase
    ) -> HttpResponseBase:
        if isinstance(outcome, HttpResponseBase):
            return outcome
        messages.success(request, str(outcome))
        still_there = self.get_queryset(request).filter(pk=record.pk).exists()
        listing = reverse(f"admin:{self._url_name('changelist')}")
        return HttpResponseRedirect(self.page_url(record) if still_there else listing)

    def _ask(
        self, request: HttpRequest, record: Any, *, deed: Deed, form: forms.Form
    ) -> HttpResponse:
        around = self._around(request, record)
        context = {
            **around,
            "title": deed.label,
            "crumbs": [*around["crumbs"], (self.name_of(record), self.page_url(record))],
            "deed": deed,
            "form": form,
            "back": self.page_url(record),
            "sections": deed.describe(record),
            "mark": _mark(deed.about(record)),
        }
        status = 422 if form.is_bound else 200
        return TemplateResponse(request, "gestion/confirm.html", context, status=status)

    # --- Evidence -----------------------------------------------------------------------------

    def _log_read(self, request: HttpRequest, record: Any) -> None:
        subject = self.subject_of(record)
        if subject is not None:
            ledger.append(
                executor="gestion.read",
                at=calendar.now(),
                subject=subject,
                facts={"author": str(author(request)), "page": self.room},
            )

    def _log_deed(self, request: HttpRequest, record: Any, *, verb: str) -> None:
        ledger.append(
            executor=f"gestion.{verb}",
            at=calendar.now(),
            subject=self.subject_of(record),
            facts={"author": str(author(request)), "page": self.room},
        )

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        self._log_deed(request, obj, verb="add")

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        self._log_deed(request, obj, verb="change")

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for record in queryset:
            self._log_deed(request, record, verb="delete")


def _mark(said: str) -> str:
    """What stands for it in a form; empty where there is nothing to have read."""
    return sha256(said.encode()).hexdigest() if said else ""


def author(request: HttpRequest) -> UUID:
    """The UUID of the staff member behind ``request``: ledger lines name nobody otherwise."""
    uuid: UUID = request.user.subject.uuid  # type: ignore[union-attr]
    return uuid


def shown(record: Any, column: Any) -> Any:
    """A column's value as people read it: choices by their label."""
    label = getattr(record, f"get_{column.name}_display", None)
    return label() if label else getattr(record, column.name)


def clock_of(incident: Incident, at: datetime) -> tuple[str, str]:
    """The 72 hours as (tone, words): none before the compromise is confirmed."""
    if incident.cnil_notified_at:
        return "success", _("notifié à la CNIL")
    if incident.closed_on:
        return "muted", _("clos")
    if incident.aware_at is None:
        return "info", _("à qualifier")
    left = calendar.breach_deadline(incident.aware_at) - at
    hours = int(left.total_seconds() // 3600)
    if hours < 0:
        return "danger", _("délai dépassé de %(hours)d h") % {"hours": -hours}
    return ("danger" if hours < 24 else "warning"), _("%(hours)d h restantes") % {"hours": hours}


def day(value: date | None) -> SafeString | None:
    """A date in a list: in full, on one line."""
    if value is None:
        return None
    return format_html('<span class="g-day-cell">{}</span>', day_in_full(value))
