"""How files arrive: small ones in memory, the others never stored anywhere."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django import forms
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

LARGEST_UPLOAD = 5 * 1024 * 1024


def say_too_heavy(form: forms.Form, request: HttpRequest) -> None:
    """Beside each field whose file was too big to be read: that it was, not that it is missing.

    The words are the field's own, ``error_messages["too_heavy"]``.
    """
    for name in getattr(request, "refused_uploads", ()):
        if name in form.fields:
            form.errors.pop(name, None)
            form.add_error(name, form.fields[name].error_messages["too_heavy"])


class SmallFilesInMemory(FileUploadHandler):
    """Reads at most 5 MB of files a request, in memory alone.

    Nothing of what a person sends is written in a temporary folder, where an erasure would
    not look for it. What is too big is read to its end and dropped, so that the page can
    answer in words; ``request.refused_uploads`` names the fields it came in.
    """

    largest = LARGEST_UPLOAD

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.received = 0
        self.refused: set[str] = set()
        if request is not None:
            request.refused_uploads = self.refused

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.buffer = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received > self.largest:
            self.buffer = BytesIO()
            self.refused.add(self.field_name or "")
            raise SkipFile
        self.buffer.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self.buffer.seek(0)
        return InMemoryUploadedFile(
            file=self.buffer,
            field_name=self.field_name,
            name=self.file_name or "",
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )
