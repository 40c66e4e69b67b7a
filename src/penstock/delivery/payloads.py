"""What effects say, read into the form that their kind has."""

from collections.abc import Sequence
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from penstock.delivery.base import Effect, Key, Outcome

Form = TypeVar("Form", bound=BaseModel)


def understand(
    effects: Sequence[Effect], form: type[Form]
) -> tuple[dict[Effect, Form], dict[Key, Outcome]]:
    """The payloads of effects, and the outcomes of those whose payload nobody understands."""
    payloads: dict[Effect, Form] = {}
    failed: dict[Key, Outcome] = {}
    for effect in effects:
        try:
            payloads[effect] = form.model_validate(effect.payload)
        except ValidationError as error:
            failed[effect.key] = Outcome("failed", "payload_invalid", str(error))
    return payloads, failed
