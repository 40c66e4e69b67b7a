"""Letters handed to a mail server over SMTP, one connection per line.

What is known to be refused is refused or postponed; when the connection is lost once the message
itself may have been on its way, nobody knows (RFC 5321 section 6.1), and the outcome says so.
"""

import ipaddress
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import unquote, urlsplit

from aiosmtplib import SMTP, SMTPDataError, SMTPException, SMTPResponseException

from penstock.delivery.base import DONE, Line, Outcome
from penstock.delivery.errors import MailServerInvalid
from penstock.delivery.mail import Letter
from penstock.delivery.message import address, compose
from penstock.kernel.settings import Settings

COMMAND_PATIENCE: Final = 60.0
"""Seconds to wait for a connection, and for the answer to a command."""

ANSWER_PATIENCE: Final = 600.0
"""Seconds to wait for the answer to a message: RFC 5321 section 4.5.3.2.6 asks for ten minutes,
because who gives up earlier does not know whether it was taken."""

_LONGEST_REPLY: Final = 500


@dataclass(frozen=True)
class MailServer:
    """Where the mail server is and who we are to it."""

    host: str
    port: int
    tls: bool
    user: str | None
    password: str | None = field(repr=False)
    lines: int

    @classmethod
    def of(cls, settings: Settings) -> "MailServer":
        """The server that the settings name. Raises MailServerInvalid."""
        assert settings.smtp_url is not None
        try:
            url = urlsplit(settings.smtp_url.get_secret_value())
            port = url.port
        except ValueError as error:
            raise MailServerInvalid from error
        if url.scheme not in ("smtp", "smtps") or not url.hostname or url.path.strip("/"):
            raise MailServerInvalid
        user = unquote(url.username) if url.username else None
        usual = 465 if url.scheme == "smtps" else 587 if user else 25
        return cls(
            url.hostname,
            port or usual,
            url.scheme == "smtps",
            user,
            unquote(url.password) if url.password else None,
            settings.smtp_connections,
        )

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Line[Letter]]:
        """A line; it connects when the first letter comes."""
        line = _SmtpLine(self)
        try:
            yield line
            await line.quit()
        finally:
            line.drop()

    @property
    def near(self) -> bool:
        """Whether it is on this machine, where nobody listens in."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


class _SmtpLine:
    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._client: SMTP | None = None
        self._away: Outcome | None = None

    async def send(self, letter: Letter, now: datetime) -> Outcome:
        try:
            message = compose(letter, now).as_bytes()
            sender = address("", letter.from_address).addr_spec.encode("ascii").decode()
            recipient = address("", letter.to).addr_spec.encode("ascii").decode()
        except ValueError as error:
            return Outcome("failed", "address_unsupported", str(error))
        try:
            client = await self._connected()
        except (SMTPException, OSError, ValueError) as error:
            self.drop()
            # The others of this line need not wait for the same failure.
            self._away = Outcome("pending", "mail_server_unreachable", _told(error))
        if self._away is not None:
            return self._away
        try:
            await client.mail(sender)
            await client.rcpt(recipient)
        except SMTPResponseException as error:
            await self._reset()
            return _refused(error)
        except (SMTPException, OSError) as error:
            self.drop()
            return Outcome("pending", "mail_server_unreachable", _told(error))
        return await self._hand_over(client, message)

    async def _hand_over(self, client: SMTP, message: bytes) -> Outcome:
        try:
            await client.data(message, timeout=ANSWER_PATIENCE)
        except SMTPDataError as error:
            await self._reset()
            return _refused(error)
        except (SMTPException, OSError) as error:
            self.drop()
            return Outcome("uncertain", "no_answer", _told(error))
        return DONE

    async def _connected(self) -> SMTP:
        if self._client is not None and self._client.is_connected:
            return self._client
        server = self._server
        client = SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.tls,
            timeout=COMMAND_PATIENCE,
        )
        await client.connect()
        self._client = client
        if server.user is not None:
            if client.get_transport_info("sslcontext") is None and not server.near:
                raise ValueError("the server offers no TLS, and a password is not sent without")
            await client.login(server.user, server.password or "")
        return client

    async def _reset(self) -> None:
        try:
            if self._client is not None and self._client.is_connected:
                await self._client.rset()
        except (SMTPException, OSError):
            self.drop()

    async def quit(self) -> None:
        """Take leave, so that the server need not wonder."""
        if self._client is not None and self._client.is_connected:
            with suppress(SMTPException, OSError):
                await self._client.quit()

    def drop(self) -> None:
        """Hang up: whatever state the conversation is in, there will be another."""
        if self._client is not None:
            self._client.close()
            self._client = None


def _refused(error: SMTPResponseException) -> Outcome:
    if 500 <= error.code <= 599:
        return Outcome("failed", "mail_refused", _told(error))
    return Outcome("pending", "mail_postponed", _told(error))


def _told(error: Exception) -> str:
    if isinstance(error, SMTPResponseException):
        return f"{error.code} {error.message}"[:_LONGEST_REPLY]
    return str(error)[:_LONGEST_REPLY]
