"""Paging: `paging.next` with an absolute link on the host that the request came to."""

from typing import Any
from urllib.parse import urlencode

from fastapi import Request


def paging(request: Request, after: str | int | None) -> dict[str, Any]:
    """`{"paging": {"next": …}}` to merge into an answer; empty when this page is the last."""
    if after is None:
        return {}
    pairs = [(name, value) for name, value in request.query_params.multi_items() if name != "after"]
    query = urlencode([*pairs, ("after", str(after))])
    url = request.url
    link = f"{url.scheme}://{url.netloc}{url.path}?{query}"
    return {"paging": {"next": {"after": str(after), "link": link}}}
