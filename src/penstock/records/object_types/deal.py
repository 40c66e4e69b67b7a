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
    section,
    table,
    text,
    yes_no,
)
from penstock.records.model import AssociationType, ObjectType, Pipeline, Stage, Staging

_FORECAST_CATEGORIES = {
    "OMIT": "Not forecasted",
    "PIPELINE": "Pipeline",
    "BEST_CASE": "Best case",
    "COMMIT": "Commit",
    "CLOSED": "Closed won",
}

_STAGES = (
    Stage("appointmentscheduled", "Appointment Scheduled", 0, _open("0.2")),
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
)
