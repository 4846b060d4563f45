"""How the files of a project arrive: piece by piece on the disk, without a name there.

Never in memory, because a project may accept a hundred megabytes; never in a named temporary
file, where an erasure would not look: the system frees them as soon as they are closed.
"""

from __future__ import annotations

import tempfile
from typing import IO, Any, Final

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http import HttpRequest

# Up to here, what is too big is read to its end and dropped, so that the browser gets our answer;
# beyond, the connection is cut.
_HOPELESS: Final = 1024 * 1024 * 1024


class FilesOnDisk(FileUploadHandler):
    """Takes ``largest`` bytes of files a request, all files together.

    ``request.refused_uploads`` names the fields of those that did not fit.
    """

    def __init__(self, request: HttpRequest, *, largest: int) -> None:
        super().__init__(request)
        self.largest = largest
        self.received = 0
        self.announced = 0
        self.refused: set[str] = set()
        request.refused_uploads = self.refused  # type: ignore[attr-defined]

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: dict[str, str],  # noqa: N803  # Django's own name
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        self.announced = content_length

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.announced > _HOPELESS:
            self._refuse()
            raise StopUpload(connection_reset=True)
        if self.received > self.largest:
            self._refuse()
            raise SkipFile
        self.spool: IO[bytes] = tempfile.TemporaryFile(dir=settings.HOME)  # noqa: SIM115  # closed by the request

    def receive_data_chunk(self, raw_data: bytes, _start: int) -> None:
        self.received += len(raw_data)
        if self.received > self.largest:
            self.spool.close()
            self._refuse()
            raise SkipFile
        self.spool.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile[Any]:
        self.spool.seek(0)
        return UploadedFile(
            file=self.spool,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )

    def upload_interrupted(self) -> None:
        self.spool.close()

    def _refuse(self) -> None:
        self.refused.add(self.field_name or "")
