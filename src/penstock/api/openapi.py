"""The OpenAPI document, written from the operations themselves."""

from importlib.metadata import version
from typing import Any, Final

from fastapi.openapi.utils import get_openapi

from penstock.api.operation import Operation

_REFUSALS: Final = {
    "400": "The request is not valid; `errors` says what is wrong where",
    "401": "No key, or not a valid one",
    "403": "The key lacks a scope",
    "404": "What the path names does not exist",
    "405": "Not with this method",
    "409": "It clashes with what exists",
    "413": "The body is too large",
    "415": "Not in this media type",
    "429": "Too many requests; `Retry-After` says when to come back",
    "500": "Something went wrong; the log says what, under the correlation id",
    "503": "Not available right now; `Retry-After` says when to come back",
}

_OBJECT_TYPE: Final = "An object type by its name, plural or id, such as contact, contacts or 0-1"

_PARAMETERS: Final = {
    "object_type": (_OBJECT_TYPE, "contacts"),
    "from_object_type": (_OBJECT_TYPE, "contacts"),
    "to_object_type": (_OBJECT_TYPE, "companies"),
    "object_id": ("The id of a record, or the value that `idProperty` says", "65"),
    "to_object_id": ("The id of a record", "130"),
}


def document(operations: list[Operation]) -> dict[str, Any]:
    """The document of these operations, with the refusals that each may answer with."""
    written = get_openapi(
        title="Penstock",
        version=version("penstock"),
        description="HubSpot's dialect, and Penstock's own under /api.",
        routes=operations,
    )
    components = written.setdefault("components", {})
    components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    written["security"] = [{"key": []}]
    keyless = {op.operation_id for op in operations if not op.traits.key}
    error = {"schema": {"$ref": "#/components/schemas/ErrorBody"}}
    components["responses"] = {
        f"Refusal{status}": {"description": text, "content": {"application/json": error}}
        for status, text in _REFUSALS.items()
    }
    for path in written["paths"].values():
        for operation in path.values():
            responses = operation["responses"]
            del responses["default"]
            for status in _REFUSALS:
                responses[status] = {"$ref": f"#/components/responses/Refusal{status}"}
            for parameter in operation.get("parameters", ()):
                if parameter["name"] in _PARAMETERS:
                    parameter["description"], parameter["example"] = _PARAMETERS[parameter["name"]]
            if operation["operationId"] in keyless:
                operation["security"] = []
    return written
