"""Notes: what somebody wrote down about a record."""

from penstock.records.defaults import OWNER_STAMPS, activity, headings, html, section, table
from penstock.records.model import AssociationType, ObjectType

NOTE = ObjectType(
    id="0-46",
    name="note",
    plural="notes",
    label="Note",
    plural_label="Notes",
    primary="hs_note_body",
    secondary=("hs_timestamp",),
    required=("hs_timestamp",),
    search=("hs_note_body",),
    shown=(
        "hs_note_body",
        "hs_timestamp",
        "hubspot_owner_id",
        "hs_createdate",
        "hs_lastmodifieddate",
        "hs_object_id",
    ),
    groups=headings(note="Note information", engagement="Activity information"),
    properties=table(
        section("note", html("hs_note_body", "Note body")),
        activity(),
    ),
    associations=(
        AssociationType(202, "0-1", 201, "note_to_contact", "contact_to_note"),
        AssociationType(190, "0-2", 189, "note_to_company", "company_to_note"),
        AssociationType(214, "0-3", 213, "note_to_deal", "deal_to_note"),
        AssociationType(228, "0-5", 227, "note_to_ticket", "ticket_to_note"),
        AssociationType(855, "0-136", 854, "note_to_lead", "lead_to_note"),
    ),
    stamps=OWNER_STAMPS,
)
