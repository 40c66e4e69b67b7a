"""Tickets: requests for help, on their way to being answered."""

from penstock.records.defaults import (
    OWNER_STAMPS,
    choice,
    columns,
    contact_history,
    headings,
    moment,
    number,
    owner,
    paragraph,
    primary,
    section,
    table,
    text,
    yes_no,
)
from penstock.records.model import AssociationType, ObjectType, Pipeline, Stage, Staging

_OPEN = {"isClosed": "false", "ticketState": "OPEN"}
_CLOSED = {"isClosed": "true", "ticketState": "CLOSED"}

_STAGES = (
    Stage("1", "New", 0, _OPEN),
    Stage("2", "Waiting on contact", 1, _OPEN),
    Stage("3", "Waiting on us", 2, _OPEN),
    Stage("4", "Closed", 3, _CLOSED),
)

TICKET = ObjectType(
    id="0-5",
    name="ticket",
    plural="tickets",
    label="Ticket",
    plural_label="Tickets",
    primary="subject",
    secondary=("hs_pipeline_stage", "hs_ticket_priority"),
    required=("subject", "hs_pipeline_stage"),
    search=("subject", "content", "hs_pipeline_stage", "hs_ticket_category", "hs_ticket_id"),
    shown=(
        "content",
        "hs_pipeline",
        "hs_pipeline_stage",
        "hs_ticket_category",
        "hs_ticket_priority",
        "subject",
        "createdate",
        "hs_lastmodifieddate",
        "hs_object_id",
    ),
    groups=headings(
        ticketinformation="Ticket information",
        ticketstages="Ticket status",
        ticket_activity="Ticket activity",
        conversation_information="Conversation information",
        feedback_information="Feedback",
    ),
    properties=table(
        section(
            "ticketinformation",
            text("subject", "Ticket name"),
            paragraph("content", "Ticket description"),
            choice(
                "hs_ticket_category",
                "Category",
                "PRODUCT_ISSUE BILLING_ISSUE FEATURE_REQUEST GENERAL_INQUIRY",
            ),
            choice("hs_ticket_priority", "Priority", "LOW MEDIUM HIGH URGENT"),
            choice("source_type", "Source", "CHAT EMAIL FORM PHONE"),
            text("hs_file_upload", "File upload", field_type="file"),
            form_field=True,
        ),
        section(
            "ticketinformation",
            *owner("Ticket owner"),
            choice(
                "hs_assignment_method",
                "Assignment method",
                {"MANUAL_ASSIGNMENT": "Manual", "AUTOMATIC_ASSIGNMENT": "Automatic"},
            ),
            paragraph("hs_resolution", "Resolution"),
            text("created_by", "Created by"),
            text("source_thread_id", "Source thread ID"),
            text("hs_tag_ids", "Ticket tags"),
            text("hs_unique_creation_key", "Unique creation key"),
            number("hs_ticket_id", "Ticket ID", column="id", read_only=True),
            *columns("createdate"),
        ),
        section(
            "ticketstages",
            choice("hs_pipeline", "Pipeline", external_options=True),
            choice("hs_pipeline_stage", "Ticket status", external_options=True),
            moment("closed_date", "Close date"),
        ),
        section(
            "ticketstages",
            yes_no("hs_is_closed", "Is closed"),
            moment("hs_v2_date_entered_current_stage", "Date entered current stage"),
            read_only=True,
        ),
        section(
            "ticket_activity",
            *contact_history(),
            moment("first_agent_reply_date", "First agent email response date"),
            moment("last_reply_date", "Last customer reply date"),
            moment("last_engagement_date", "Date of last engagement"),
        ),
        section(
            "conversation_information",
            text("hs_inbox_id", "Inbox"),
            text("hs_conversations_originating_thread_id", "Originating conversation"),
            yes_no("hs_last_message_from_visitor", "Last message was from visitor"),
            moment("hs_last_message_received_at", "Last message received date"),
            moment("hs_last_message_sent_at", "Last response date"),
        ),
        section(
            "feedback_information",
            number("nps_score", "Conversation NPS score"),
            paragraph("nps_follow_up_answer", "NPS follow up"),
        ),
    ),
    pipelines=(Pipeline("0", "Support Pipeline", 0, _STAGES),),
    staging=Staging(
        pipeline="hs_pipeline",
        stage="hs_pipeline_stage",
        closed="hs_is_closed",
        entered="hs_v2_date_entered_current_stage",
        closed_at="closed_date",
    ),
    associations=(
        AssociationType(16, "0-1", 15, "ticket_to_contact", "contact_to_ticket"),
        AssociationType(
            339, "0-2", 340, "ticket_to_company_unlabeled", "company_to_ticket_unlabeled"
        ),
        primary(26, "0-2", 25, "ticket_to_company", "company_to_ticket"),
        AssociationType(28, "0-3", 27, "ticket_to_deal", "deal_to_ticket"),
        AssociationType(452, "0-5", 452, "ticket_to_ticket", "ticket_to_ticket"),
    ),
    stamps=OWNER_STAMPS,
)
