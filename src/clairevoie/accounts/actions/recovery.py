"""Recovery codes: the way back in for a member without e-mail or telephone (P-086)."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from clairevoie import messaging, privacy
from clairevoie.accounts.actions.credentials import set_password
from clairevoie.accounts.actions.security_log import log
from clairevoie.accounts.models import Member, RecoveryCode, SecurityEvent
from clairevoie.accounts.terminals import Terminal
from clairevoie.lib import peppers
from clairevoie.lib.calendar import paris_date
from clairevoie.privacy.models import DataSubject

HOW_MANY = 8
# Crockford's alphabet: no I, L, O or U to mistake. 4 × 5 signs are 100 bits.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0", "-": "", " ": ""})


class WrongRecoveryCode(Exception):
    """Cet identifiant et ce code ne vont pas ensemble, ou le code a déjà servi."""


@transaction.atomic
def issue_recovery_codes(*, member: Member, terminal: Terminal, at: datetime) -> tuple[str, ...]:
    """Replace every code of the member; the new ones can be read only here, only now."""
    codes = tuple(_draw() for _ in range(HOW_MANY))
    RecoveryCode.including_restricted.filter(subject=member.pk).delete()
    RecoveryCode.including_restricted.bulk_create(
        RecoveryCode(
            subject_id=member.pk,
            code_hash=_hashes(member.subject, code)[0],
            made_on=paris_date(at),
        )
        for code in codes
    )
    log(SecurityEvent.Kind.RECOVERY_CODES_MADE, subject=member.subject, terminal=terminal, at=at)
    privacy.ledger.append(
        executor="accounts.issue-recovery-codes",
        at=at,
        subject=member.subject.uuid,
        facts={"codes": HOW_MANY},
    )
    return codes


@transaction.atomic
def recover(
    *, identifier: str, code: str, password: str, terminal: Terminal, at: datetime
) -> Member:
    """Give the account a new password against a code, which has then served.

    Every session ends. Raises :class:`WrongRecoveryCode`, without saying which is wrong.
    The password's strength is checked by the form, which alone can explain it.
    """
    subject = privacy.find(identifier)
    member = subject and Member.objects.filter(pk=subject.pk).first()
    if not (subject and member and member.may_sign_in):
        raise WrongRecoveryCode
    mine = RecoveryCode.including_restricted.filter(subject=subject)
    used, _ = mine.filter(code_hash__in=_hashes(subject, code)).delete()
    if not used:
        raise WrongRecoveryCode
    set_password(member=member, password=password, session_kept=None)
    log(SecurityEvent.Kind.PASSWORD_RESET, subject=subject, terminal=terminal, at=at)
    messaging.send(subject, "accounts/password-changed", "security", at=at)
    privacy.ledger.append(
        executor="accounts.recover", at=at, subject=subject.uuid, facts={"left": mine.count()}
    )
    return member


def _draw() -> str:
    signs = "".join(secrets.choice(_ALPHABET) for _ in range(20))
    return "-".join(signs[start : start + 5] for start in range(0, 20, 5))


def _hashes(subject: DataSubject, code: str) -> list[str]:
    """100 random bits need no slow hash; the key makes the table useless on its own.

    Under every pepper: a code written down long ago opens the account still.
    """
    plain = f"recovery:{subject.uuid}:{code.upper().translate(_READ_AS)}"
    return [found.hex() for found in peppers.digests(plain.encode())]
