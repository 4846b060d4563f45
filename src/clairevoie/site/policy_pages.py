"""The policy in force, and the versions kept for ever (P-007, P-009)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clairevoie import policy
from clairevoie.lib import calendar
from clairevoie.policy import Policy, Recipient, Version
from clairevoie.site import notice, words
from clairevoie.site.frame import Sight, sight_of_now
from clairevoie.site.templatetags.clairevoie import full_instant

# ?promesses=… as people type it, and what it means.
FILTERS: Final = {"toutes": "all", "executees": "executed", "prevues": "planned"}

# Where a page says when something last ran: how, and what.
_BLANK: Final = re.compile(r"<!--(promise|perhaps|cell):([^<>]*)-->")


def _countries(current: Policy) -> dict[str, list[Recipient]]:
    """Where data are stored or pass through, and by whom: a view of the recipients (P-075)."""
    found: dict[str, list[Recipient]] = {}
    for recipient in current.recipients.values():
        if recipient.active:
            for code in dict.fromkeys((*recipient.countries_stored, *recipient.countries_transit)):
                found.setdefault(code, []).append(recipient)
    return found


def _promises(asked: str, current: Policy) -> dict[str, Any]:
    planned = sum(promise.planned for promise in current.promises.values())
    counts = {
        "toutes": len(current.promises),
        "executees": len(current.promises) - planned,
        "prevues": planned,
    }
    labels = {"toutes": _("Toutes"), "executees": _("Exécutées"), "prevues": _("Prévues")}
    return {
        "chapters": notice.chapters(current, wanted=FILTERS[asked]),
        "filters": [(key, labels[key], counts[key], key == asked) for key in FILTERS],
        "open_chapters": asked != "toutes",
        "counts": counts,
    }


def _registers(current: Policy) -> dict[str, Any]:
    return {
        "rules": current.retention.values(),
        "activities": [
            (
                activity,
                words.BASES[activity.basis],
                [current.retention[code] for code in activity.retention],
                [current.recipients[code] for code in activity.recipients],
            )
            for activity in current.activities.values()
        ],
        "recipients": sorted(current.recipients.values(), key=lambda found: not found.active),
        "countries": sorted(_countries(current).items()),
        "trackers": current.trackers.values(),
        "only_exempt": all(tracker.exempt for tracker in current.trackers.values()),
        "versions": current.versions,
    }


@lru_cache(maxsize=12)
def _body(sight: Sight, asked: str) -> tuple[str, tuple[tuple[str, str, str], ...]]:
    """The page but for its frame, cut where it says when something last ran: its beginning; then
    how that is said, what ran, and the text up to the next. What ran changes with each action,
    and drawing the page takes a hundred times as long as putting that in."""
    current = policy.current()
    version = next(found for found in current.versions if found.number == sight.version)
    context = {
        "organisation": current.organisation,
        "version": version,
        "text": notice.read(version.text),
        **_registers(current),
        **_promises(asked, current),
    }
    first, *rest = _BLANK.split(render_to_string("site/policy_body.html", context))
    return first, tuple(zip(rest[::3], rest[1::3], rest[2::3], strict=True))


@lru_cache(maxsize=1024)
def _said(how: str, last: str | None, _language: str) -> str:
    """When something last ran, for one of the places that say it."""
    at = notice.instant(last) if last else None
    if how == "cell":
        return full_instant(at) if at else '<span class="soft">–</span>'
    if at:
        words = (_("Dernière exécution\u00a0:"), full_instant(at))
        return format_html('<span class="promise__last">{} {}</span>', *words)
    if how == "promise":
        return format_html('<span class="promise__last">{}</span>', _("Pas encore exécutée ici"))
    return ""


@require_safe
def in_force(request: HttpRequest) -> HttpResponse:
    """The text in force, the live registers beside it. One query: the last executions."""
    asked, sight = request.GET.get("promesses", "toutes"), sight_of_now()
    first, blanks = _body(sight, asked if asked in FILTERS else "toutes")
    last = notice.last_executions()
    parts = [first]
    for how, executor, text in blanks:
        parts += (_said(how, last.get(executor), sight.language), text)
    body = mark_safe("".join(parts))  # noqa: S308  # a template, and what was escaped
    return render(request, "site/policy.html", {"body": body})


def _version_or_404(number: int) -> Version:
    version = notice.version_numbered(policy.current(), number)
    if version is None:
        raise Http404(f"no version {number}")
    return version


@require_safe
def archived(request: HttpRequest, number: int) -> HttpResponse:
    """A published version, for ever the same."""
    version = _version_or_404(number)
    in_force_now = policy.current().version_in_force(calendar.today())
    context = {
        "version": version,
        "text": notice.read(version.text),
        "is_in_force": version.number == in_force_now.number,
        "in_force_now": in_force_now,
    }
    return render(request, "site/version.html", context)


@require_safe
def archived_source(_request: HttpRequest, number: int) -> HttpResponse:
    """The very bytes whose SHA-256 is published, so that anybody can compute it again."""
    version = _version_or_404(number)
    response = HttpResponse(version.text, content_type="text/plain; charset=utf-8")
    response["ETag"] = f'"{version.sha256}"'
    return response
