"""The rooms, by group: what a role may not open is not shown to it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

_Room = tuple[Promise, str, str, str]  # title, icon, name of the URL, permission

GROUPS: tuple[tuple[Promise | str, tuple[_Room, ...]], ...] = (
    (
        gettext_lazy("Personnes"),
        (
            (
                gettext_lazy("Personnes"),
                "group",
                "admin:privacy_datasubject_changelist",
                "privacy.view_datasubject",
            ),
            (
                gettext_lazy("Suspensions"),
                "block",
                "admin:privacy_suspension_changelist",
                "privacy.view_suspension",
            ),
            (
                gettext_lazy("Verrouillages"),
                "lock",
                "admin:privacy_restriction_changelist",
                "privacy.view_restriction",
            ),
            (
                gettext_lazy("Gels"),
                "ac_unit",
                "admin:privacy_legalhold_changelist",
                "privacy.view_legalhold",
            ),
        ),
    ),
    (
        gettext_lazy("Protection des données"),
        (
            (
                gettext_lazy("Incidents"),
                "e911_emergency",
                "admin:privacy_incident_changelist",
                "privacy.view_incident",
            ),
            (
                gettext_lazy("Conservation"),
                "hourglass_bottom",
                "admin:retention",
                "privacy.view_retention",
            ),
            (
                gettext_lazy("Journal"),
                "receipt_long",
                "admin:privacy_ledgerentry_changelist",
                "privacy.view_ledgerentry",
            ),
            (
                gettext_lazy("Consentements"),
                "handshake",
                "admin:privacy_consent_changelist",
                "privacy.view_consent",
            ),
            (
                gettext_lazy("Textes de consentement"),
                "contract",
                "admin:privacy_consenttext_changelist",
                "privacy.view_consenttext",
            ),
            (
                gettext_lazy("Choix de cookies"),
                "cookie",
                "admin:consent_trackerchoice_changelist",
                "consent.view_trackerchoice",
            ),
            (gettext_lazy("Traceurs"), "radar", "admin:trackers", "privacy.view_policy"),
            (
                gettext_lazy("Destinataires"),
                "share_off",
                "admin:recipients",
                "privacy.view_policy",
            ),
            (gettext_lazy("Politique"), "gavel", "admin:policy", "privacy.view_policy"),
        ),
    ),
    (
        gettext_lazy("Formation"),
        (
            (
                gettext_lazy("Parcours"),
                "school",
                "admin:learning_parcours_changelist",
                "learning.view_parcours",
            ),
            (
                gettext_lazy("Éditions"),
                "auto_stories",
                "admin:learning_edition_changelist",
                "learning.view_edition",
            ),
            (
                gettext_lazy("Paquets SCORM"),
                "extension",
                "admin:learning_package_changelist",
                "learning.view_package",
            ),
            (
                gettext_lazy("Sessions"),
                "groups",
                "admin:learning_cohort_changelist",
                "learning.view_cohort",
            ),
            (
                gettext_lazy("Inscriptions"),
                "how_to_reg",
                "admin:learning_enrolment_changelist",
                "learning.view_enrolment",
            ),
            (
                gettext_lazy("Demandes d’inscription"),
                "inbox",
                "admin:learning_candidacy_changelist",
                "learning.view_candidacy",
            ),
            (
                gettext_lazy("Certificats"),
                "workspace_premium",
                "admin:credentials_credential_changelist",
                "credentials.view_credential",
            ),
            (
                gettext_lazy("Avis sur les parcours"),
                "reviews",
                "admin:learning_rating_changelist",
                "learning.view_rating",
            ),
        ),
    ),
    (
        gettext_lazy("Activité"),
        (
            (
                gettext_lazy("Enquêtes"),
                "bar_chart",
                "admin:surveys_survey_changelist",
                "surveys.view_survey",
            ),
            (
                gettext_lazy("Avis à publier"),
                "rate_review",
                "admin:surveys_answer_changelist",
                "surveys.view_answer",
            ),
            (
                gettext_lazy("Audience"),
                "monitoring",
                "admin:audience",
                "audience.view_count",
            ),
            (
                gettext_lazy("Envois"),
                "outgoing_mail",
                "admin:messaging_mailing_changelist",
                "messaging.view_mailing",
            ),
            (
                gettext_lazy("Messages"),
                "mail",
                "admin:messaging_message_changelist",
                "messaging.view_message",
            ),
            (
                gettext_lazy("Oppositions aux envois"),
                "unsubscribe",
                "admin:refusals",
                "messaging.view_suppression",
            ),
        ),
    ),
    (
        gettext_lazy("Lettre d’information"),
        (
            (
                gettext_lazy("Lettres"),
                "stacked_email",
                "admin:newsletter_campaign_changelist",
                "newsletter.view_campaign",
            ),
            (
                gettext_lazy("Thèmes"),
                "label",
                "admin:newsletter_topic_changelist",
                "newsletter.view_topic",
            ),
            (
                gettext_lazy("Imports d’adresses"),
                "upload_file",
                "admin:newsletter_import_changelist",
                "newsletter.view_import",
            ),
        ),
    ),
    (
        gettext_lazy("Maison"),
        ((gettext_lazy("Composants"), "widgets", "site:components", "site.view_components"),),
    ),
)


def rooms(request: HttpRequest) -> list[dict[str, Any]]:
    """The navigation of this member."""
    sees = request.user.has_perm
    today = {"title": gettext_lazy("Aujourd’hui"), "icon": "today", "link": reverse("admin:index")}
    groups: list[dict[str, Any]] = [{"title": "", "items": [today]}]
    for title, members in GROUPS:
        items = [
            {"title": name, "icon": icon, "link": reverse(url)}
            for name, icon, url, permission in members
            if sees(permission)
        ]
        if items:
            groups.append({"title": title, "items": items})
    return groups


def links(request: HttpRequest) -> list[dict[str, Any]]:
    """What stands under the member's own name."""
    return [
        {"title": gettext_lazy("Mon compte"), "link": "/mon-compte/"},
        {"title": gettext_lazy("MODIFIER MON CONSENTEMENT"), "link": "/cookies/#choix"},  # P-055
    ]
