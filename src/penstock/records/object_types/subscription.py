"""Subscriptions: what customers pay for again and again."""

from penstock.records.defaults import (
    BILLING_FREQUENCY,
    CURRENCIES,
    OWNER_STAMPS,
    choice,
    columns,
    date,
    headings,
    money,
    number,
    owner,
    paragraph,
    section,
    table,
    text,
)
from penstock.records.model import AssociationType, ObjectType

_STATUSES = "active scheduled paused past_due unpaid canceled expired"

SUBSCRIPTION = ObjectType(
    id="0-69",
    name="subscription",
    plural="subscriptions",
    label="Subscription",
    plural_label="Subscriptions",
    primary="hs_name",
    secondary=("hs_status", "hs_next_payment_due_date"),
    search=("hs_name",),
    shown=(
        "hs_name",
        "hs_status",
        "hs_next_payment_due_date",
        "hs_createdate",
        "hs_lastmodifieddate",
        "hs_object_id",
    ),
    aliases=("commerce_subscription", "commerce_subscriptions"),
    groups=headings(
        subscriptioninformation="Subscription information", subscription_payments="Payments"
    ),
    properties=table(
        section(
            "subscriptioninformation",
            text("hs_name", "Name"),
            choice("hs_status", "Status", _STATUSES),
            *owner("Subscription owner"),
            choice("hs_currency_code", "Currency", CURRENCIES),
            money("hs_mrr", "Monthly recurring revenue"),
            money("hs_arr", "Annual recurring revenue"),
            choice("hs_recurring_billing_frequency", "Billing frequency", BILLING_FREQUENCY),
            date("hs_recurring_billing_start_date", "Billing start date"),
            date("hs_recurring_billing_end_date", "Billing end date"),
            number("hs_recurring_billing_number_of_payments", "Number of payments"),
            date("hs_canceled_date", "Cancellation date"),
            paragraph("hs_cancellation_reason", "Cancellation reason"),
            *columns(),
        ),
        section(
            "subscription_payments",
            choice(
                "hs_collection_process",
                "Collection process",
                {"automatic_payments": "Automatic payments", "manual_payments": "Manual payments"},
            ),
            text("hs_payment_method", "Payment method"),
            money("hs_next_payment_amount", "Next payment amount"),
            date("hs_next_payment_due_date", "Next payment due date"),
            money("hs_last_payment_amount", "Last payment amount"),
            date("hs_last_payment_date", "Last payment date"),
            choice("hs_last_payment_status", "Last payment status", "succeeded failed refunded"),
            number("hs_number_of_completed_payments", "Number of completed payments"),
            money("hs_total_collected_amount", "Total collected amount"),
        ),
    ),
    associations=(
        AssociationType(295, "0-1", 296, "subscription_to_contact", "contact_to_subscription"),
        AssociationType(297, "0-2", 298, "subscription_to_company", "company_to_subscription"),
        AssociationType(299, "0-3", 300, "subscription_to_deal", "deal_to_subscription"),
        AssociationType(1121, "0-5", 1122, "subscription_to_ticket", "ticket_to_subscription"),
        AssociationType(301, "0-8", 302, "subscription_to_line_item", "line_item_to_subscription"),
        AssociationType(303, "0-14", 304, "subscription_to_quote", "quote_to_subscription"),
    ),
    stamps=OWNER_STAMPS,
)
