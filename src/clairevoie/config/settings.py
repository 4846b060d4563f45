"""Settings: every choice that belongs to an instance comes from the environment."""

from __future__ import annotations

import os
import secrets
from urllib.parse import urlsplit

from environs import Env

from clairevoie.config.backoffice import appearance
from clairevoie.config.instance import HOME, SOURCE

env = Env()

HOME.mkdir(mode=0o700, parents=True, exist_ok=True)


def _key(name: str) -> str:
    """A secret of this instance: from the environment, else made once, readable by us alone."""
    given = env.str(f"CLAIREVOIE_{name.upper()}", "")
    if given:
        return given
    path = HOME / f"{name}.key"
    if not path.exists():
        draft = HOME / f".{name}.{secrets.token_hex(4)}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        try:
            path.hardlink_to(draft)
        except FileExistsError:  # another process was faster: its key is the key
            pass
        finally:
            draft.unlink()
    return path.read_text()


SECRET_KEY = _key("secret")
# Keyed hashes (suspended contacts, suppressions) must survive a change of SECRET_KEY.
PEPPER = _key("pepper")
# Former ones, the latest first: they still read what only they can (clairevoie.lib.peppers).
PAST_PEPPERS = tuple(env.list("CLAIREVOIE_PAST_PEPPERS", [])) or tuple(
    path.read_text()
    for path in sorted(HOME.glob("pepper-*.key"), key=lambda p: -int(p.stem.partition("-")[2]))
)
# What signs receipts (clairevoie.consent.signing); the public halves stay published for ever.
RECEIPT_KEY = _key("receipt")
# What signs badges (clairevoie.credentials.badges.keys). Its file is read at each use, so that a
# rotation is seen at once; the variable, where several machines serve one site.
BADGE_KEY = env.str("CLAIREVOIE_BADGE", "")
_key("badge")

DEBUG = env.bool("CLAIREVOIE_DEBUG", False)
PRODUCTION = env.bool("CLAIREVOIE_PRODUCTION", False)
ALLOWED_HOSTS = env.list("CLAIREVOIE_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
SITE_URL = env.str("CLAIREVOIE_URL", "http://127.0.0.1:8000")
# Another host name for packages that other tools made, and for nothing else
# (docs/decisions/0073): without one, each of their frames is alone.
PACKAGES_URL = env.str("CLAIREVOIE_PACKAGES_URL", "").rstrip("/")
ALLOWED_HOSTS.append(urlsplit(PACKAGES_URL).hostname or "paquets.localhost")
# How many proxies of ours stand before us. With 0, X-Forwarded-For and X-Forwarded-Proto are
# what anybody may claim, and neither is read.
PROXIES = env.int("CLAIREVOIE_PROXIES", 0)

INSTALLED_APPS = [
    "clairevoie.policy",
    "clairevoie.privacy",
    "clairevoie.consent",
    "clairevoie.messaging",
    "clairevoie.accounts",
    "clairevoie.learning",
    "clairevoie.credentials",
    "clairevoie.surveys",
    "clairevoie.newsletter",
    "clairevoie.audience",
    "clairevoie.site",
    "clairevoie.config",
    "unfold.apps.BasicAppConfig",
    "clairevoie.config.backoffice.apps.BackOfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",  # the templates of its widgets, for FORM_RENDERER
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "clairevoie.learning.middleware.PackagesApart",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "clairevoie.audience.middleware.ForgottenVisits",
    "clairevoie.consent.middleware.Trackers",
    "clairevoie.audience.middleware.AudienceMiddleware",
    "clairevoie.site.headers.ContentSecurityPolicy",
    "clairevoie.site.headers.BrowserPowers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "clairevoie.accounts.middleware.SignedInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "clairevoie.config.urls"
WSGI_APPLICATION = "clairevoie.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "builtins": ["clairevoie.lib.filters"],
            "loaders": [
                (
                    "clairevoie.lib.steady.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clairevoie.lib.proof.csrf",
                "clairevoie.site.context.organisation",
            ],
        },
    }
]

# Every form in our components, errors on top (clairevoie.site.templates.components).
FORM_RENDERER = "clairevoie.site.forms.Renderer"

# --- Headers (P-004; /gestion/: clairevoie.site.headers, docs/decisions/0010) -------------------

