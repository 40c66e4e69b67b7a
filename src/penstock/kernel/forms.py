"""Settings that drive their own form: pydantic fields with a label and a widget."""

from typing import Any

from pydantic import Field
from pydantic_core import PydanticUndefined


def field(
    label: str,
    *,
    widget: str = "text",
    default: Any = PydanticUndefined,
    help: str = "",
    alias: str | None = None,
    **hints: Any,
) -> Any:
    """One setting. `widget` names a form widget, which is handed `hints` (`of="property_name"`)."""
    return Field(
        default,
        title=label,
        description=help or None,
        alias=alias,
        json_schema_extra={"widget": widget, **hints},
    )
