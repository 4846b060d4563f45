from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MessagingConfig(AppConfig):
    name = "clairevoie.messaging"
    verbose_name = _("Messages")

    def ready(self) -> None:
        import_module("clairevoie.messaging.checks")  # registers itself; needs the models
        import_module("clairevoie.messaging.reviewing")  # likewise
