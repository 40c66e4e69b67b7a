"""Contacts: the people one deals with."""

from penstock.records.defaults import (
    LANGUAGES,
    LEAD_STATUS,
    LIFECYCLE_STAMPS,
    OWNER_STAMPS,
    TIME_ZONES,
    choice,
    choices,
    columns,
    contact_history,
    email,
    headings,
    lifecycle_dates,
    lifecycle_stage,
    moment,
    number,
    origin,
    owner,
    paragraph,
    phone,
    primary,
    section,
    table,
    text,
    yes_no,
)
from penstock.records.model import AssociationType, ObjectType

_MARKETABLE = {"true": "Marketing contact", "false": "Non-marketing contact"}

_BOUNCES = """
    BLOCKED CONTENT DMARC DNS_FAILURE FILTERED IP_REPUTATION MAILBOX_FULL MAILBOX_MISCONFIGURATION
    OTHER POLICY SENDING_DOMAIN_MISCONFIGURATION SPAM THROTTLED TIMEOUT UNCATEGORIZED UNKNOWN_USER
"""

_BUYING_ROLES = """
    BLOCKER BUDGET_HOLDER CHAMPION DECISION_MAKER END_USER EXECUTIVE_SPONSOR INFLUENCER
    LEGAL_AND_COMPLIANCE OTHER
"""

_LEGAL_BASES = (
    "Legitimate interest – prospect/lead",
    "Legitimate interest – existing customer",
    "Legitimate interest - other",
    "Performance of a contract",
    "Freely given consent from contact",
    "Not applicable",
)

CONTACT = ObjectType(
    id="0-1",
    name="contact",
    plural="contacts",
    label="Contact",
    plural_label="Contacts",
    primary="email",
    secondary=("firstname", "lastname"),
    search=(
        "firstname",
        "lastname",
        "email",
        "phone",
        "hs_additional_emails",
        "fax",
        "mobilephone",
        "company",
    ),
    shown=("createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"),
    groups=headings(
        contactinformation="Contact information",
        contactlcs="Lifecycle",
        sales_properties="Sales",
        contact_activity="Contact activity",
        emailinformation="Email information",
        socialmediainformation="Social media information",
        analyticsinformation="Origin",
    ),
    properties=table(
        section(
            "contactinformation",
            text("firstname", "First name"),
            text("lastname", "Last name"),
            email("email", "Email", unique=True),
            phone("phone", "Phone number"),
            phone("mobilephone", "Mobile phone number"),
            phone("hs_whatsapp_phone_number", "WhatsApp phone number"),
            phone("fax", "Fax number"),
            text("salutation", "Salutation"),
            text("company", "Company name"),
            text("jobtitle", "Job title"),
            text("job_function", "Job function"),
            text("seniority", "Seniority"),
            text("website", "Website URL"),
            text("address", "Street address"),
            text("city", "City"),
            text("state", "State/region"),
            text("zip", "Postal code"),
            text("country", "Country/region"),
            choice("hs_language", "Preferred language", LANGUAGES),
            text("date_of_birth", "Date of birth"),
            text("gender", "Gender"),
            text("marital_status", "Marital status"),
            text("relationship_status", "Relationship status"),
            text("military_status", "Military status"),
            text("school", "School"),
            text("degree", "Degree"),
            text("field_of_study", "Field of study"),
            text("graduation_date", "Graduation date"),
            text("start_date", "Start date"),
            email("work_email", "Work email"),
            text("industry", "Industry"),
            text("annualrevenue", "Annual revenue"),
            choice(
                "numemployees",
                "Number of employees",
                "1-5 5-25 25-50 50-100 100-500 500-1000 1000+",
            ),
            text("company_size", "Company size"),
            paragraph("message", "Message"),
            form_field=True,
        ),
        section(
            "contactinformation",
            paragraph("hs_additional_emails", "Additional email addresses"),
            choice(
                "hs_timezone",
                "Time zone",
                {zone.lower().replace("/", "_slash_"): zone for zone in TIME_ZONES},
            ),
            choices(
                "hs_legal_basis",
                "Legal basis for processing contact's data",
                {basis: basis for basis in _LEGAL_BASES},
            ),
            number("hubspotscore", "Score"),
            text("photo", "Photo"),
            *columns("createdate", "lastmodifieddate"),
        ),
        section("contactlcs", lifecycle_stage(), form_field=True),
        section("contactlcs", *lifecycle_dates(), moment("closedate", "Close date")),
        section(
            "sales_properties",
            *owner("Contact owner"),
            choice("hs_lead_status", "Lead status", LEAD_STATUS),
            choices("hs_buying_role", "Buying role", _BUYING_ROLES),
        ),
        section("contact_activity", *contact_history()),
        section(
            "emailinformation",
            yes_no("hs_email_optout", "Unsubscribed from all email"),
            number("hs_email_bounce", "Marketing emails bounced"),
            choice("hs_email_hard_bounce_reason_enum", "Email hard bounce reason", _BOUNCES),
            yes_no("hs_email_quarantined", "Email address quarantined"),
            choice("hs_marketable_status", "Marketing contact status", _MARKETABLE),
        ),
        section(
            "socialmediainformation",
            text("hs_linkedin_url", "LinkedIn URL"),
            text("linkedinbio", "LinkedIn bio"),
            text("twitterhandle", "Twitter username"),
            text("twitterbio", "Twitter bio"),
        ),
        section("analyticsinformation", *origin()),
    ),
    associations=(
        AssociationType(
            279, "0-2", 280, "contact_to_company_unlabeled", "company_to_contact_unlabeled"
        ),
        primary(1, "0-2", 2, "contact_to_company", "company_to_contact"),
        AssociationType(449, "0-1", 449, "contact_to_contact", "contact_to_contact"),
    ),
    stamps=OWNER_STAMPS | LIFECYCLE_STAMPS,
)
