"""The yardstick of pages: a bare Django view with one session and one indexed query.

Stock Django: its session store, its session middleware, nothing else. Same database and server
as the platform.
"""

from clairevoie.config.settings import DATABASES, SECRET_KEY, USE_TZ

__all__ = ["DATABASES", "SECRET_KEY", "USE_TZ"]

ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = ["bench", "django.contrib.sessions"]
MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware"]
ROOT_URLCONF = "bench.bare_pages"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
