"""Under ``/formation/corrections/``: the projects that wait for a trainer, and nobody else's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clairevoie.accounts.models import Member
from clairevoie.learning.actions import correcting, talking
from clairevoie.learning.models import (
    Correction,
    Document,
    Submission,
    decided_at,
    desks_of,
    how_many_wait,
    waiting_at,
)
from clairevoie.learning.project_forms import CorrectionForm, TalkForm
from clairevoie.learning.talks import exchange_about
from clairevoie.learning.views.documents import handed_over
from clairevoie.learning.views.doors import member_of
from clairevoie.learning.views.guards import teaching
from clairevoie.lib import calendar
from clairevoie.lib.speech import sentence

A_PAGE: Final = 25
COUNTED: Final = 100  # beyond, « plus de 100 »: counting a hundred thousand is work for nobody
_LONG: Final = timedelta(days=7)
_CORRECTS: Final = "learning.correct"
_DECIDED: Final = "corriges"
_REFUSALS = (
    correcting.AlreadyDecided,
    correcting.AlreadyRead,
    correcting.AlreadySecond,
    correcting.NobodyElse,
    correcting.WordsMissing,
    correcting.PointsRefused,
    correcting.YourOwnProject,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the queue."""

    submission: Submission
    learner: str
    parcours: str
    session: str
    waited: str
    is_late: bool


@require_safe
@teaching(_CORRECTS)
def queue(request: HttpRequest) -> HttpResponse:
    """What waits, the oldest first; or what was decided, the latest first."""
    desks = desks_of(member_of(request).subject)
    decided = request.GET.get("etat") == _DECIDED
    after = _cursor(request, desks)
    read = decided_at if decided else waiting_at
    shown = list(_with_names(read(desks, after=after, most=A_PAGE + 1)))
    now = calendar.now()
    context = {
        "room": "corrections",
        "rows": [_row(one, now) for one in shown[:A_PAGE]],
        "next": shown[A_PAGE - 1].uuid if len(shown) > A_PAGE else None,
        "is_first": after is None,
        "decided": decided,
        "teaches": bool(desks),
        "waiting": how_many_wait(desks, most=COUNTED + 1),
        "counted": COUNTED,
    }
    return render(request, "learning/formation/corrections.html", context)


def _cursor(request: HttpRequest, desks: list[str]) -> Submission | None:
    """The last line of the page before, as its address says it; nothing for a stale address."""
    try:
        number = UUID(request.GET.get("apres", ""))
    except ValueError:
        return None
    found: Submission | None = Submission.objects.filter(uuid=number, desk__in=desks).first()
    return found


def _with_names(found: QuerySet[Submission]) -> QuerySet[Submission]:
    """One query, with what the list shows and nothing more."""
    return found.select_related("enrolment__edition", "enrolment__cohort", "subject__member").only(
        *("uuid", "title", "number", "state", "submitted_at", "decided_at"),
        *("enrolment__edition__title", "enrolment__cohort__name"),
        *("subject__member__first_names", "subject__member__last_name"),
    )


def _row(submission: Submission, now: datetime) -> Row:
    enrolment = submission.enrolment
    return Row(
        submission=submission,
        learner=_name_of(submission),
        parcours=enrolment.edition.title,
        session=enrolment.cohort.name if enrolment.cohort else "",
        waited=_waited(now - submission.submitted_at),
        is_late=submission.is_open and now - submission.submitted_at > _LONG,
    )


def _waited(span: timedelta) -> str:
    """« 11 jours », « 3 heures »: the days are counted, because weeks hide them."""
    if span.days:
        return ngettext("%(n)d\u00a0jour", "%(n)d\u00a0jours", span.days) % {"n": span.days}
    hours = span.seconds // 3600
    if hours:
        return ngettext("%(n)d\u00a0heure", "%(n)d\u00a0heures", hours) % {"n": hours}
    return _("quelques minutes")


def _name_of(submission: Submission) -> str:
    member: Member | None = getattr(submission.subject, "member", None)
    return member.full_name if member else "–"


