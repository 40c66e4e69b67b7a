"""How a request to somebody else's server proves whose it is; secrets are named, never told."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from penstock.accounts.secrets import of_app


class AuthKey(BaseModel):
    """A secret that goes along, in a header or in the address."""

    model_config = ConfigDict(populate_by_name=True, frozen=True, extra="allow")

    type: Literal["AUTH_KEY"]
    name: str
    location: Literal["HEADER", "QUERY_PARAM"]
    secret_name: str = Field(alias="secretName")

    @property
    def secret(self) -> str:
        return self.secret_name

    @property
    def named_by(self) -> str:
        """The setting that names the secret."""
        return "secretName"


class Signature(BaseModel):
    """A signature with the secret of an app, which is kept under the name "app-" and its id."""

    model_config = ConfigDict(
        populate_by_name=True, frozen=True, extra="allow", coerce_numbers_to_str=True
    )

    type: Literal["SIGNATURE"]
    app_id: str = Field(alias="appId")

    @property
    def secret(self) -> str:
        return of_app(self.app_id)

    @property
    def named_by(self) -> str:
        """The setting that names the secret."""
        return "appId"


Authorization = Annotated[AuthKey | Signature, Field(discriminator="type")]
