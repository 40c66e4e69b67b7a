"""Meetings: when people met, or are going to."""

from penstock.records.defaults import (
    OWNER_STAMPS,
    activity,
    choice,
    choices,
    headings,
    html,
    moment,
    section,
    table,
    text,
)
from penstock.records.model import AssociationType, ObjectType

_OUTCOMES = "SCHEDULED COMPLETED RESCHEDULED NO_SHOW CANCELED"

MEETING = ObjectType(
    id="0-47",
    name="meeting",
    plural="meetings",
    label="Meeting",
    plural_label="Meetings",
    primary="hs_meeting_title",
    secondary=("hs_meeting_start_time", "hs_meeting_outcome"),
    required=("hs_timestamp",),
    search=("hs_meeting_title", "hs_meeting_body"),
    shown=(
        "hs_meeting_title",
        "hs_meeting_start_time",
        "hs_meeting_end_time",
        "hs_meeting_outcome",
        "hs_timestamp",
        "hubspot_owner_id",
        "hs_createdate",
        "hs_lastmodifieddate",
        "hs_object_id",
    ),
    aliases=("meeting_event", "meeting_events"),
    groups=headings(meeting="Meeting information", engagement="Activity information"),
    properties=table(
        section(
            "meeting",
            text("hs_meeting_title", "Meeting name"),
            html("hs_meeting_body", "Meeting description"),
            html("hs_internal_meeting_notes", "Internal meeting notes"),
            moment("hs_meeting_start_time", "Meeting start time"),
            moment("hs_meeting_end_time", "Meeting end time"),
            choice("hs_meeting_outcome", "Meeting outcome", _OUTCOMES),
            text("hs_activity_type", "Call and meeting type"),
            text("hs_meeting_location", "Meeting location"),
            choice("hs_meeting_location_type", "Location type", "PHONE ADDRESS CUSTOM"),
            text("hs_meeting_external_url", "External URL"),
            text("hs_meeting_source", "Meeting source"),
            text("hs_i_cal_uid", "iCal UID"),
            choices(
                "hs_attendee_owner_ids",
                "Attendee owners",
                external_options=True,
                referenced_object_type="OWNER",
            ),
        ),
        activity(),
    ),
    associations=(
        AssociationType(200, "0-1", 199, "meeting_to_contact", "contact_to_meeting"),
        AssociationType(188, "0-2", 187, "meeting_to_company", "company_to_meeting"),
        AssociationType(212, "0-3", 211, "meeting_to_deal", "deal_to_meeting"),
        AssociationType(226, "0-5", 225, "meeting_to_ticket", "ticket_to_meeting"),
        AssociationType(601, "0-136", 600, "meeting_to_lead", "lead_to_meeting"),
    ),
    stamps=OWNER_STAMPS,
)
