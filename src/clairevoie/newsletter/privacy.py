"""What the letter holds about people."""

from clairevoie.newsletter.models import (
    Campaign,
    Import,
    Interest,
    Pending,
    Picture,
    RefusedLine,
    Subscription,
    Topic,
)
from clairevoie.privacy import Impersonal, Personal, declare

declare(
    Impersonal(
        Topic,
        because="Written by the organisation: what one may follow.",
        columns={"name": "The topic's, such as « Parcours et ateliers »."},
    ),
    Impersonal(
        Campaign,
        because="A letter, the same for all its readers; counts of readers.",
        columns={"body": "What the organisation writes to all: no reader's name can be in it."},
    ),
    Impersonal(
        Picture,
        because="An illustration of a letter, the same for all its readers; drawn again, so that "
        "neither place nor device is left in it, and deleted with the letter.",
        columns={
            "name": "The file's, as the text calls it: of a picture, not of a person.",
            "description": "What the picture shows, written by the organisation for all readers.",
            "content": "Pixels alone; whoever could be recognised agreed to it outside this site.",
        },
    ),
    Impersonal(Campaign.topics.through, because="Which letter is about which topic."),
    Personal(
        Pending,
        activity="newsletter",
        keep="newsletter-pending",
        title="Demandes d’abonnement à confirmer",
        provided=("topics", "language"),
        observed=("text", "source", "asked_on"),
        secret=("uuid",),
    ),
    Personal(
        Subscription,
        activity="newsletter",
        keep="newsletter",
        title="Abonnement à la lettre d’information",
        provided=("language",),
        observed=("source", "confirmed_on", "last_act_on", "asked_to_stay_on"),
        secret=("uuid", "confirmation"),
    ),
    Personal(
        Interest,
        activity="newsletter",
        keep="newsletter",
        title="Thèmes suivis",
        provided=("topic",),
        observed=("last_act_on",),
    ),
    Impersonal(
        Import,
        because="Where a file of addresses came from, and counts; the file goes once read.",
        columns={
            "author": "A random UUID, as in the ledger: whoever brought the file in.",
            "text": "What was agreed to, the same words for the whole file.",
            "file": "Read line by line, then deleted by the action that reads it, at the latest "
            "by the night's step.",
        },
    ),
    Impersonal(Import.topics.through, because="Which file was about which topic."),
    Impersonal(RefusedLine, because="A line's number and a code, deleted after a week."),
)