CONTENT_SECURITY_POLICY: dict[str, dict[str, list[str] | bool]] = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "media-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "upgrade-insecure-requests": PRODUCTION,
    }
}
# A cookie that policy/trackers.toml does not allow: taken off the answer; here, an error.
CLAIREVOIE_STRICT_TRACKERS = env.bool("CLAIREVOIE_STRICT_TRACKERS", DEBUG)
CSRF_FAILURE_VIEW = "clairevoie.site.failures.forged_form"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if PRODUCTION:
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 2 * 366 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
if PROXIES:
    # The proxy next to us replaces what browsers send under this name (docs/how-to).
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Data -----------------------------------------------------------------------------------

DATABASES = {"default": env.dj_db_url("DATABASE_URL", f"sqlite:///{HOME / 'clairevoie.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["CONN_MAX_AGE"] = None  # opening costs half the CPU of a request
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # secure_delete: what the engine erases is overwritten with zeros in the file.
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA secure_delete=ON;"
            "PRAGMA foreign_keys=ON;PRAGMA temp_store=MEMORY;"
        ),
    }
else:  # PostgreSQL: the pool keeps connections, so requests give theirs back
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"]["OPTIONS"] = {
        **DATABASES["default"].get("OPTIONS", {}),
        "pool": {
            "min_size": 1,
            "max_size": env.int("CLAIREVOIE_POOL", 8),
            "timeout": 10,
            "name": "clairevoie",
        },
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    "mail": {  # outside the media: no address of the site leads there
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": HOME / "mail",
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
            "allow_overwrite": True,  # a second attempt writes the same file
        },
    },
    "content": {  # pictures and videos of the parcours, each under its own fingerprint
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": HOME / "content",
            "allow_overwrite": True,  # the same name is the same file
        },
    },
    "credentials": {  # certificates as they were printed once, kept fifty years
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": HOME / "credentials",
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "imports": {  # files of addresses, while the worker reads them
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": HOME / "imports",
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
}
MEDIA_ROOT = HOME / "media"
MEDIA_URL = "/fichiers/"
# 5 MB at most, in memory alone: nothing personal in a temporary folder.
FILE_UPLOAD_HANDLERS = ["clairevoie.lib.uploads.SmallFilesInMemory"]
STATIC_ROOT = HOME / "static"
STATIC_URL = "/static/"

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# --- Language and time ----------------------------------------------------------------------

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "français"), ("en", "English")]
LOCALE_PATHS = [SOURCE / "locale"]
LANGUAGE_COOKIE_NAME = "clairevoie_langue"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_TZ = True
TIME_ZONE = "Europe/Paris"

# --- People who sign in (details: clairevoie.accounts) ----------------------------------------

AUTH_USER_MODEL = "accounts.Member"
AUTHENTICATION_BACKENDS = ["clairevoie.accounts.backends.MemberBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [  # F.8 case 2: 50 bits, with throttling below
    {"NAME": "clairevoie.accounts.passwords.StrengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {
            "user_attributes": ("last_name", "first_names", "pseudo", "email", "phone"),
            "max_similarity": 0.6,
        },
    },
]
PASSWORD_RESET_TIMEOUT = 60 * 60  # P-081: a link serves once, for one hour
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/mon-compte/"
LOGOUT_REDIRECT_URL = "/"

SESSION_ENGINE = "clairevoie.accounts.sessions"
SESSION_COOKIE_AGE = env.int("CLAIREVOIE_SESSION_SECONDS", 2 * 60 * 60)  # P-047 [D]
STAFF_SESSION_SECONDS = env.int("CLAIREVOIE_STAFF_SESSION_SECONDS", 30 * 60)  # P-047 [D]
REMEMBERED_SESSION_DAYS = 30  # P-036: « rester connecté », asked for, never by default
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = (
    PRODUCTION or SITE_URL.startswith("https://")
)
# Of this host alone, as browsers see to it: no other of the same domain can put one in its place.
_HOST = "__Host-" if SESSION_COOKIE_SECURE else ""
SESSION_COOKIE_NAME = f"{_HOST}clairevoie_session"
CSRF_COOKIE_NAME = f"{_HOST}clairevoie_csrf"
CSRF_COOKIE_AGE = None  # P-047: no Max-Age on a temporary cookie
# Flash messages may quote an address: they stay on the server, with the session.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Shared by all workers: throttling counts every attempt, whoever answers it.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "clairevoie_cache",
        "KEY_FUNCTION": "clairevoie.lib.cache_keys.hashed",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