# --- One project --------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@teaching(_CORRECTS)
def correction(request: HttpRequest, number: UUID) -> HttpResponse:
    """Read a project, give its points, decide."""
    submission = _submission(request, number)
    form = _form(request, submission)
    if request.method == "POST" and form is None:
        too_late = correcting.AlreadyRead if submission.is_open else correcting.AlreadyDecided
        messages.error(request, sentence(too_late()))
        # Nothing that was typed is lost: it may still be said to the learner.
        unsaid = request.POST.get("comment", "")[: talking.LONGEST]
        talk = TalkForm(initial={"text": unsaid})
        return _page(request, submission, form=None, talk=talk, status=409)
    if form is not None and form.is_valid():
        done = _corrected(request, submission, form)
        if done is not None:
            return done
    return _page(request, submission, form=form)


def _form(request: HttpRequest, submission: Submission) -> CorrectionForm | None:
    """Nothing to fill in once it was decided, nor for who read it first."""
    trainer = member_of(request).subject
    if not submission.is_open or correcting.has_read(submission, trainer=trainer):
        return None
    second = submission.state == Submission.State.WAITING and correcting.others_may_read(
        submission, trainer=trainer
    )
    data = request.POST if request.method == "POST" else None
    return CorrectionForm(submission.project.rubric, second=second, data=data)


def _corrected(
    request: HttpRequest, submission: Submission, form: CorrectionForm
) -> HttpResponse | None:
    try:
        written = correcting.correct(
            submission=submission,
            trainer=member_of(request).subject,
            verdict=form.cleaned_data["verdict"],
            points=form.points,
            comment=form.cleaned_data["comment"],
            at=calendar.now(),
        )
    except _REFUSALS as refused:
        form.add_error(getattr(refused, "field", None), sentence(refused))
        return None
    said = {
        Correction.Verdict.ACCEPT: _("Projet validé. L’apprenant en est prévenu."),
        Correction.Verdict.REWORK: _("Projet rendu avec vos remarques. L’apprenant est prévenu."),
        Correction.Verdict.SECOND: _("Une autre personne de la session lira ce projet."),
    }
    messages.success(request, said[Correction.Verdict(written.verdict)])
    return redirect("learning:corrections")


@require_POST
@teaching(_CORRECTS)
def remark(request: HttpRequest, number: UUID) -> HttpResponse:
    """A message to the learner."""
    submission = _submission(request, number)
    talk = TalkForm(request.POST)
    if talk.is_valid():
        try:
            talking.say(
                submission=submission,
                author=member_of(request).subject,
                text=talk.cleaned_data["text"],
                at=calendar.now(),
            )
        except (talking.NothingSaid, talking.TalkRefused) as refused:
            talk.add_error("text", sentence(refused))
        else:
            return redirect(f"{reverse('learning:correction', args=[number])}#echanges")
    return _page(request, submission, form=_unfilled(request, submission), talk=talk)


def _unfilled(request: HttpRequest, submission: Submission) -> CorrectionForm | None:
    form = _form(request, submission)
    if form is not None:
        form.is_bound = False
    return form


@require_safe
@teaching(_CORRECTS)
def document(request: HttpRequest, number: UUID, file: UUID) -> HttpResponseBase:
    """A file of the project."""
    submission = _submission(request, number)
    of_this_project = Document.objects.filter(
        submission__enrolment__uuid=submission.enrolment_id,
        submission__project=submission.project_id,
    )
    return handed_over(get_object_or_404(of_this_project, uuid=file))


def _submission(request: HttpRequest, number: UUID) -> Submission:
    """One of this trainer's: for anybody else's, ``Http404``."""
    desks = desks_of(member_of(request).subject)
    found = Submission.objects.select_related(
        "enrolment__cohort", "enrolment__edition", "project__module", "subject__member"
    ).defer(
        "enrolment__edition__source",
        "enrolment__edition__searched",
        "project__source",
        "project__module__source",
    )
    own: Submission = get_object_or_404(found, uuid=number, desk__in=desks)
    return own


def _page(
    request: HttpRequest,
    submission: Submission,
    *,
    form: CorrectionForm | None,
    talk: TalkForm | None = None,
    status: int = 200,
) -> HttpResponse:
    refused = any(one is not None and one.errors for one in (form, talk))
    context = {
        "room": "corrections",
        "row": _row(submission, calendar.now()),
        "submission": submission,
        "project": submission.project,
        "edition": submission.enrolment.edition,
        "exchange": exchange_about(submission.enrolment, submission.project),
        "form": form,
        "talk": talk or TalkForm(),
    }
    name = "learning/formation/correction.html"
    return render(request, name, context, status=422 if refused else status)
