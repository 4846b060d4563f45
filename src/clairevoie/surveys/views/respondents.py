"""The pages of a respondent, opened by their own link.

Opening a page writes nothing: scanners open every link of a mail.
"""

from __future__ import annotations

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clairevoie import privacy
from clairevoie.lib import calendar
from clairevoie.lib.speech import sentence
from clairevoie.surveys import actions
from clairevoie.surveys.forms import AnswerForm, PublishForm
from clairevoie.surveys.models import Answer, Invitation, answer_behind
from clairevoie.surveys.views.doors import for_the_author, for_the_invited, page, to


@require_http_methods(["GET", "HEAD", "POST"])
@for_the_invited
def answer(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Ask, or ask again with what was answered."""
    given = answer_behind(invitation)
    before = {"score": given.score, "review": given.review} if given else {}
    form = AnswerForm(request.POST or None, initial=before)
    try:
        if form.is_valid():
            actions.answer(invitation=invitation, at=calendar.now(), **form.cleaned_data)
            return to("thanks", invitation)
    except actions.AnswerRefused as refused:
        form.add_error(None, sentence(refused))
    except actions.SurveyClosed:
        pass  # the page below says so
    if not invitation.survey.is_open(on=calendar.today()):
        return _closed(request, invitation, given)
    return page(request, "answer", invitation, form=form, given=given)


@require_safe
@for_the_author
def thanks(request: HttpRequest, invitation: Invitation, given: Answer) -> HttpResponse:
    """What was answered, and what may be done with it."""
    return _thanks(request, invitation, given, PublishForm())


@require_POST
@for_the_author
def publish(request: HttpRequest, invitation: Invitation, given: Answer) -> HttpResponse:
    """The consent: ticked, or nothing."""
    form = PublishForm(request.POST)
    if form.is_valid():
        try:
            actions.publish(
                answer=given,
                text=str(actions.PUBLICATION_WORDS),
                language=get_language() or "fr",
                at=calendar.now(),
            )
        except actions.NothingToPublish as nothing:
            form.add_error(None, sentence(nothing))
        else:
            return to("thanks", invitation)
    return _thanks(request, invitation, given, form)


@require_POST
@for_the_author
def unpublish(request: HttpRequest, invitation: Invitation, given: Answer) -> HttpResponse:
    """As easy as publishing (GDPR art. 7(3))."""
    actions.unpublish(answer=given, at=calendar.now())
    return to("thanks", invitation)


@require_http_methods(["GET", "HEAD", "POST"])
@for_the_author
def withdraw(request: HttpRequest, invitation: Invitation, given: Answer) -> HttpResponse:
    """Say what goes, then let it go."""
    if request.method == "POST":
        actions.withdraw(answer=given, at=calendar.now())
        return page(request, "withdrawn", invitation)
    goes = [
        (gettext("Votre note et votre avis"), gettext("Les chiffres sont recalculés sans eux."))
    ]
    if given.consent:
        goes.append(
            (gettext("La publication de votre avis"), gettext("La page ne le montre plus."))
        )
    stays = [
        (
            gettext("Le fait que vous avez été invité"),
            gettext("Pour ne pas vous inviter deux fois."),
        )
    ]
    return page(request, "withdraw", invitation, form=Form(), goes=goes, stays=stays)


@require_http_methods(["GET", "HEAD", "POST"])
@for_the_invited
def stop(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """No more surveys: one button, no reason to give, and the way back on the same page."""
    if request.method == "POST":
        actions.stop_asking(invitation=invitation, at=calendar.now())
        return to("stop", invitation)
    asked = privacy.may(invitation.subject, actions.ASKING).allowed
    return page(request, "stop" if asked else "stopped", invitation)


@require_POST
@for_the_invited
def resume(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Surveys again."""
    actions.ask_again(invitation=invitation, at=calendar.now())
    return to("stop", invitation)


def _thanks(
    request: HttpRequest, invitation: Invitation, given: Answer, form: PublishForm
) -> HttpResponse:
    is_open = invitation.survey.is_open(on=calendar.today())
    return page(request, "thanks", invitation, form=form, given=given, is_open=is_open)


def _closed(request: HttpRequest, invitation: Invitation, given: Answer | None) -> HttpResponse:
    if given is not None:
        return to("thanks", invitation)
    return page(request, "closed", invitation, status=410)
