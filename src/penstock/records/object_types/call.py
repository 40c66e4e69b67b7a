"""Calls: what was said on the telephone."""

from penstock.records.defaults import (
    OWNER_STAMPS,
    activity,
    choice,
    headings,
    html,
    number,
    phone,
    section,
    table,
    text,
    yes_no,
)
from penstock.records.model import AssociationType, ObjectType

_STATUSES = """
    BUSY CALLING_CRM_USER CANCELED COMPLETED CONNECTING FAILED IN_PROGRESS MISSED NO_ANSWER QUEUED
    RINGING
"""

_OUTCOMES = {
    "9d9162e7-6cf3-4944-bf63-4dff82258764": "Busy",
    "f240bbac-87c9-4f6e-bf70-924b57d47db7": "Connected",
    "a4c4c377-d246-4b32-a13b-75a56a4cd0ff": "Left live message",
    "b2cf5968-551e-4856-9783-52b3da59a7d0": "Left voicemail",
    "73a0d17f-1163-4015-bdd5-ec830791da20": "No answer",
    "17b47fee-58de-441e-a44c-c6300d46f273": "Wrong number",
}

CALL = ObjectType(
    id="0-48",
    name="call",
    plural="calls",
    label="Call",
    plural_label="Calls",
    primary="hs_call_title",
    secondary=("hs_call_disposition", "hs_timestamp"),
    required=("hs_timestamp",),
    search=("hs_call_title", "hs_call_body"),
    shown=(
        "hs_call_title",
        "hs_call_direction",
        "hs_call_disposition",
        "hs_call_duration",
        "hs_call_status",
        "hs_timestamp",
        "hubspot_owner_id",
        "hs_createdate",
        "hs_lastmodifieddate",
        "hs_object_id",
    ),
    groups=headings(call="Call information", engagement="Activity information"),
    properties=table(
        section(
            "call",
            text("hs_call_title", "Call title"),
            html("hs_call_body", "Call notes"),
            choice("hs_call_direction", "Call direction", "INBOUND OUTBOUND"),
            choice("hs_call_disposition", "Call outcome", _OUTCOMES),
            choice("hs_call_status", "Call status", _STATUSES),
            number("hs_call_duration", "Call duration", description="In milliseconds."),
            phone("hs_call_from_number", "From number"),
            phone("hs_call_to_number", "To number"),
            text("hs_activity_type", "Call and meeting type"),
            text("hs_call_recording_url", "Recording URL"),
            yes_no("hs_call_has_transcript", "Transcript available"),
            html("hs_call_summary", "Call summary"),
            text("hs_call_source", "Call source"),
            text("hs_call_external_id", "External ID"),
            text("hs_call_callee_object_id", "Callee record ID"),
            text("hs_call_callee_object_type_id", "Callee object type"),
        ),
        activity(),
    ),
    associations=(
        AssociationType(194, "0-1", 193, "call_to_contact", "contact_to_call"),
        AssociationType(182, "0-2", 181, "call_to_company", "company_to_call"),
        AssociationType(206, "0-3", 205, "call_to_deal", "deal_to_call"),
        AssociationType(220, "0-5", 219, "call_to_ticket", "ticket_to_call"),
        AssociationType(597, "0-136", 596, "call_to_lead", "lead_to_call"),
    ),
    stamps=OWNER_STAMPS,
)
