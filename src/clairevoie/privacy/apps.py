from importlib import import_module

from django.apps import AppConfig
from django.conf import settings
from django.utils.module_loading import autodiscover_modules


class PrivacyConfig(AppConfig):
    """Collects every app's declarations once all models exist."""

    name = "clairevoie.privacy"
    verbose_name = "Données personnelles"

    def ready(self) -> None:
        autodiscover_modules("privacy")
        import_module("clairevoie.privacy.checks")  # registers itself; needs the models
        if settings.CLAIREVOIE_EGRESS:
            import_module("clairevoie.privacy.egress").install()
