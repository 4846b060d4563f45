"""The default door: a file under the instance's folder."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import ClassVar

from django.core.files.base import ContentFile

from clairevoie.messaging.doors.parcel import Parcel
from clairevoie.messaging.journal import Journal
from clairevoie.messaging.models import Channel, mail_folder
from clairevoie.messaging.signing import signed


class Folder:
    """A file, and a line that says which one.

    The line shows no content: terminals are often kept as logs. The demonstration, which sends
    years of messages at once, switches it off. Nothing goes to the journal: a second attempt
    writes the same file.
    """

    recipient = ""
    announces: ClassVar[bool] = True

    def send(self, parcel: Parcel, *, at: datetime, journal: Journal) -> None:
        if parcel.channel == Channel.EMAIL:
            content = signed(parcel.mail(at=at))
        else:
            content = f"{parcel.address}\n\n{parcel.letter.text}\n".encode()
        name = mail_folder().save(parcel.copy_name, ContentFile(content))
        if self.announces:
            sys.stderr.write(f"✉ {mail_folder().path(name)}\n")

    def close(self) -> None:
        """Nothing was opened."""
