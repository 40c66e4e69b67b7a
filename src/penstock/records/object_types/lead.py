"""Leads: first contacts, on their way to being qualified."""

from penstock.records.defaults import (
    OWNER_STAMPS,
    choice,
    columns,
    contact_history,
    headings,
    moment,
    origin,
    owner,
    paragraph,
    primary,
    section,
    table,
    text,
)
from penstock.records.model import AssociationType, ObjectType, Pipeline, Stage, Staging

_OPEN = {"isClosed": "false"}
_CLOSED = {"isClosed": "true"}

_STAGES = (
    Stage("new-stage-id", "New", 0, _OPEN),
    Stage("attempting-stage-id", "Attempting", 1, _OPEN),
    Stage("connected-stage-id", "Connected", 2, _OPEN),
    Stage("qualified-stage-id", "Qualified", 3, _CLOSED),
    Stage("unqualified-stage-id", "Disqualified", 4, _CLOSED),
)

_DISQUALIFIED = """
    NOT_A_GOOD_FIT NO_BUDGET NOT_INTERESTED BAD_TIMING UNRESPONSIVE WRONG_CONTACT DUPLICATE OTHER
"""

LEAD = ObjectType(
    id="0-136",
    name="lead",
    plural="leads",
    label="Lead",
    plural_label="Leads",
    primary="hs_lead_name",
    secondary=("hs_lead_label", "hs_pipeline_stage"),
    required=("hs_lead_name",),
    search=("hs_lead_name",),
    shown=(
        "hs_lead_name",
        "hs_lead_type",
        "hs_lead_label",
        "hs_pipeline",
        "hs_pipeline_stage",
        "hs_createdate",
        "hs_lastmodifieddate",
        "hs_object_id",
    ),
    groups=headings(
        leadinformation="Lead information",
        leadstages="Lead stage",
        lead_activity="Lead activity",
        analyticsinformation="Origin",
    ),
    properties=table(
        section(
            "leadinformation",
            text("hs_lead_name", "Lead name"),
            choice("hs_lead_type", "Lead type", "NEW_BUSINESS RE_ATTEMPTING UPSELL"),
            choice("hs_lead_label", "Lead label", "HOT WARM COLD"),
            *owner("Lead owner"),
            text("hs_lead_source", "Lead source"),
            *columns(),
        ),
        section(
            "leadstages",
            choice("hs_pipeline", "Lead pipeline", external_options=True),
            choice("hs_pipeline_stage", "Lead stage", external_options=True),
            choice("hs_lead_disqualification_reason", "Disqualification reason", _DISQUALIFIED),
            paragraph("hs_lead_disqualification_note", "Disqualification note"),
            moment(
                "hs_v2_date_entered_current_stage", "Date entered current stage", read_only=True
            ),
        ),
        section("lead_activity", *contact_history()),
        section("analyticsinformation", *origin()),
    ),
    pipelines=(Pipeline("lead-pipeline-id", "Lead Pipeline", 0, _STAGES),),
    staging=Staging(
        pipeline="hs_pipeline",
        stage="hs_pipeline_stage",
        entered="hs_v2_date_entered_current_stage",
    ),
    associations=(
        AssociationType(608, "0-1", 609, "lead_to_contact", "contact_to_lead"),
        primary(578, "0-1", 579, "lead_to_primary_contact", "primary_contact_to_lead"),
        AssociationType(610, "0-2", 611, "lead_to_company", "company_to_lead"),
        primary(580, "0-2", 581, "lead_to_primary_company", "primary_company_to_lead"),
        AssociationType(1037, "0-3", 1038, "lead_to_deal", "deal_to_lead"),
    ),
    stamps=OWNER_STAMPS,
)
