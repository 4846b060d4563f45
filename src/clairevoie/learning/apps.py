from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LearningConfig(AppConfig):
    """Tells what to undo at once for a person who objects, or takes a consent back."""

    name = "clairevoie.learning"
    verbose_name = _("Formation")

    def ready(self) -> None:
        from clairevoie import consent, privacy  # needs the models
        from clairevoie.learning import checks, unread  # noqa: F401  # register themselves
        from clairevoie.learning.actions import motivating, rating, reviewing

        privacy.undone_by_objection(motivating.ACTIVITY)(motivating.forget)
        consent.follow(rating.PUBLISHING)(reviewing.unpublish_all)
