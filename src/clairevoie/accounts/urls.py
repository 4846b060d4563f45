"""Signing up, in and out, at French paths; the names are those that allauth looks up.

``allauth.urls`` is not included: its paths are English, and what is not listed here does not
exist (login by code, social accounts).
"""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as keys
from django.urls import URLPattern, URLResolver, include, path, re_path

from clairevoie.accounts import urls_mon_compte
from clairevoie.accounts.views import security, signing_up
from clairevoie.accounts.views.journeys import plainly, without_trace

SECURITY = "mon-compte/securite"

_entrance: list[URLPattern] = [
    path("inscription/", plainly(signing_up.sign_up), name="account_signup"),
    path("connexion/", plainly(account.login), name="account_login"),
    path("connexion/second-facteur/", plainly(factors.authenticate), name="mfa_authenticate"),
    path("connexion/cle/", plainly(keys.login_webauthn), name="mfa_login_webauthn"),
    path("deconnexion/", without_trace(plainly(account.logout)), name="account_logout"),
    path("compte-inactif/", account.account_inactive, name="account_inactive"),
    path(
        "verification/e-mail/",
        plainly(account.email_verification_sent),
        name="account_email_verification_sent",
    ),
    path("verification/telephone/", plainly(account.verify_phone), name="account_verify_phone"),
]

_forgotten_password: list[URLPattern] = [
    path("mot-de-passe/oublie/", plainly(account.password_reset), name="account_reset_password"),
    path(
        "mot-de-passe/oublie/envoye/",
        account.password_reset_done,
        name="account_reset_password_done",
    ),
    path(
        "mot-de-passe/nouveau/fait/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^mot-de-passe/nouveau/(?P<uidb36>[0-9a-f]{32})-(?P<key>[^/]+)/\Z",
        plainly(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
]

_credentials: list[URLPattern] = [
    path(f"{SECURITY}/confirmer/", plainly(account.reauthenticate), name="account_reauthenticate"),
    path(
        f"{SECURITY}/mot-de-passe/",
        plainly(account.password_change),
        name="account_change_password",
    ),
    path(
        f"{SECURITY}/mot-de-passe/choisir/",
        plainly(account.password_set),
        name="account_set_password",
    ),
    path(f"{SECURITY}/e-mail/", plainly(account.email), name="account_email"),
    path(f"{SECURITY}/telephone/", plainly(account.change_phone), name="account_change_phone"),
]

_second_factors: list[URLPattern] = [
    path(f"{SECURITY}/facteurs/", security.security, name="mfa_index"),
    path(
        f"{SECURITY}/confirmer/code/", plainly(factors.reauthenticate), name="mfa_reauthenticate"
    ),
    path(
        f"{SECURITY}/confirmer/cle/",
        plainly(keys.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path(f"{SECURITY}/application/", plainly(totp.activate_totp), name="mfa_activate_totp"),
    path(
        f"{SECURITY}/application/retirer/",
        plainly(totp.deactivate_totp),
        name="mfa_deactivate_totp",
    ),
    path(f"{SECURITY}/codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        f"{SECURITY}/codes/renouveler/",
        plainly(codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        f"{SECURITY}/codes/telecharger/",
        codes.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    path(f"{SECURITY}/cles/", keys.list_webauthn, name="mfa_list_webauthn"),
    path(f"{SECURITY}/cles/ajouter/", plainly(keys.add_webauthn), name="mfa_add_webauthn"),
    path(
        f"{SECURITY}/cles/<int:pk>/retirer/",
        plainly(keys.remove_webauthn),
        name="mfa_remove_webauthn",
    ),
    path(
        f"{SECURITY}/cles/<int:pk>/renommer/",
        plainly(keys.edit_webauthn),
        name="mfa_edit_webauthn",
    ),
]

_own_pages: list[URLPattern] = [
    *urls_mon_compte.urlpatterns,
    path(f"{SECURITY}/", security.security, name="security"),
    path(
        f"{SECURITY}/second-facteur/", security.second_factor_needed, name="second-factor-needed"
    ),
    path(f"{SECURITY}/sessions/fermer/", security.end_session, name="end-session"),
    path(
        f"{SECURITY}/sessions/fermer-les-autres/",
        security.end_other_sessions,
        name="end-other-sessions",
    ),
]

# The pages that members open most come first: addresses are tried in order.
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((_own_pages, "accounts"))),
    *_entrance,
    *_forgotten_password,
    *_credentials,
    *_second_factors,
]
