"""Files that come with a form: read block by block, and the JSON that comes beside them."""

from collections.abc import AsyncIterator
from typing import Any, Final, TypeVar

from fastapi import UploadFile
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from penstock.api.incoming import parse
from penstock.imports.samples import CHUNK
from penstock.imports.store import LARGEST_FILE

LARGEST_UPLOAD: Final = LARGEST_FILE + 2**20
"""Bytes of a form: the file, and what is said of it."""

Document = TypeVar("Document", bound=BaseModel)


async def blocks_of(file: UploadFile) -> AsyncIterator[bytes]:
    """The bytes of an upload; the form parser keeps them on disk, not in memory."""
    while block := await file.read(CHUNK):
        yield block


def document_of(field: str, text: str, model: type[Document]) -> tuple[Document, dict[str, Any]]:
    """The JSON of a form's field, checked and as it came.

    Raises BodyInvalid, or RequestValidationError with every place that is wrong.
    """
    value = parse(text.encode("utf-8", "surrogatepass"))
    try:
        return model.model_validate(value), value
    except ValidationError as error:
        places = [{**found, "loc": (field, *found["loc"])} for found in error.errors()]
        raise RequestValidationError(places) from None
