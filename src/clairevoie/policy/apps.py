from types import ModuleType

from django.apps import AppConfig

from clairevoie.policy.reader import PolicyError, current


class PolicyConfig(AppConfig):
    """First of the installed apps: no model is imported under a policy that contradicts itself."""

    name = "clairevoie.policy"

    def __init__(self, app_name: str, app_module: ModuleType | None) -> None:
        super().__init__(app_name, app_module)
        try:
            current()
        except PolicyError as error:
            # Whoever starts the program reads a list to mend, not a traceback.
            raise SystemExit(str(error)) from None
