"""What a visitor does on web pages and in forms."""

from functools import partial

from penstock.records.defaults import text
from penstock.records.model import EventType

_PAGE = (
    text("hs_page_url", "Page URL"),
    text("hs_page_title", "Page title"),
    text("hs_referrer", "Referrer"),
    text("hs_utm_campaign", "UTM campaign"),
    text("hs_utm_content", "UTM content"),
    text("hs_utm_medium", "UTM medium"),
    text("hs_utm_source", "UTM source"),
    text("hs_utm_term", "UTM term"),
)

_page = partial(EventType, properties=_PAGE)
_form = partial(
    EventType,
    properties=(
        text("hs_form_id", "Form"),
        text("hs_form_type", "Kind of form"),
        text("hs_page_id", "Page"),
        *_PAGE,
    ),
)
_call = partial(
    EventType,
    properties=(
        text("hs_cta_name", "Call to action"),
        text("hs_cta_placement", "Placement"),
        *_PAGE,
    ),
)

PAGE_VISITED = _page("4-96000", "e_page_visited", "Page visited")
FORM_SUBMITTED = _form("4-1639801", "e_form_submitted", "Form submitted")
FORM_VIEWED = _form("4-1639797", "e_form_viewed", "Form viewed")
FORM_INTERACTED = _form("4-1639799", "e_form_interacted", "Form interacted with")
CALL_TO_ACTION_VIEWED = _call("4-1555804", "e_cta_viewed", "Call to action viewed")
CALL_TO_ACTION_CLICKED = _call("4-1555805", "e_cta_clicked", "Call to action clicked")