ACCOUNT_ADAPTER = "clairevoie.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "pseudo"
ACCOUNT_LOGIN_METHODS = {"email", "phone", "username"}
# « email* » satisfies allauth's check of mandatory verification; our form asks for an e-mail
# address or a phone number (P-014).
ACCOUNT_SIGNUP_FIELDS = ["email*", "phone", "password1*"]
ACCOUNT_FORMS = {
    "signup": "clairevoie.accounts.forms.joining.SignUpForm",
    "login": "clairevoie.accounts.forms.credentials.SignInForm",
    "add_email": "clairevoie.accounts.forms.credentials.NewEmailForm",
    "change_phone": "clairevoie.accounts.forms.credentials.NewPhoneForm",
    "reset_password": "clairevoie.accounts.forms.credentials.ResetPasswordForm",
    "user_token": "clairevoie.accounts.forms.credentials.ResetTokenForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # P-085: no mail to an address that is nobody's
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = None  # ask
ACCOUNT_RATE_LIMITS = {
    "login_failed": "10/h/key,100/h/ip",  # P-081: the 11th wrong attempt in an hour waits
    "verify_phone": "1/30s/key,10/m/ip",
    "change_phone": "3/m/user",
}
# The address that is counted and logged is the one the first of our proxies saw.
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 8, "dashed": False}
MFA_ADAPTER = "clairevoie.accounts.second_factor.SecondFactorAdapter"
MFA_FORMS = {
    "add_webauthn": "clairevoie.accounts.forms.keys.NewKeyForm",
    "authenticate_webauthn": "clairevoie.accounts.forms.keys.SecondKeyForm",
    "edit_webauthn": "clairevoie.accounts.forms.keys.RenamedKeyForm",
    "login_webauthn": "clairevoie.accounts.forms.keys.OnlyKeyForm",
    "reauthenticate_webauthn": "clairevoie.accounts.forms.keys.ConfirmingKeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION

# --- The only door out (clairevoie.messaging) -------------------------------------------------

# smtp://user:password@host:port, submission://…; empty: files in HOME/mail.
EMAIL_URL = env.str("EMAIL_URL", "")
if EMAIL_URL:
    vars().update(env.dj_email_url("EMAIL_URL"))
EMAIL_BACKEND = "clairevoie.messaging.doors.NoOtherDoor"  # Django's own functions lead nowhere
EMAIL_TIMEOUT = env.int("CLAIREVOIE_EMAIL_SECONDS", 10)
CLAIREVOIE_MAIL_FROM = env.str("CLAIREVOIE_MAIL_FROM", "")  # empty: the organisation's address
# A provider instead of EMAIL_URL, by its name in django-anymail (brevo, mailjet, amazon_ses…);
# its own settings, such as BREVO_API_KEY, come from ANYMAIL_BREVO_API_KEY.
CLAIREVOIE_MAIL_PROVIDER = env.str("CLAIREVOIE_MAIL_PROVIDER", "")
ANYMAIL = {
    name.removeprefix("ANYMAIL_"): value
    for name, value in os.environ.items()
    if name.startswith("ANYMAIL_")
}
# DKIM: a private key (PEM file), and where its public half is: SELECTOR._domainkey.DOMAIN.
CLAIREVOIE_DKIM_KEY = env.str("CLAIREVOIE_DKIM_KEY", "")
CLAIREVOIE_DKIM_SELECTOR = env.str("CLAIREVOIE_DKIM_SELECTOR", "")
CLAIREVOIE_DKIM_DOMAIN = env.str("CLAIREVOIE_DKIM_DOMAIN", "")
# "brevo", or the dotted path of a class with send(number, text); "console": files in HOME/mail.
CLAIREVOIE_SMS = env.str("CLAIREVOIE_SMS", "console")
CLAIREVOIE_SMS_KEY = env.str("CLAIREVOIE_SMS_KEY", "")  # of the provider's API
CLAIREVOIE_SMS_SENDER = env.str("CLAIREVOIE_SMS_SENDER", "")  # what phones show: 11 signs at most
CLAIREVOIE_SMS_URL = "https://api.brevo.com/v3/"

# Only hosts of active recipients (policy/recipients.toml) can be reached (P-063).
CLAIREVOIE_EGRESS = env.bool("CLAIREVOIE_EGRESS", PRODUCTION)

# --- The back office (clairevoie.config.backoffice) ---------------------------------------------

UNFOLD = appearance.UNFOLD

# --- What is read (clairevoie.audience) ---------------------------------------------------------

CLAIREVOIE_COUNT_SECONDS = env.float("CLAIREVOIE_COUNT_SECONDS", 10)  # held in memory, then summed
CLAIREVOIE_GA_ID = env.str("CLAIREVOIE_GA_ID", "")  # G-…; empty: Google Analytics is not there
