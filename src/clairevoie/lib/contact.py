"""E-mail addresses and phone numbers in one comparable form."""

from __future__ import annotations

import re

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

EMAIL = "email"
PHONE = "phone"
_REGION = "FR"


class NotAContact(ValueError):
    """Cette adresse ou ce numéro n’est pas valable."""


def normalise(kind: str, raw: str) -> str:
    """Lower-case address, or E.164 number. Raises :class:`NotAContact`."""
    return _email(raw) if kind == EMAIL else _phone(raw)


def strict_key(kind: str, raw: str) -> str:
    """The form under which refusals are remembered: ``+tag`` and case make no new person."""
    return without_tag(kind, normalise(kind, raw))


def without_tag(kind: str, normalised: str) -> str:
    """The same, of what is normalised already."""
    return re.sub(r"\+[^@]*(?=@)", "", normalised) if kind == EMAIL else normalised


def in_groups(phone: str) -> str:
    """A number as it is read aloud, « +33 6 12 34 56 78 », kept on one line."""
    number = phonenumbers.parse(phone, _REGION)
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return str(written).replace(" ", "\u00a0")


def _email(raw: str) -> str:
    address = raw.strip()
    try:
        validate_email(address)
    except ValidationError as error:
        raise NotAContact from error
    local, _, domain = address.rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise NotAContact from error
    return f"{local}@{domain}".lower()


def _phone(raw: str) -> str:
    try:
        number = phonenumbers.parse(raw, _REGION)
    except phonenumbers.NumberParseException as error:
        raise NotAContact from error
    if not phonenumbers.is_valid_number(number):
        raise NotAContact
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
