"""The learner's page of one project: what to make, handing it in, what was said of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clairevoie.learning.actions import submitting, talking
from clairevoie.learning.documents import DocumentRefused
from clairevoie.learning.done import done_by
from clairevoie.learning.models import Document, Enrolment, Project, Submission
from clairevoie.learning.outline import PROJECT, outline_of
from clairevoie.learning.project_forms import HandInForm, TalkForm
from clairevoie.learning.talks import Exchange, exchange_about
from clairevoie.learning.uploads import FilesOnDisk
from clairevoie.learning.views.documents import handed_over
from clairevoie.learning.views.doors import for_the_learner
from clairevoie.learning.views.reading import around
from clairevoie.lib import calendar
from clairevoie.lib.speech import sentence

_REFUSALS = (
    submitting.NoFile,
    submitting.TooManyFiles,
    submitting.TooHeavy,
    submitting.StillWaiting,
    submitting.AlreadyAccepted,
    submitting.TooManyVersions,
    submitting.HandingInRefused,
)


@csrf_exempt  # checked below, once it is known how much the project accepts
@require_http_methods(["GET", "HEAD", "POST"])
@for_the_learner
def project(request: HttpRequest, enrolment: Enrolment, module: str) -> HttpResponseBase:
    """The brief, the rubric, the versions handed in and their corrections."""
    found = project_of(enrolment, module)
    if request.method == "POST":
        largest = submitting.largest_of(found)
        request.upload_handlers = [FilesOnDisk(request, largest=largest)]
    return _project(request, enrolment, found)


@csrf_protect
def _project(request: HttpRequest, enrolment: Enrolment, found: Project) -> HttpResponse:
    form = HandInForm(found, request if request.method == "POST" else None)
    if form.is_valid() and _handed_in(enrolment, found, form):
        messages.success(request, _("Votre projet est remis. Un message vous dira sa correction."))
        return redirect(f"{request.path}#versions")
    return page(request, enrolment, found, form=form)


def _handed_in(enrolment: Enrolment, found: Project, form: HandInForm) -> bool:
    files = [
        submitting.Given(name=upload.name or "", content=upload.file)
        for upload in form.cleaned_data["documents"]
    ]
    words = form.cleaned_data["words"]
    try:
        submitting.submit(
            enrolment=enrolment, project=found, words=words, files=files, at=calendar.now()
        )
    except DocumentRefused as refused:
        said = _("«\u00a0%(name)s\u00a0»\u00a0: %(why)s") % {
            "name": refused.name[:80],
            "why": sentence(refused),
        }
        form.add_error("documents", said)
    except _REFUSALS as refused:
        form.add_error(getattr(refused, "field", None), sentence(refused))
    return not form.errors


@require_POST
@for_the_learner
def remark(request: HttpRequest, enrolment: Enrolment, module: str) -> HttpResponse:
    """A message to the trainers, about a project that was handed in once."""
    found = project_of(enrolment, module)
    latest = Submission.including_restricted.filter(enrolment=enrolment, project=found)
    submission = latest.order_by("-number").first()
    if submission is None:
        raise Http404
    form = TalkForm(request.POST)
    if form.is_valid():
        try:
            talking.say(
                submission=submission,
                author=enrolment.subject,
                text=form.cleaned_data["text"],
                at=calendar.now(),
            )
        except (talking.NothingSaid, talking.TalkRefused) as refused:
            form.add_error("text", sentence(refused))
        else:
            place = (enrolment.parcours_id, module)
            return redirect(f"{_address(place)}#echanges")
    return page(request, enrolment, found, talk=form)


def _address(place: tuple[str, str]) -> str:
    return str(redirect("learning:project", *place)["Location"])


@require_safe
@for_the_learner
def document(
    request: HttpRequest, enrolment: Enrolment, module: str, number: str
) -> HttpResponseBase:
    """One's own file, back."""
    found = project_of(enrolment, module)
    own = Document.including_restricted.filter(
        submission__enrolment=enrolment, submission__project=found
    )
    return handed_over(get_object_or_404(own, uuid=number))


def project_of(enrolment: Enrolment, module: str) -> Project:
    """The project of that module in the edition that is followed. Raises ``Http404``."""
    projects = Project.objects.select_related("module", "edition").defer(
        "source", "edition__source", "edition__searched", "module__source"
    )
    return get_object_or_404(projects, edition__uuid=enrolment.edition_id, module__slug=module)


def page(
    request: HttpRequest,
    enrolment: Enrolment,
    found: Project,
    *,
    form: HandInForm | None = None,
    talk: TalkForm | None = None,
) -> HttpResponse:
    """Render; 413 for files that are too heavy, 422 for any other refusal."""
    outline = outline_of(enrolment.edition_id)
    done, _states = done_by(enrolment, outline)
    exchange = exchange_about(enrolment, found)
    refused = any(one is not None and one.errors for one in (form, talk))
    status = 422 if refused else 200
    if form is not None and form.errors and form.too_heavy:
        status = 413
    place = f"{found.module.slug}/{PROJECT}"
    may_hand_in = _may_hand_in(exchange)
    # Handed in from another window meanwhile: the words may still be said.
    unsaid = str(form["words"].value() or "") if form is not None and not may_hand_in else ""
    context: dict[str, Any] = {
        **around(enrolment, outline, done, place=place, at=done.get(place)),
        "project": found,
        "form": form or HandInForm(found),
        "talk": talk or TalkForm(initial={"text": unsaid}),
        "exchange": exchange,
        "may_hand_in": may_hand_in,
    }
    return render(request, "learning/project.html", context, status=status)


def _may_hand_in(exchange: Exchange) -> bool:
    """The last version came back, or there is none yet."""
    latest = exchange.latest
    return latest is None or latest.state == Submission.State.REWORK
