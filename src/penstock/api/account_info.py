"""The account that a key belongs to: `/account-info/v3`."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from penstock.accounts import account
from penstock.api.call import ThisCall
from penstock.api.models import Wire
from penstock.api.routing import Router

router = Router("account_info", "Account")


class AccountShape(Wire):
    portal_id: int
    account_type: str
    time_zone: str
    company_currency: str
    additional_currencies: list[str]
    utc_offset: str
    utc_offset_milliseconds: int
    ui_domain: str
    data_hosting_location: str


@router.get("/account-info/v3/details", model=AccountShape)
async def read(call: ThisCall) -> dict[str, Any]:
    """The account's id, time zone and currency."""
    found = await account.read(call.conn)
    offset = call.now.astimezone(ZoneInfo(found.time_zone)).utcoffset() or timedelta()
    minutes = int(offset.total_seconds()) // 60
    return {
        "portalId": found.portal_id,
        "accountType": "STANDARD",
        "timeZone": found.time_zone,
        "companyCurrency": found.currency,
        "additionalCurrencies": [],
        "utcOffset": f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}",
        "utcOffsetMilliseconds": minutes * 60_000,
        "uiDomain": call.request.url.netloc,
        "dataHostingLocation": "self-hosted",
    }
