"""What people do with advertisements, media, text messages, surveys and organised events."""

from functools import partial

from penstock.records.defaults import number, text
from penstock.records.model import EventType

_ad = partial(
    EventType,
    properties=(
        text("hs_ad_network", "Ad network"),
        text("hs_ad_campaign", "Ad campaign"),
        text("hs_ad_group", "Ad group"),
        text("hs_ad", "Ad"),
        text("hs_ad_keyword", "Keyword"),
    ),
)
_media = partial(
    EventType,
    properties=(
        text("hs_media_name", "Media"),
        text("hs_page_url", "Page URL"),
        number("hs_percent_played", "Percentage played"),
    ),
)
_message = partial(
    EventType,
    properties=(
        text("hs_message_id", "Message"),
        text("hs_workflow_id", "Workflow"),
        text("hs_recipient", "Recipient"),
        text("hs_click_url", "Clicked link"),
    ),
)
_gathering = partial(EventType, properties=(text("hs_marketing_event_id", "Marketing event"),))

AD_INTERACTED = _ad("4-1553675", "e_ad_interacted", "Ad interacted with")
MEDIA_PLAYED = _media("4-675783", "e_media_played", "Media played")
MESSAGE_SENT = _message("4-1719453", "e_sms_sent", "Text message sent")
MESSAGE_DELIVERED = _message("4-1721168", "e_sms_delivered", "Text message delivered")
MESSAGE_CLICKED = _message("4-1722276", "e_sms_clicked", "Link in a text message clicked")
REGISTERED = _gathering("4-68559", "e_marketing_event_registered", "Marketing event registered for")
CANCELLED = _gathering("4-69072", "e_marketing_event_cancelled", "Marketing event cancelled")

# HubSpot has no public ids for these: those of ours count up from 1.
ATTENDED = _gathering("4-2", "e_marketing_event_attended", "Marketing event attended")
CAMPAIGN_INFLUENCED = EventType(
    "4-3",
    "e_campaign_influenced",
    "Influenced by a campaign",
    properties=(text("hs_campaign_id", "Campaign"),),
)
SURVEY_RESPONDED = EventType(
    "4-4",
    "e_survey_responded",
    "Survey responded to",
    properties=(text("hs_survey_id", "Survey"),),
)
SURVEY_ANSWERED = EventType(
    "4-5",
    "e_survey_question_answered",
    "Survey question answered",
    properties=(
        text("hs_survey_id", "Survey"),
        text("hs_survey_question", "Question"),
        text("hs_survey_answer_row_id", "Row of the answer"),
        text("hs_survey_answer_col_id", "Column of the answer"),
        text("hs_survey_answer", "Answer"),
    ),
)
