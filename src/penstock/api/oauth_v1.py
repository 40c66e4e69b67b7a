"""Tokens of apps: `/oauth/v1`, and who a key or token belongs to."""

from typing import Annotated, Any, Final

from fastapi import Form

from penstock.accounts import account, apps, keys
from penstock.accounts.apps import Token, Tokens
from penstock.accounts.errors import GrantTypeUnknown, TokenNotFound
from penstock.api.call import Call, ThisCall
from penstock.api.oauth_shapes import (
    AccessTokenInfo,
    Introspection,
    KeyInfo,
    KeyQuestion,
    RefreshTokenInfo,
    TokenAnswer,
    TokenQuestion,
    TokenRequest,
)
from penstock.api.routing import Router

router = Router("oauth", "OAuth")

_PATH: Final = "/oauth/v1/token"
_NOBODY: Final = 0
"""The id of the user: apps are allowed by administrators, who are no users here."""


@router.post(_PATH, model=TokenAnswer, key=False)
async def create(call: ThisCall, form: Annotated[TokenRequest, Form()]) -> dict[str, Any]:
    """An access token, for a code that works once or for a refresh token."""
    if form.grant_type not in ("authorization_code", "refresh_token"):
        raise GrantTypeUnknown(given=form.grant_type)
    app = await apps.authenticate(call.conn, form.client_id, form.client_secret)
    if form.grant_type == "refresh_token":
        made = await apps.refresh(call.conn, app, form.refresh_token, call.now)
    else:
        made = await apps.exchange(call.conn, app, form.code, form.redirect_uri, call.now)
    call.actor = f"app:{app.id}"
    await call.audit("oauth_create", f"apps/{app.id}", {"grant": form.grant_type})
    return await _answer(call, made)


@router.post(f"{_PATH}/introspect", model=Introspection, key=False, mutates=False)
async def introspect(call: ThisCall, form: Annotated[TokenQuestion, Form()]) -> dict[str, Any]:
    """What a token of this app stands for; of other apps' tokens nothing is told."""
    app = await apps.authenticate(call.conn, form.client_id, form.client_secret)
    access = await apps.access_token_info(call.conn, form.token, call.now)
    found = access or await apps.refresh_token_info(call.conn, form.token)
    if found is None or found.grant.app_id != app.id:
        return {"active": False}
    told = {
        "active": True,
        "token_use": "access_token" if access else "refresh_token",
        "client_id": found.client_id,
        "app_id": app.id,
        "hub_id": await _hub(call),
        "user_id": _NOBODY,
        "scopes": list(found.grant.scopes),
    }
    return told | ({"expires_in": _left(call, access)} if access else {})


@router.post(f"{_PATH}/revoke", key=False)
async def revoke(call: ThisCall, form: Annotated[TokenQuestion, Form()]) -> None:
    """Let a token of this app work no more."""
    app = await apps.authenticate(call.conn, form.client_id, form.client_secret)
    access = await apps.access_token_info(call.conn, form.token, call.now)
    found = access or await apps.refresh_token_info(call.conn, form.token)
    if found is not None and found.grant.app_id == app.id:
        await apps.end(call.conn, form.token, call.now)
    call.actor = f"app:{app.id}"
    await call.audit("oauth_revoke", f"apps/{app.id}")


@router.get("/oauth/v1/access-tokens/{token}", model=AccessTokenInfo, key=False)
async def read_access_token(call: ThisCall, token: str) -> dict[str, Any]:
    """What an access token stands for: who holds it may ask."""
    found = await apps.access_token_info(call.conn, token, call.now)
    if found is None:
        raise TokenNotFound
    return {
        **await _info(call, found, token, "access"),
        "app_id": found.grant.app_id,
        "expires_in": _left(call, found),
    }


@router.get("/oauth/v1/refresh-tokens/{token}", model=RefreshTokenInfo, key=False)
async def read_refresh_token(call: ThisCall, token: str) -> dict[str, Any]:
    """What a refresh token stands for: who holds it may ask."""
    found = await apps.refresh_token_info(call.conn, token)
    if found is None:
        raise TokenNotFound
    return {**await _info(call, found, token, "refresh"), "client_id": found.client_id}


@router.delete("/oauth/v1/refresh-tokens/{token}", key=False)
async def delete_refresh_token(call: ThisCall, token: str) -> None:
    """Let a refresh token work no more, and the access tokens that it gave."""
    found = await apps.refresh_token_info(call.conn, token)
    if found is None:
        raise TokenNotFound
    await apps.end(call.conn, token, call.now)
    call.actor = f"app:{found.grant.app_id}"
    await call.audit("oauth_delete_refresh_token", f"apps/{found.grant.app_id}")


@router.post(
    "/oauth/v2/private-apps/get/access-token-info", model=KeyInfo, key=False, mutates=False
)
async def read_key(call: ThisCall, body: KeyQuestion) -> dict[str, Any]:
    """What a key may do: who holds it may ask."""
    key = await keys.find(call.conn, body.token_key)
    if key is None:
        raise TokenNotFound
    hub = await _hub(call)
    return {"userId": _NOBODY, "hubId": hub, "appId": key.id, "scopes": sorted(key.scopes)}


async def _answer(call: Call, made: Tokens) -> dict[str, Any]:
    return {
        "access_token": made.access_token,
        "refresh_token": made.refresh_token,
        "token_type": "bearer",
        "expires_in": int(apps.TOKEN_LASTS.total_seconds()),
        "token_use": "access_token",
        "hub_id": await _hub(call),
        "user_id": _NOBODY,
        "scopes": list(made.grant.scopes),
    }


async def _info(call: Call, found: Token, token: str, kind: str) -> dict[str, Any]:
    return {
        "token": token,
        "token_type": kind,
        "hub_id": await _hub(call),
        "user_id": _NOBODY,
        "user": found.grant.by,
        "hub_domain": call.request.url.netloc,
        "scopes": list(found.grant.scopes),
    }


async def _hub(call: Call) -> int:
    return (await account.read(call.conn)).portal_id


def _left(call: Call, token: Token) -> int:
    assert token.expires_at is not None
    return int((token.expires_at - call.now).total_seconds())
