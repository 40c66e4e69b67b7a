"""HubSpot's request signatures: the receiver makes the same from the secret that both know."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

_DECODED = {
    "%3A": ":", "%2F": "/", "%3F": "?", "%40": "@", "%21": "!", "%24": "$", "%27": "'",
    "%28": "(", "%29": ")", "%2A": "*", "%2C": ",", "%3B": ";",
}  # fmt: skip
"""What HubSpot decodes in an address before it signs it, and nothing else."""


def v1(secret: str, body: bytes) -> str:
    """Of the webhooks API: of the body alone."""
    return hashlib.sha256(secret.encode() + body).hexdigest()


def v2(secret: str, method: str, uri: str, body: bytes) -> str:
    """Of workflows, custom actions and cards."""
    return hashlib.sha256(f"{secret}{method}{uri}".encode() + body).hexdigest()


def v3(secret: str, method: str, uri: str, body: bytes, timestamp: str) -> str:
    """With the moment, in milliseconds: what is older than five minutes is refused."""
    for encoded, character in _DECODED.items():
        uri = uri.replace(encoded, character).replace(encoded.lower(), character)
    signed = f"{method}{uri}".encode() + body + timestamp.encode()
    return base64.b64encode(hmac.digest(secret.encode(), signed, "sha256")).decode()


def headers(secret: str, method: str, uri: str, body: bytes, now: datetime) -> Mapping[str, str]:
    """The headers of a signed request: v2, which receivers of webhooks look at, and v3."""
    timestamp = str(round(now.timestamp() * 1000))
    return {
        "X-HubSpot-Signature": v2(secret, method, uri, body),
        "X-HubSpot-Signature-Version": "v2",
        "X-HubSpot-Signature-v3": v3(secret, method, uri, body, timestamp),
        "X-HubSpot-Request-Timestamp": timestamp,
    }
