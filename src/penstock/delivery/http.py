"""The way out over HTTP."""

import ssl
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from penstock.delivery.base import Line
from penstock.delivery.request import PATIENCE, Patience, Request
from penstock.delivery.targets import Targets


@dataclass(frozen=True)
class Http:
    """The way out over HTTP. `tls` says whom to trust; None: whom the system does."""

    targets: Targets
    lines: int
    patience: Patience = PATIENCE
    tls: ssl.SSLContext | None = None

    def open(self) -> AbstractAsyncContextManager[Line[Request]]:
        # It takes nine megabytes, which is not asked of workers that send no request.
        from penstock.delivery.http_line import opened

        return opened(self.targets, self.patience, self.tls)
