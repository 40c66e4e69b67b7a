"""Conversations: threads of messages in a shared inbox."""

from penstock.records.defaults import (
    OWNER_STAMPS,
    choice,
    columns,
    headings,
    moment,
    number,
    owner,
    paragraph,
    section,
    table,
    text,
    yes_no,
)
from penstock.records.model import AssociationType, ObjectType

CONVERSATION = ObjectType(
    id="0-11",
    name="conversation",
    plural="conversations",
    label="Conversation",
    plural_label="Conversations",
    primary="hs_subject",
    secondary=("hs_status", "hs_channel"),
    search=("hs_subject", "hs_first_message", "hs_latest_message", "hs_visitor_email"),
    shown=(
        "hs_subject",
        "hs_status",
        "hs_channel",
        "hs_latest_message_timestamp",
        "hs_createdate",
        "hs_lastmodifieddate",
        "hs_object_id",
    ),
    aliases=("thread", "threads"),
    groups=headings(
        conversation_information="Conversation information", conversation_messages="Messages"
    ),
    properties=table(
        section(
            "conversation_information",
            text("hs_subject", "Subject"),
            choice("hs_status", "Status", "OPEN CLOSED"),
            *owner("Assigned to"),
            choice("hs_channel", "Channel", "CHAT EMAIL FORM FACEBOOK_MESSENGER WHATSAPP SMS CALL"),
            text("hs_inbox_id", "Inbox"),
            text("hs_visitor_name", "Visitor name"),
            text("hs_visitor_email", "Visitor email"),
            text("hs_first_url", "First URL"),
            yes_no("hs_spam", "Spam"),
            moment("hs_closed_at", "Close date", read_only=True),
            *columns(),
        ),
        section(
            "conversation_messages",
            paragraph("hs_first_message", "First message"),
            paragraph("hs_latest_message", "Latest message"),
            moment("hs_latest_message_timestamp", "Latest message date"),
            moment("hs_latest_message_received_timestamp", "Latest message received date"),
            moment("hs_latest_message_sent_timestamp", "Latest message sent date"),
            moment("hs_first_reply_timestamp", "First reply date"),
            number("hs_message_count", "Number of messages"),
        ),
    ),
    associations=(
        AssociationType(277, "0-5", 278, "conversation_to_ticket", "ticket_to_conversation"),
        AssociationType(9001, "0-1", 9002, "conversation_to_contact", "contact_to_conversation"),
        AssociationType(9003, "0-2", 9004, "conversation_to_company", "company_to_conversation"),
    ),
    stamps={**OWNER_STAMPS, "hs_status=CLOSED": ("hs_closed_at",)},
)
