"""Playing a package of another tool, and keeping what it reports."""

from __future__ import annotations

import json
from urllib.parse import quote
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_http_methods, require_safe

from clairevoie.learning.actions import playing as deeds
from clairevoie.learning.actions.answering import AnswerNotKept, NotYours
from clairevoie.learning.content.packages import Item
from clairevoie.learning.models import Chapter, Enrolment, Package, PackageResult
from clairevoie.learning.playing import (
    KEY_LASTS,
    RUNTIME,
    address_apart,
    is_apart,
    key_to,
    opened_by,
    part_of,
    policy_of,
    sandbox,
)
from clairevoie.learning.reports import LARGEST, ReportRefused, read_report
from clairevoie.learning.views.doors import for_the_learner
from clairevoie.lib import calendar
from clairevoie.lib.speech import sentence

_REFUSALS = (ReportRefused, AnswerNotKept)


@require_http_methods(["GET", "HEAD", "POST"])
@for_the_learner
def play(request: HttpRequest, enrolment: Enrolment, number: UUID, rank: int) -> HttpResponse:
    """The content of that rank, in its frame; what it reports comes back here."""
    package = Package.objects.filter(
        uuid=number, parcours__slug=enrolment.parcours_id, offered=True
    ).first()
    if package is None or not 0 < rank <= len(package.items):
        raise Http404
    item = Item(**package.items[rank - 1])
    if request.method == "POST":
        return _keep(request, enrolment, package, item)
    results = {
        result.item: result
        for result in PackageResult.including_restricted.filter(
            enrolment__uuid=enrolment.uuid, package__uuid=package.uuid
        )
    }
    result, apart = results.get(item.id), address_apart(request)
    context = {
        "enrolment": enrolment,
        "package": package,
        "item": item,
        "rank": rank,
        "result": result,
        "items": [(each, results.get(each["id"])) for each in package.items],
        "chapter": _chapter_of(enrolment, package),
        "address": apart + _address(key_to(package), item.href),
        "origin": apart or "null",  # what the browser calls one that nobody shares
        "kept": json.dumps({"cmi": result.state if result else {}}),
        "sandbox": sandbox(apart=bool(apart)),
    }
    response = render(request, "learning/packages/play.html", context)
    return _framing(response, apart or "'self'")


def _framing(response: HttpResponse, origin: str) -> HttpResponse:
    """The page may frame ``origin`` (as ``csp.decorators.csp_update``, by request)."""
    response._csp_update = {"frame-src": [origin]}  # type: ignore[attr-defined]
    return response


def _chapter_of(enrolment: Enrolment, package: Package) -> Chapter | None:
    """Where one comes from, in the edition that is followed."""
    if not package.placed:
        return None
    played = Chapter.objects.filter(edition__uuid=enrolment.edition_id, package=package)
    return played.select_related("module").only("slug", "title", "module__slug").first()


def _keep(
    request: HttpRequest, enrolment: Enrolment, package: Package, item: Item
) -> HttpResponse:
    try:
        if len(request.body) > LARGEST:
            raise ReportRefused
        report = read_report(json.loads(request.body))
        result = deeds.keep(
            enrolment=enrolment, package=package, item=item, report=report, at=calendar.now()
        )
    except NotYours:  # left in another window
        raise Http404 from None
    except (ValueError, RecursionError):
        return JsonResponse({"said": sentence(ReportRefused())}, status=422)
    except _REFUSALS as refusal:
        return JsonResponse({"said": sentence(refusal)}, status=422)
    return JsonResponse({"said": said_of(result)})


def said_of(result: PackageResult) -> str:
    """« Enregistré : réussi, 85 sur 100. »"""
    status = result.get_status_display()
    if result.points is None:
        return _("Enregistré : %(status)s.") % {"status": status}
    said = _("Enregistré : %(status)s, %(points)d sur 100.")
    return said % {"status": status, "points": result.points}


def _address(key: str, href: str) -> str:
    """``href`` may end with a query or a fragment of its own."""
    path, mark, rest = _split(href)
    return f"{_root(key)}{quote(path)}{mark}{rest}"


def _root(key: str) -> str:
    return reverse("learning:package-file", args=[key, RUNTIME]).removesuffix(RUNTIME)


def _split(href: str) -> tuple[str, str, str]:
    at = min((href.index(mark) for mark in "?#" if mark in href), default=len(href))
    return href[:at], href[at : at + 1], href[at + 1 :]


@require_safe
@xframe_options_exempt  # a frame may have no origin that could be named
def package_file(request: HttpRequest, key: str, path: str) -> HttpResponse:
    """One file of a package, to the holder of a key; confined wherever it is opened. No query."""
    opened = opened_by(key)
    part = part_of(*opened, path) if opened else None
    if part is None:
        raise Http404
    return HttpResponse(
        part.content,
        content_type=part.kind,
        headers={
            "Content-Security-Policy": policy_of(
                request.build_absolute_uri(_root(key)), apart=is_apart(request)
            ),
            "Cache-Control": f"private, max-age={int(KEY_LASTS.total_seconds())}",
            # To the browser the frame is a stranger, even to its own files.
            "Access-Control-Allow-Origin": "*",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "Referrer-Policy": "no-referrer",
            "X-Robots-Tag": "noindex",
        },
    )
