"""« Mon compte », and the doors beside it that need no session."""

from django.urls import URLPattern, path

from clairevoie.accounts.views import (
    consents,
    copies,
    incidents,
    kept,
    leaving,
    notifications,
    profile,
)

app_name = "accounts"

urlpatterns: list[URLPattern] = [
    path("mon-compte/", profile.overview, name="overview"),
    path("mon-compte/profil/", profile.profile, name="profile"),
    path("mon-compte/adresse/", profile.address, name="address"),
    path("mon-compte/avatar/", profile.avatar, name="avatar"),
    path("mon-compte/avatar/supprimer/", profile.forget_avatar, name="forget-avatar"),
    path("mon-compte/avatar/<int:side>.webp", profile.avatar_file, name="avatar-file"),
    path("mon-compte/coordonnees/", leaving.contacts, name="contacts"),
    path(
        "mon-compte/coordonnees/retirer-mon-email/", leaving.remove_my_email, name="remove-email"
    ),
    path("mon-compte/codes-de-recuperation/", leaving.recovery_codes, name="recovery-codes"),
    path("mon-compte/notifications/", notifications.notifications, name="notifications"),
    path("mon-compte/consentements/", consents.consents, name="consents"),
    path("mon-compte/consentements/donner/", consents.give, name="agree"),
    path("mon-compte/consentements/retirer/", consents.withdraw, name="take-back"),
    path("mon-compte/consentements/prospection/", consents.no_prospecting, name="no-prospecting"),
    path(
        "mon-compte/consentements/parent/<slug:activity>/",
        consents.under_fifteen,
        name="under-fifteen",
    ),
    path("mon-compte/consentements/<int:number>/recu.json", consents.receipt, name="receipt"),
    path("accord-parental/<str:token>/", consents.parent, name="parent"),
    path("mon-compte/mes-donnees/", copies.my_data, name="data"),
    path("mon-compte/mes-donnees/<uuid:token>.zip", copies.copy_file, name="copy-file"),
    path("mon-compte/mes-donnees/<uuid:token>/supprimer/", copies.forget_copy, name="forget-copy"),
    path("mon-compte/conservation/", kept.kept, name="kept"),
    path("mon-compte/fermer/", leaving.close, name="close"),
    path("mon-compte/garder/<str:token>/", leaving.keep, name="keep"),
    path("compte-ferme/", leaving.closed, name="closed"),
    path("connexion/code-de-recuperation/", leaving.recover_account, name="recover"),
    path("signalement/", incidents.report_incident, name="report_incident"),
    path("signalement/<uuid:reference>/", incidents.incident_reported, name="incident-reported"),
]
