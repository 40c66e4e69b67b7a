"""Pages for people: HTML from the templates of this package, under a policy without scripts."""

from typing import Any, Final

from fastapi import Response
from jinja2 import Environment, PackageLoader, select_autoescape

from penstock.accounts.errors import LinkUnusable, NotAuthenticated
from penstock.api import errors
from penstock.kernel.texts import Text

HEADERS: Final = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}

_templates = Environment(
    loader=PackageLoader("penstock.api", "page"), autoescape=select_autoescape()
)

_NOT_SIGNED_IN = Text("You are not signed in.")
_HOW = Text(
    'Run "penstock sign-in" on the machine where Penstock runs, and open the link that it prints.'
)


def page(template: str, status: int = 200, **context: Any) -> Response:
    """A page made from one of the templates."""
    html = _templates.get_template(template).render(context)
    return Response(html, status, HEADERS, media_type="text/html")


def refusal(error: Exception, *, language: str, correlation_id: str) -> Response:
    """The page that an error means; who is not signed in reads how to get a link."""
    status, body, _ = errors.refusal(error, language=language, correlation_id=correlation_id)
    stranger = isinstance(error, NotAuthenticated)
    return page(
        "refusal.html",
        status,
        language=language,
        message=_NOT_SIGNED_IN.render(language) if stranger else body["message"],
        how=_HOW.render(language) if stranger or isinstance(error, LinkUnusable) else "",
        correlation_id=correlation_id if status >= 500 else "",
    )
