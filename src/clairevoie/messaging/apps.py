from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MessagingConfig(AppConfig):
    name = "clairevoie.messaging"
    verbose_name = _("Messages")

    def ready(self) -> None:
        from clairevoie.messaging import checks  # noqa: PLC0415  # registers itself; needs the models

        assert checks
