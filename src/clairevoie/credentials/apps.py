from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CredentialsConfig(AppConfig):
    name = "clairevoie.credentials"
    verbose_name = _("Certificats")

    def ready(self) -> None:
        from clairevoie.credentials import checks  # noqa: F401  # registers itself
        from clairevoie.credentials.actions.issuing import parcours_finished, project_accepted
        from clairevoie.learning.actions.correcting import after_acceptance
        from clairevoie.learning.actions.reading import after_finishing

        after_acceptance.append(project_accepted)
        after_finishing.append(parcours_finished)
