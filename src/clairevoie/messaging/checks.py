"""Contradictions refused at start."""

from collections.abc import Sequence

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.utils.module_loading import import_string

from clairevoie import policy
from clairevoie.messaging.doors import open_door
from clairevoie.messaging.models import Channel


@register()
def doors_lead_where_the_policy_says(
    app_configs: Sequence[AppConfig] | None,
    **kwargs: object,
) -> list[CheckMessage]:
    """A provider that receives addresses must be an active recipient of the policy."""
    if settings.CLAIREVOIE_SMS != "console":
        try:
            import_string(settings.CLAIREVOIE_SMS)
        except ImportError:
            return [
                Error(
                    f"CLAIREVOIE_SMS names nothing: {settings.CLAIREVOIE_SMS}",
                    hint="Write “console”, or the dotted path of a class with send(number, text).",
                    id="messaging.E002",
                )
            ]
    recipients = policy.current().recipients
    return [
        Error(
            f"Messages leave through « {code} », which policy/recipients.toml does not declare "
            "as active.",
            hint=f"Complete [{code}] there (contract, country, active = true) or empty {setting}.",
            id="messaging.E001",
        )
        for setting, channel in (("EMAIL_URL", Channel.EMAIL), ("CLAIREVOIE_SMS", Channel.SMS))
        if (code := open_door(channel).recipient)
        and (code not in recipients or not recipients[code].active)
    ]
