from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewsletterConfig(AppConfig):
    name = "clairevoie.newsletter"
    verbose_name = _("Lettre d’information")

    def ready(self) -> None:
        import_module("clairevoie.newsletter.following")  # registers itself; needs the models
