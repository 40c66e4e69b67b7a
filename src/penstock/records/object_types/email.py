"""E-mails: letters between a user and a contact, as kept on a record."""

from penstock.records.defaults import (
    OWNER_STAMPS,
    activity,
    choice,
    headings,
    html,
    number,
    paragraph,
    section,
    table,
    text,
)
from penstock.records.model import AssociationType, ObjectType

_DIRECTIONS = {
    "EMAIL": "Outgoing email",
    "INCOMING_EMAIL": "Incoming email",
    "FORWARDED_EMAIL": "Forwarded email",
}

EMAIL = ObjectType(
    id="0-49",
    name="email",
    plural="emails",
    label="Email",
    plural_label="Emails",
    primary="hs_email_subject",
    secondary=("hs_email_direction", "hs_timestamp"),
    required=("hs_timestamp",),
    search=("hs_email_subject", "hs_email_text"),
    shown=(
        "hs_email_subject",
        "hs_email_direction",
        "hs_email_status",
        "hs_timestamp",
        "hubspot_owner_id",
        "hs_createdate",
        "hs_lastmodifieddate",
        "hs_object_id",
    ),
    groups=headings(email="Email information", engagement="Activity information"),
    properties=table(
        section(
            "email",
            text("hs_email_subject", "Email subject"),
            paragraph("hs_email_text", "Text body"),
            html("hs_email_html", "HTML body"),
            choice("hs_email_direction", "Email direction", _DIRECTIONS),
            choice("hs_email_status", "Send status", "BOUNCED FAILED SCHEDULED SENDING SENT"),
            text("hs_email_from_email", "From address"),
            text("hs_email_from_firstname", "From first name"),
            text("hs_email_from_lastname", "From last name"),
            text("hs_email_to_email", "To address"),
            text("hs_email_to_firstname", "To first name"),
            text("hs_email_to_lastname", "To last name"),
            text("hs_email_cc_email", "CC address"),
            text("hs_email_bcc_email", "BCC address"),
            paragraph("hs_email_headers", "Headers"),
            text("hs_email_message_id", "Message ID"),
            text("hs_email_thread_id", "Thread ID"),
            text("hs_email_error_message", "Error message"),
            number("hs_email_open_count", "Number of opens"),
            number("hs_email_click_count", "Number of clicks"),
            number("hs_email_reply_count", "Number of replies"),
        ),
        activity(),
    ),
    associations=(
        AssociationType(198, "0-1", 197, "email_to_contact", "contact_to_email"),
        AssociationType(186, "0-2", 185, "email_to_company", "company_to_email"),
        AssociationType(210, "0-3", 209, "email_to_deal", "deal_to_email"),
        AssociationType(224, "0-5", 223, "email_to_ticket", "ticket_to_email"),
        AssociationType(599, "0-136", 598, "email_to_lead", "lead_to_email"),
    ),
    stamps=OWNER_STAMPS,
)
