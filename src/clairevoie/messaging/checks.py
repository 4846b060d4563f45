"""Contradictions refused at start."""

from collections.abc import Sequence

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured

from clairevoie import policy
from clairevoie.messaging.doors import NeedsPackage, open_door
from clairevoie.messaging.models import Channel
from clairevoie.messaging.signing import UnusableKey, signer_of


@register()
def doors_lead_where_the_policy_says(
    app_configs: Sequence[AppConfig] | None,
    **kwargs: object,
) -> list[CheckMessage]:
    """A provider that receives addresses must be an active recipient of the policy."""
    wrong = _no_such_provider() or _no_such_carrier()
    if wrong:
        return [wrong]
    recipients = policy.current().recipients
    mail = "CLAIREVOIE_MAIL_PROVIDER" if settings.CLAIREVOIE_MAIL_PROVIDER else "EMAIL_URL"
    return [
        Error(
            f"Messages leave through « {code} », which policy/recipients.toml does not declare "
            "as active.",
            hint=f"Complete [{code}] there (contract, country, active = true) or empty {setting}.",
            id="messaging.E001",
        )
        for setting, channel in ((mail, Channel.EMAIL), ("CLAIREVOIE_SMS", Channel.SMS))
        if (code := open_door(channel).recipient)
        and (code not in recipients or not recipients[code].active)
    ]


def _no_such_carrier() -> Error | None:
    """Of text messages."""
    if settings.CLAIREVOIE_SMS == "console":
        return None
    try:
        open_door(Channel.SMS)
    except ImportError:
        return Error(
            f"CLAIREVOIE_SMS names nothing: {settings.CLAIREVOIE_SMS}",
            hint="Write “console”, “brevo”, or the dotted path of a class with send(number, "
            "text).",
            id="messaging.E002",
        )
    except ImproperlyConfigured as missing:
        return Error(
            f"Text messages cannot leave by {settings.CLAIREVOIE_SMS}: {missing}.",
            hint="Set CLAIREVOIE_SMS_KEY and CLAIREVOIE_SMS_SENDER, or CLAIREVOIE_SMS=console.",
            id="messaging.E008",
        )
    return None


def _no_such_provider() -> Error | None:
    name = settings.CLAIREVOIE_MAIL_PROVIDER
    if not name:
        return None
    if settings.EMAIL_URL:
        return Error(
            "Mail has two doors: EMAIL_URL and CLAIREVOIE_MAIL_PROVIDER.",
            hint="Empty one of them.",
            id="messaging.E005",
        )
    try:
        open_door(Channel.EMAIL)
    except NeedsPackage:
        return Error(
            f"The provider {name} needs a package that is not installed.",
            hint=f"Install it: uv pip install 'django-anymail[{name.replace('_', '-')}]'.",
            id="messaging.E009",
        )
    except ImportError:
        return Error(
            f"CLAIREVOIE_MAIL_PROVIDER names nothing that django-anymail knows: {name}",
            hint="Write for example brevo, mailjet or amazon-ses.",
            id="messaging.E006",
        )
    except ImproperlyConfigured as missing:
        return Error(
            f"The provider {name} lacks a setting: {str(missing).splitlines()[0]}",
            hint="Give it as ANYMAIL_…, for example ANYMAIL_BREVO_API_KEY.",
            id="messaging.E007",
        )
    return None


@register()
def signatures_can_be_made(
    app_configs: Sequence[AppConfig] | None,
    **kwargs: object,
) -> list[CheckMessage]:
    """DKIM is configured as a whole, with a key that can sign, or not at all."""
    names = [f"CLAIREVOIE_DKIM_{part}" for part in ("KEY", "SELECTOR", "DOMAIN")]
    missing = [name for name in names if not getattr(settings, name)]
    if 0 < len(missing) < len(names):
        return [
            Error(
                f"DKIM is half configured: {', '.join(missing)} is empty.",
                hint="Set CLAIREVOIE_DKIM_KEY, _SELECTOR and _DOMAIN together, or none.",
                id="messaging.E003",
            )
        ]
    try:
        signer_of(*(str(getattr(settings, name)) for name in names))
    except UnusableKey:
        return [
            Error(
                f"No mail can be signed with {settings.CLAIREVOIE_DKIM_KEY}.",
                hint="Name a readable PEM file with a private key, Ed25519 or RSA of 2048 bits.",
                id="messaging.E004",
            )
        ]
    return []
