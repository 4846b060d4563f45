"""What a member changes about themself: profile, postal address, avatar."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Self

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models.fields.files import FieldFile

from clairevoie import privacy
from clairevoie.accounts import avatars
from clairevoie.accounts.actions.rectifying import tell_recipients
from clairevoie.accounts.models import Member
from clairevoie.lib import orphans

_SETTLED = timedelta(days=1)  # an upload under way is never that old


class PseudoTaken(Exception):
    """Ce pseudo est déjà pris. Choisissez-en un autre."""


class PseudoNeeded(Exception):
    """Sans adresse e-mail ni téléphone, votre pseudo est votre seul identifiant : gardez-le."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Everything a member may change without proving anything."""

    last_name: str
    first_names: str
    pseudo: str | None
    language: str
    gender: str | None
    street: str
    postcode: str
    town: str
    country: str

    @classmethod
    def of(cls, member: Member) -> Self:
        """The profile as it stands."""
        return cls(**{name: getattr(member, name) for name in cls.__slots__})

    def differences(self, other: Profile) -> tuple[str, ...]:
        """Names of the fields that are not the same in ``other``."""
        mine, theirs = asdict(self), asdict(other)
        return tuple(name for name in mine if mine[name] != theirs[name])


def change_profile(*, member: Member, profile: Profile, at: datetime) -> tuple[str, ...]:
    """Replace the profile; return the names of what changed, which is all the ledger knows.

    Raises :class:`PseudoTaken`, :class:`PseudoNeeded`.
    """
    try:
        with transaction.atomic():
            current = Member.objects.select_for_update().get(pk=member.pk)
            changed = Profile.of(current).differences(profile)
            if not (profile.pseudo or current.email or current.phone):
                raise PseudoNeeded
            for name in changed:
                setattr(current, name, getattr(profile, name))
            if changed:
                current.save(update_fields=changed)
                tell_recipients(current, fields=changed, at=at)
                _note("accounts.change-profile", current, changed, at)
    except IntegrityError as clash:  # the pseudo is the only unique value here
        raise PseudoTaken from clash
    return changed


def change_avatar(*, member: Member, upload: bytes, at: datetime) -> None:
    """Keep two small renditions of ``upload``, never the original. Raises ``AvatarRefused``."""
    renditions = avatars.render(upload)
    written: list[FieldFile] = []
    try:
        with transaction.atomic():
            current = Member.objects.select_for_update().get(pk=member.pk)
            _queue_avatar_deletion(current, at)
            for file, content in (
                (current.avatar, renditions.large),
                (current.avatar_small, renditions.small),
            ):
                file.save("avatar.webp", ContentFile(content), save=False)
                written.append(file)
            current.save(update_fields=["avatar", "avatar_small"])
            _note("accounts.change-profile", current, ("avatar",), at)
    except BaseException:
        for file in written:  # the storage knows no transaction
            file.storage.delete(str(file.name))
        raise


@transaction.atomic
def remove_avatar(*, member: Member, at: datetime) -> None:
    """Forget the avatar at once; its files go through the outbox (P-017)."""
    current = Member.objects.select_for_update().get(pk=member.pk)
    if not current.avatar:
        return
    _queue_avatar_deletion(current, at)
    current.avatar = current.avatar_small = ""
    current.save(update_fields=["avatar", "avatar_small"])
    _note("accounts.change-profile", current, ("avatar",), at)


def sweep_avatars(*, at: datetime) -> int:
    """Remove pictures that no member has: an upload killed between the file and its row."""
    known = Member.objects.exclude(avatar="").values_list("avatar", "avatar_small")
    return orphans.sweep(
        store=default_storage,
        folder="avatars",
        named=chain.from_iterable(known.iterator()),
        before=at - _SETTLED,
    )


def _queue_avatar_deletion(member: Member, at: datetime) -> None:
    for file in (member.avatar, member.avatar_small):
        if file:
            privacy.outbox.queue(kind="delete-file", payload={"name": file.name}, at=at)


def _note(executor: str, member: Member, fields: tuple[str, ...], at: datetime) -> None:
    privacy.ledger.append(
        executor=executor, at=at, subject=member.subject.uuid, facts={"fields": list(fields)}
    )
