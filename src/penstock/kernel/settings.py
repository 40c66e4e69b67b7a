"""What the installation sets, from PENSTOCK_… variables of the environment."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


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
    mail_from: str = Field(
        "Penstock <penstock@localhost>", description="Sender of mails that name none themselves"
    )
