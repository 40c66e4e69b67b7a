"""The shapes of secrets on the wire."""

from datetime import datetime

from pydantic import SecretStr

from penstock.api.models import Wire


class SecretInput(Wire):
    value: SecretStr


class SecretShape(Wire):
    name: str
    created_at: datetime
    updated_at: datetime


class SecretList(Wire):
    results: list[SecretShape]
