"""Users: the colleagues who work here."""

from penstock.records.defaults import (
    LANGUAGES,
    TIME_ZONES,
    choice,
    choices,
    columns,
    email,
    headings,
    paragraph,
    phone,
    section,
    table,
    text,
    yes_no,
)
from penstock.records.model import ObjectType

USER = ObjectType(
    id="0-115",
    name="user",
    plural="users",
    label="User",
    plural_label="Users",
    primary="hs_email",
    secondary=("hs_given_name", "hs_family_name"),
    search=("hs_given_name", "hs_family_name", "hs_email", "hs_job_title"),
    shown=(
        "hs_given_name",
        "hs_family_name",
        "hs_email",
        "hs_createdate",
        "hs_lastmodifieddate",
        "hs_object_id",
    ),
    groups=headings(userinformation="User information", user_availability="Availability"),
    properties=table(
        section(
            "userinformation",
            text("hs_given_name", "First name"),
            text("hs_family_name", "Last name"),
            email("hs_email", "Email", unique=True),
            text("hs_job_title", "Job title"),
            phone("hs_additional_phone", "Additional phone"),
            choice("hs_main_user_language_skill", "Main language", LANGUAGES),
            choices("hs_secondary_user_language_skill", "Secondary languages", LANGUAGES),
            text("hs_uncategorized_skills", "Skills"),
            text("hs_internal_user_id", "Internal user ID"),
            yes_no("hs_deactivated", "Deactivated"),
            choice(
                "hubspot_owner_id",
                "Owner ID",
                external_options=True,
                referenced_object_type="OWNER",
            ),
            *columns(),
        ),
        section(
            "user_availability",
            choice("hs_availability_status", "Availability", "available away"),
            choice("hs_standard_time_zone", "Time zone", TIME_ZONES),
            paragraph("hs_working_hours", "Working hours"),
            paragraph("hs_out_of_office_hours", "Out of office hours"),
        ),
    ),
)
