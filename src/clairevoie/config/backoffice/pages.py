"""Pages of the back office that are no list of records: today, retention, policy, components."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, update_wrapper
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from clairevoie import policy, privacy
from clairevoie.audience.admin import dashboard
from clairevoie.config.backoffice import figures, recipients, refusals, trackers
from clairevoie.lib import calendar
from clairevoie.privacy.models import Execution
from clairevoie.privacy.reminders import reminders


def today(request: HttpRequest) -> dict[str, Any]:
    """The values of the first page, each only for those who may see it."""
    sees = request.user.has_perm
    now, on = calendar.now(), calendar.today()
    return {
        "day": on,
        "people": figures.people() if sees("privacy.view_datasubject") else None,
        "tonight": figures.tonight(on) if sees("privacy.view_retention") else None,
        "incidents": figures.open_incidents(now) if sees("privacy.view_incident") else None,
        "daily": figures.last_daily_run(now) if sees("privacy.view_retention") else None,
        "promises": figures.promises() if sees("privacy.view_policy") else None,
        "reminders": [each for each in reminders(on=on) if sees(each.permission)],
    }


def retention(request: HttpRequest, _site: AdminSite) -> dict[str, Any]:
    """The plan of tonight: what is due, rule by rule. A dry run: nothing changes."""
    on = calendar.today()
    plan = privacy.retention.plan(on)
    return {
        "plan": plan,
        "leaving": figures.leaving(plan),
        "lines": figures.due_lines(plan),
        "quiet": [due for due in plan.due if not due.count and not due.skipped],
    }


def policy_in_force(request: HttpRequest, _site: AdminSite) -> dict[str, Any]:
    """What is promised, who executes it, and when it last did."""
    current = policy.current()
    last = dict(Execution.objects.values_list("executor", "last_at"))
    return {
        "policy": current,
        "version": current.version_in_force(calendar.today()),
        "rules": current.retention.values(),
        "activities": current.activities.values(),
        "figures": figures.promises(),
        "promises": [(p, last.get(p.executor or "")) for p in current.promises.values()],
    }


def verify_ledger(request: HttpRequest, _site: AdminSite) -> HttpResponse:
    """Read the whole chain again and say whether it is sound."""
    found = privacy.ledger.verify()
    if found.sound:
        said = _("Journal intact\u00a0: %(entries)d lignes vérifiées.")
        messages.success(request, said % {"entries": found.entries})
    else:
        said = _("Journal altéré à la ligne %(line)s (%(because)s).")
        messages.error(request, said % {"line": found.broken or "–", "because": found.because})
    return HttpResponseRedirect(reverse("admin:privacy_ledgerentry_changelist"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page: its path under /gestion/, who may open it, and what it shows."""

    path: str
    name: str
    title: Any
    permission: str
    show: Callable[[HttpRequest, AdminSite], dict[str, Any] | HttpResponse]
    template: str = ""
    changes: bool = False

    def bound_to(self, site: AdminSite) -> Callable[..., HttpResponse]:
        """The view of this page in ``site``."""
        view = partial(self._view, site=site)
        named = update_wrapper(view, self.show)
        return require_POST(named) if self.changes else named

    def _view(self, request: HttpRequest, *, site: AdminSite) -> HttpResponse:
        if not request.user.has_perm(self.permission):
            raise PermissionDenied
        shown = self.show(request, site)
        if isinstance(shown, HttpResponse):
            return shown
        context = {**site.each_context(request), "title": self.title, **shown}
        return TemplateResponse(request, self.template, context)


PAGES = (
    Page(
        path="conservation/",
        name="retention",
        title=gettext_lazy("Conservation"),
        permission="privacy.view_retention",
        show=retention,
        template="gestion/retention.html",
    ),
    Page(
        path="politique/",
        name="policy",
        title=gettext_lazy("Politique"),
        permission="privacy.view_policy",
        show=policy_in_force,
        template="gestion/policy.html",
    ),
    Page(
        path="traceurs/",
        name="trackers",
        title=gettext_lazy("Traceurs"),
        permission="privacy.view_policy",
        show=trackers.listed,
        template="gestion/trackers.html",
    ),
    Page(
        path="destinataires/",
        name="recipients",
        title=gettext_lazy("Destinataires"),
        permission="privacy.view_policy",
        show=recipients.listed,
        template="gestion/recipients.html",
    ),
    Page(
        path="destinataires/couper/",
        name="stop_recipient",
        title=gettext_lazy("Couper un destinataire"),
        permission=recipients.SWITCH,
        show=recipients.stop,
        changes=True,
    ),
    Page(
        path="destinataires/retablir/",
        name="resume_recipient",
        title=gettext_lazy("Rétablir un destinataire"),
        permission=recipients.SWITCH,
        show=recipients.resume,
        changes=True,
    ),
    Page(
        path="audience/",
        name="audience",
        title=gettext_lazy("Audience"),
        permission="audience.view_count",
        show=dashboard.show,
        template="gestion/audience.html",
    ),
    Page(
        path="oppositions/",
        name="refusals",
        title=gettext_lazy("Oppositions aux envois"),
        permission="messaging.view_suppression",
        show=refusals.page,
        template="gestion/refusals.html",
    ),
    Page(
        path="oppositions/revoir/",
        name="review_refusals",
        title=gettext_lazy("Revoir les oppositions"),
        permission=refusals.REVIEW,
        show=refusals.review,
        changes=True,
    ),
    Page(
        path="journal/verifier/",
        name="verify_ledger",
        title=gettext_lazy("Vérifier le journal"),
        permission="privacy.verify_ledger",
        show=verify_ledger,
        changes=True,
    ),
)
