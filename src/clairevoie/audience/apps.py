from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AudienceConfig(AppConfig):
    name = "clairevoie.audience"
    verbose_name = _("Mesure d’audience")
