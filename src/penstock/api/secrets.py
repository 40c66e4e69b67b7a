"""Secrets of workflows: `/api/secrets`, where they are written and named, and never read."""

from typing import Any, Final

from penstock.accounts import secrets
from penstock.accounts.sealing import seal_of
from penstock.api.call import ThisCall
from penstock.api.routing import Router
from penstock.api.secrets_shapes import SecretInput, SecretList
from penstock.records.values import instant_text

router = Router("secrets", "Secrets")

_SCOPE: Final = "automation"
_ONE: Final = "/api/secrets/{secret_name}"


@router.get("/api/secrets", model=SecretList)
async def list_secrets(call: ThisCall) -> dict[str, Any]:
    """The names of all secrets; what they are cannot be read."""
    call.require(_SCOPE)
    return {
        "results": [
            {
                "name": one.name,
                "createdAt": instant_text(one.created_at),
                "updatedAt": instant_text(one.updated_at),
            }
            for one in await secrets.every(call.conn)
        ]
    }


@router.put(_ONE)
async def put(call: ThisCall, secret_name: str, body: SecretInput) -> None:
    """Keep a secret under a name, in place of the one before."""
    call.require(_SCOPE)
    value = body.value.get_secret_value()
    await secrets.put(call.conn, seal_of(call.settings), secret_name, value, call.now)
    await call.audit("secrets_put", f"secrets/{secret_name}")


@router.delete(_ONE)
async def delete(call: ThisCall, secret_name: str) -> None:
    """Forget a secret; what needs it fails from then on."""
    call.require(_SCOPE)
    await secrets.delete(call.conn, secret_name)
    await call.audit("secrets_delete", f"secrets/{secret_name}")
