"""Signing in to the pages: a one-time link opens a session, which the browser keeps in a cookie."""

from fastapi import Response

from penstock.accounts import sign_ins
from penstock.accounts.errors import LinkUnusable
from penstock.api.call import ThisCall
from penstock.api.operation import COOKIE
from penstock.api.pages import HEADERS
from penstock.api.routing import Router

router = Router("sign_in", "Sign-in")


@router.get("/sign-in", page=True, key=False, mutates=True)
async def open_session(call: ThisCall, token: str = "") -> Response:
    """Use a link up and go to the first page; who is signed in goes there with a used one too."""
    response = _to_the_first_page()
    try:
        session, secret = await sign_ins.sign_in(call.conn, token, call.now)
    except LinkUnusable:
        if call.actor == "anonymous":
            raise
        return response
    call.actor = session.actor
    await call.audit("sign_in", f"sessions/{session.id}")
    response.set_cookie(
        COOKIE,
        secret,
        max_age=int(sign_ins.SESSION_LASTS.total_seconds()),
        path="/",
        httponly=True,
        samesite="strict",
        # Over plain http, which is what a loopback address has, a browser would drop it.
        secure=call.request.url.scheme == "https",
    )
    return response


@router.post("/sign-out", page=True, key=False)
async def end_session(call: ThisCall) -> Response:
    """End the session of this browser; others stay."""
    if secret := call.request.cookies.get(COOKIE):
        await sign_ins.sign_out(call.conn, secret)
    response = _to_the_first_page()
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
    return response


def _to_the_first_page() -> Response:
    return Response(status_code=303, headers={**HEADERS, "location": "/"})
