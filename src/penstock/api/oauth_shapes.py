"""The shapes of tokens on the wire."""

from pydantic import BaseModel, ConfigDict, Field

from penstock.api.models import Wire


class _Snake(BaseModel):
    """A shape with the names of OAuth itself."""

    model_config = ConfigDict(extra="ignore")


class TokenRequest(_Snake):
    """What an app sends, as a form; `code` or `refresh_token`, as `grant_type` says."""

    grant_type: str = Field("", max_length=100)
    client_id: str = Field("", max_length=200)
    client_secret: str = Field("", max_length=200)
    redirect_uri: str = Field("", max_length=2000)
    code: str = Field("", max_length=200)
    refresh_token: str = Field("", max_length=200)


class TokenQuestion(_Snake):
    token: str = Field(max_length=200)
    client_id: str = Field("", max_length=200)
    client_secret: str = Field("", max_length=200)


class TokenAnswer(_Snake):
    access_token: str
    refresh_token: str
    token_type: str
    expires_in: int
    token_use: str
    hub_id: int
    user_id: int
    scopes: list[str]


class TokenInfo(_Snake):
    token: str
    token_type: str
    hub_id: int
    user_id: int
    user: str
    hub_domain: str
    scopes: list[str]


class AccessTokenInfo(TokenInfo):
    app_id: int
    expires_in: int


class RefreshTokenInfo(TokenInfo):
    client_id: str


class Introspection(_Snake):
    active: bool
    token_use: str | None = None
    client_id: str | None = None
    app_id: int | None = None
    hub_id: int | None = None
    user_id: int | None = None
    scopes: list[str] | None = None
    expires_in: int | None = None


class KeyQuestion(Wire):
    token_key: str = Field(max_length=200)


class KeyInfo(Wire):
    user_id: int
    hub_id: int
    app_id: int
    scopes: list[str]
