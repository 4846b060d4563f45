from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LearningConfig(AppConfig):
    """Tells the engine what to undo at once for a person who objects."""

    name = "clairevoie.learning"
    verbose_name = _("Formation")

    def ready(self) -> None:
        from clairevoie import privacy  # needs the models
        from clairevoie.learning.actions import motivating

        privacy.undone_by_objection(motivating.ACTIVITY)(motivating.forget)
