"""Reads the sales data: rows of the CSV files as properties of records."""

import csv
import re
from collections.abc import Iterator
from datetime import datetime
from importlib.resources import files
from typing import Any

_INDUSTRIES = {
    "employment": "STAFFING_AND_RECRUITING",
    "entertainment": "ENTERTAINMENT",
    "finance": "FINANCIAL_SERVICES",
    "marketing": "MARKETING_AND_ADVERTISING",
    "medical": "HOSPITAL_HEALTH_CARE",
    "retail": "RETAIL",
    "services": "CONSUMER_SERVICES",
    "software": "COMPUTER_SOFTWARE",
    "technolgy": "INFORMATION_TECHNOLOGY_AND_SERVICES",  # so spelt in the data
    "telecommunications": "TELECOMMUNICATIONS",
}

_STAGES = {
    "Prospecting": "appointmentscheduled",
    "Engaging": "presentationscheduled",
    "Won": "closedwon",
    "Lost": "closedlost",
}


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of one file of the sales data."""
    with files("penstock.demo.sales").joinpath(f"{name}.csv").open(encoding="utf-8") as file:
        yield from csv.DictReader(file)


def domain(company: str) -> str:
    """An address for a company, under a name that is reserved for examples."""
    return re.sub(r"[^a-z0-9]+", "-", company.lower()).strip("-") + ".example"


def company(row: dict[str, str]) -> dict[str, Any]:
    return {
        "name": row["account"],
        "domain": domain(row["account"]),
        "industry": _INDUSTRIES[row["sector"]],
        "founded_year": row["year_established"],
        "annualrevenue": round(float(row["revenue"]) * 1_000_000),
        "numberofemployees": row["employees"],
        "country": row["office_location"],
        "lifecyclestage": "customer",
    }


def product(row: dict[str, str]) -> dict[str, Any]:
    return {
        "name": row["product"],
        "price": row["sales_price"],
        "description": f"Series {row['series']}",
        "hs_sku": row["product"].upper().replace(" ", "-"),
    }


def deal(row: dict[str, str], owner: str | None) -> dict[str, Any]:
    company = row["account"] or "a new customer"
    return {
        "dealname": f"{row['product']} for {company} ({row['opportunity_id']})",
        "pipeline": "default",
        "dealstage": _STAGES[row["deal_stage"]],
        "amount": row["close_value"],
        "createdate": _day(row["engage_date"]),
        "closedate": _day(row["close_date"]),
        "hubspot_owner_id": owner,
    }


def _day(text: str) -> str | None:
    """A day-month-year date as the wire writes it."""
    return f"{datetime.strptime(text, '%d-%m-%Y').date()}T00:00:00Z" if text else None  # noqa: DTZ007
