from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from clairevoie.privacy import triggers


class ConsentConfig(AppConfig):
    name = "clairevoie.consent"
    verbose_name = _("Consentements")

    def ready(self) -> None:
        import_module("clairevoie.consent.reviewing")  # registers itself
        triggers.append_only("consent_showntext")
        triggers.append_only("consent_trackerchoice")
