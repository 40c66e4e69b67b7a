"""Communications: messages by SMS, WhatsApp or LinkedIn."""

from penstock.records.defaults import OWNER_STAMPS, activity, choice, headings, html, section, table
from penstock.records.model import AssociationType, ObjectType

_CHANNELS = {
    "SMS": "SMS",
    "WHATS_APP": "WhatsApp",
    "LINKEDIN_MESSAGE": "LinkedIn message",
}

COMMUNICATION = ObjectType(
    id="0-18",
    name="communication",
    plural="communications",
    label="Communication",
    plural_label="Communications",
    primary="hs_communication_body",
    secondary=("hs_communication_channel_type", "hs_timestamp"),
    required=("hs_timestamp",),
    search=("hs_communication_body",),
    shown=(
        "hs_communication_body",
        "hs_communication_channel_type",
        "hs_timestamp",
        "hubspot_owner_id",
        "hs_createdate",
        "hs_lastmodifieddate",
        "hs_object_id",
    ),
    groups=headings(communication="Message information", engagement="Activity information"),
    properties=table(
        section(
            "communication",
            html("hs_communication_body", "Message"),
            choice("hs_communication_channel_type", "Channel type", _CHANNELS),
            choice("hs_communication_logged_from", "Logged from", {"CRM": "CRM"}),
        ),
        activity(),
    ),
    associations=(
        AssociationType(81, "0-1", 82, "communication_to_contact", "contact_to_communication"),
        AssociationType(87, "0-2", 88, "communication_to_company", "company_to_communication"),
        AssociationType(85, "0-3", 86, "communication_to_deal", "deal_to_communication"),
        AssociationType(83, "0-5", 84, "communication_to_ticket", "ticket_to_communication"),
        AssociationType(603, "0-136", 602, "communication_to_lead", "lead_to_communication"),
    ),
    stamps=OWNER_STAMPS,
)
