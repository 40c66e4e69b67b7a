"""Deals: sales on their way to being won or lost."""

from penstock.records.defaults import (
    CURRENCIES,
    OWNER_STAMPS,
    choice,
    columns,
    contact_history,
    headings,
    moment,
    money,
    number,
    origin,
    owner,
    paragraph,
    primary,
    section,
    table,
    text,
    yes_no,
)
from penstock.records.model import AssociationType, ObjectType, Pipeline, Stage, Staging

_TYPES = {"newbusiness": "New business", "existingbusiness": "Existing business"}

_FORECAST_CATEGORIES = {
    "OMIT": "Not forecasted",
    "PIPELINE": "Pipeline",
    "BEST_CASE": "Best case",
    "COMMIT": "Commit",
    "CLOSED": "Closed won",
}


def _stage(order: int, name: str, label: str, probability: str, closed: str = "false") -> Stage:
    return Stage(name, label, order, {"isClosed": closed, "probability": probability})


_STAGES = (
    _stage(0, "appointmentscheduled", "Appointment Scheduled", "0.2"),
    _stage(1, "qualifiedtobuy", "Qualified To Buy", "0.4"),
    _stage(2, "presentationscheduled", "Presentation Scheduled", "0.6"),
    _stage(3, "decisionmakerboughtin", "Decision Maker Bought-In", "0.8"),
    _stage(4, "contractsent", "Contract Sent", "0.9"),
    _stage(5, "closedwon", "Closed Won", "1.0", closed="true"),
    _stage(6, "closedlost", "Closed Lost", "0.0", closed="true"),
)

DEAL = ObjectType(
    id="0-3",
    name="deal",
    plural="deals",
    label="Deal",
    plural_label="Deals",
    primary="dealname",
    secondary=("amount", "dealstage"),
    required=("dealname",),
    search=("dealname", "pipeline", "dealstage", "description", "dealtype"),
    shown=(
        "dealname",
        "amount",
        "closedate",
        "pipeline",
        "dealstage",
        "createdate",
        "hs_lastmodifieddate",
        "hs_object_id",
    ),
    groups=headings(
        dealinformation="Deal information",
        dealstages="Deal stage",
        deal_revenue="Deal revenue",
        deal_activity="Deal activity",
        analyticsinformation="Origin",
    ),
    properties=table(
        section(
            "dealinformation",
            text("dealname", "Deal name"),
            money("amount", "Amount"),
            moment("closedate", "Close date"),
            *owner("Deal owner"),
            choice("dealtype", "Deal type", _TYPES, field_type="radio"),
            choice("hs_priority", "Priority", "low medium high"),
            paragraph("description", "Deal description"),
            text("hs_next_step", "Next step"),
            paragraph("closed_won_reason", "Closed won reason"),
            paragraph("closed_lost_reason", "Closed lost reason"),
            text("hs_campaign", "Campaign"),
            number("hs_deal_score", "Deal score"),
            text("hs_tag_ids", "Deal tags"),
            moment("createdate", "Create date"),
            *columns(),
        ),
        section(
            "dealstages",
            choice("pipeline", "Pipeline", external_options=True),
            choice("dealstage", "Deal stage", external_options=True, field_type="radio"),
        ),
        section(
            "dealstages",
            number("hs_deal_stage_probability", "Deal probability"),
            yes_no("hs_is_closed", "Is deal closed?"),
            yes_no("hs_is_closed_won", "Is closed won"),
            moment("hs_v2_date_entered_current_stage", "Date entered current stage"),
            read_only=True,
        ),
        section(
            "deal_revenue",
            choice("deal_currency_code", "Currency", CURRENCIES),
            money("amount_in_home_currency", "Amount in company currency"),
            number("hs_exchange_rate", "Exchange rate"),
            money("hs_acv", "Annual contract value"),
            money("hs_arr", "Annual recurring revenue"),
            money("hs_mrr", "Monthly recurring revenue"),
            money("hs_tcv", "Total contract value"),
            money("hs_forecast_amount", "Forecast amount"),
            number("hs_forecast_probability", "Forecast probability"),
            choice("hs_manual_forecast_category", "Forecast category", _FORECAST_CATEGORIES),
        ),
        section(
            "deal_activity",
            *contact_history(),
            moment("engagements_last_meeting_booked", "Date of last meeting booked"),
        ),
        section("analyticsinformation", *origin()),
    ),
    pipelines=(Pipeline("default", "Sales Pipeline", 0, _STAGES),),
    staging=Staging(
        pipeline="pipeline",
        stage="dealstage",
        closed="hs_is_closed",
        won="hs_is_closed_won",
        probability="hs_deal_stage_probability",
        entered="hs_v2_date_entered_current_stage",
        closed_at="closedate",
    ),
    associations=(
        AssociationType(3, "0-1", 4, "deal_to_contact", "contact_to_deal"),
        AssociationType(341, "0-2", 342, "deal_to_company_unlabeled", "company_to_deal_unlabeled"),
        primary(5, "0-2", 6, "deal_to_company", "company_to_deal"),
        AssociationType(451, "0-3", 451, "deal_to_deal", "deal_to_deal"),
    ),
    stamps={**OWNER_STAMPS, "*": ("createdate",)},
)
