"""Settings: every choice that belongs to an instance comes from the environment."""

from __future__ import annotations

import secrets
from pathlib import Path

from environs import Env

env = Env()

SOURCE = Path(__file__).resolve().parent.parent
REPOSITORY = SOURCE.parent.parent
HOME = Path(env.str("CLAIREVOIE_HOME", str(REPOSITORY / "var"))).resolve()
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

DEBUG = env.bool("CLAIREVOIE_DEBUG", False)
PRODUCTION = env.bool("CLAIREVOIE_PRODUCTION", False)
ALLOWED_HOSTS = env.list("CLAIREVOIE_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
SITE_URL = env.str("CLAIREVOIE_URL", "http://127.0.0.1:8000")

INSTALLED_APPS = [
    "clairevoie.policy",
    "clairevoie.privacy",
    "clairevoie.messaging",
    "clairevoie.accounts",
    "clairevoie.surveys",
    "clairevoie.site",
    "clairevoie.config",
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "clairevoie.config.urls"
WSGI_APPLICATION = "clairevoie.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clairevoie.site.context.organisation",
            ],
        },
    }
]

# --- Data -----------------------------------------------------------------------------------

DATABASES = {"default": env.dj_db_url("DATABASE_URL", f"sqlite:///{HOME / 'clairevoie.sqlite3'}")}
DATABASES["default"]["CONN_MAX_AGE"] = None
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # secure_delete: what the engine erases is overwritten with zeros in the file.
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA secure_delete=ON;"
            "PRAGMA foreign_keys=ON;PRAGMA temp_store=MEMORY;"
        ),
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = HOME / "media"
MEDIA_URL = "/fichiers/"
STATIC_ROOT = HOME / "static"
STATIC_URL = "/static/"

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# --- Language and time ----------------------------------------------------------------------

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "français"), ("en", "English")]
LOCALE_PATHS = [SOURCE / "locale"]
USE_TZ = True
TIME_ZONE = "Europe/Paris"

# --- People who sign in (details: clairevoie.accounts) ----------------------------------------

AUTH_USER_MODEL = "accounts.Member"
SESSION_ENGINE = "clairevoie.accounts.sessions"
SESSION_COOKIE_AGE = env.int("CLAIREVOIE_SESSION_SECONDS", 2 * 60 * 60)  # P-047 [D]
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
