"""What the installation sets, from PENSTOCK_… variables of the environment."""

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Settings(BaseSettings):
    """Every setting has a safe default; the name of its variable is PENSTOCK_ and the field's."""

    model_config = SettingsConfigDict(env_prefix="PENSTOCK_", extra="ignore")

    database_url: str | None = Field(
        None, description="A PostgreSQL 18 server to use instead of the embedded one"
    )
    data_folder: Path | None = Field(None, description="Where the embedded server keeps its data")
    search_limits: tuple[int, int, int] = Field(
        (5, 6, 18), description="Filter groups, filters per group and filters of one search"
    )
    requests_per_second: int = Field(
        0, description="Rate limit per API key; 0 means no limit on this machine"
    )
    smtp_url: SecretStr | None = Field(
        None, description="Mail server, smtp://user:password@host:port or smtps://…; none captures"
    )
    smtp_connections: int = Field(4, ge=1, le=64, description="Open at once to the mail server")
    mails_per_second: int = Field(
        0, ge=0, description="Most mails a second to the mail server; 0 means no limit"
    )
    mail_from: str = Field(
        "Penstock <penstock@localhost>", description="Sender of mails that name none themselves"
    )
    webhook_connections: int = Field(50, ge=1, le=200, description="Webhooks on their way at once")
    webhooks_per_second: int = Field(20, ge=1, description="Most requests a second to one host")
    allowed_targets: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = Field(
        (),
        description="Networks beside the public ones that webhooks may go to, over plain http too,"
        " such as 10.1.0.0/16,fd00::/8",
    )
    locked_actions: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Type ids of actions that are locked here, such as 0-4,WEBHOOK: no workflow"
        " with one turns on",
    )
    secret_key: SecretStr | None = Field(
        None,
        min_length=32,
        description="What secrets are encrypted with, at least 32 characters; without it a key is"
        " made in the data folder of the embedded server",
    )

    @field_validator("allowed_targets", "locked_actions", mode="before")
    @classmethod
    def _listed(cls, given: object) -> object:
        return given.replace(",", " ").split() if isinstance(given, str) else given
