"""What surveys hold about people."""

from clairevoie.privacy import Impersonal, Personal, declare
from clairevoie.surveys.models import Answer, Invitation, Survey

declare(
    Impersonal(Survey, because="Written by the organisation: a training and its dates."),
    Personal(
        Invitation,
        activity="satisfaction",
        keep="survey",
        clock="sent_on",
        title="Invitations à donner votre avis",
        observed=("survey", "sent_on", "reminded_on"),
        technical=("uuid",),
    ),
    Personal(
        Answer,
        activity="satisfaction",
        keep="survey",
        title="Réponses aux enquêtes",
        provided=("score", "review"),
        observed=("survey", "answered_on", "consent", "moderation", "moderated_on"),
        technical=("uuid", "moderator"),
    ),
)
