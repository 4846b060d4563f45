"""Every write of the surveys: one function a verb, one transaction each."""

from clairevoie.surveys.actions.answering import AnswerRefused, SurveyClosed, answer, withdraw
from clairevoie.surveys.actions.asking import (
    ASKING,
    AlreadyAsked,
    ask_again,
    invite,
    open_survey,
    remind,
    stop_asking,
)
from clairevoie.surveys.actions.publishing import (
    PUBLICATION_WORDS,
    NothingToPublish,
    ReviewChanged,
    moderate,
    publish,
    unpublish,
)

__all__ = [
    "ASKING",
    "PUBLICATION_WORDS",
    "AlreadyAsked",
    "AnswerRefused",
    "NothingToPublish",
    "ReviewChanged",
    "SurveyClosed",
    "answer",
    "ask_again",
    "invite",
    "moderate",
    "open_survey",
    "publish",
    "remind",
    "stop_asking",
    "unpublish",
    "withdraw",
]
