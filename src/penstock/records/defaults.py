"""What the entries of `object_types/` are written with: rows, tables, and what they share."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from importlib.resources import files
from typing import Final, TypedDict, Unpack

from penstock.records.model import AssociationType, Group, Option, Property

Values = str | Mapping[str, str]
"""Options: words that label themselves ("NOT_STARTED" reads "Not started"), or labels by value."""

Stamps = dict[str, tuple[str, ...]]
"""What ObjectType.stamps holds."""


class Traits(TypedDict, total=False):
    """What else may be said of an enumeration."""

    description: str
    external_options: bool
    field_type: str
    form_field: bool
    read_only: bool
    referenced_object_type: str


def options(values: Values) -> tuple[Option, ...]:
    if isinstance(values, str):
        values = {word: word.replace("_", " ").capitalize() for word in values.split()}
    return tuple(Option(value, label, order) for order, (value, label) in enumerate(values.items()))


def choice(name: str, label: str, values: Values = "", **traits: Unpack[Traits]) -> Property:
    """One of several options."""
    return replace(_CHOICE, name=name, label=label, options=options(values), **traits)


def choices(name: str, label: str, values: Values = "", **traits: Unpack[Traits]) -> Property:
    """Any number of options at once."""
    return replace(choice(name, label, values, **traits), field_type="checkbox")


_CHOICE: Final = Property("", "", type="enumeration", field_type="select")

text = Property
paragraph = partial(Property, field_type="textarea")
html = partial(Property, field_type="html")
phone = partial(Property, field_type="phonenumber")
email = partial(Property, format="email")
number = partial(Property, type="number", field_type="number")
money = partial(number, show_currency=True)
date = partial(Property, type="date", field_type="date")
moment = partial(Property, type="datetime", field_type="date")
yes_no = partial(
    Property,
    type="bool",
    field_type="booleancheckbox",
    options=options({"true": "Yes", "false": "No"}),
)


def headings(**labels: str) -> tuple[Group, ...]:
    """Groups by name, in the order in which they are shown."""
    return tuple(Group(name, label, order) for order, (name, label) in enumerate(labels.items()))


def section(
    group: str, *rows: Property, form_field: bool = False, read_only: bool = False
) -> tuple[Property, ...]:
    """Properties under one heading; what is said of the section holds for every one of them."""
    return tuple(
        replace(
            row,
            group=group,
            form_field=form_field or row.form_field,
            read_only=read_only or row.read_only,
        )
        for row in rows
    )


def table(*sections: tuple[Property, ...]) -> tuple[Property, ...]:
    """All properties of a type, shown in the order in which they are written."""
    rows = [row for section in sections for row in section]
    return tuple(replace(row, display_order=order) for order, row in enumerate(rows))


def columns(
    created: str = "hs_createdate", modified: str = "hs_lastmodifieddate"
) -> tuple[Property, ...]:
    """The properties of every record that are columns of `records`."""
    label = "Create date" if created == "createdate" else "Object create date"
    return (
        number("hs_object_id", "Record ID", column="id", read_only=True),
        moment(created, label, column="created_at", read_only=True),
        moment(modified, "Last modified date", column="updated_at", read_only=True),
    )


def owner(label: str) -> tuple[Property, ...]:
    """Who a record belongs to, and since when; goes with OWNER_STAMPS."""
    return (
        choice("hubspot_owner_id", label, external_options=True, referenced_object_type="OWNER"),
        moment("hubspot_owner_assigneddate", "Owner assigned date", read_only=True),
    )


OWNER_STAMPS: Final[Stamps] = {"hubspot_owner_id": ("hubspot_owner_assigneddate",)}


def activity(timestamp: str = "Activity date") -> tuple[Property, ...]:
    """What the kinds of activity have in common, in the group `engagement`."""
    return section(
        "engagement",
        moment("hs_timestamp", timestamp),
        *owner("Activity assigned to"),
        choices(
            "hs_at_mentioned_owner_ids",
            "Mentioned owners",
            external_options=True,
            referenced_object_type="OWNER",
        ),
        text("hs_attachment_ids", "Attached file IDs"),
        text("hs_engagement_source", "Activity source"),
        text("hs_engagement_source_id", "Activity source ID"),
        text("hs_unique_id", "Unique ID"),
        *columns(),
    )


primary = partial(AssociationType, label="Primary", inverse_label="Primary", single=True)


def contact_history() -> tuple[Property, ...]:
    """How and when somebody was last in touch."""
    return (
        moment("notes_last_contacted", "Last contacted"),
        moment("notes_last_updated", "Last activity date"),
        moment("notes_next_activity_date", "Next activity date"),
        number("num_contacted_notes", "Number of times contacted"),
        number("num_notes", "Number of sales activities"),
        text("hs_pinned_engagement_id", "Pinned activity ID"),
    )


def origin() -> tuple[Property, ...]:
    """Where a record came from."""
    sources = {
        "ORGANIC_SEARCH": "Organic search",
        "PAID_SEARCH": "Paid search",
        "EMAIL_MARKETING": "Email marketing",
        "SOCIAL_MEDIA": "Organic social",
        "REFERRALS": "Referrals",
        "OTHER_CAMPAIGNS": "Other campaigns",
        "DIRECT_TRAFFIC": "Direct traffic",
        "OFFLINE": "Offline sources",
        "PAID_SOCIAL": "Paid social",
        "AI_REFERRALS": "AI referrals",
    }
    return (
        choice("hs_analytics_source", "Original traffic source", sources),
        text("hs_analytics_source_data_1", "Original traffic source drill-down 1"),
        text("hs_analytics_source_data_2", "Original traffic source drill-down 2"),
    )


_LIFECYCLE: Final = {
    "subscriber": "Subscriber",
    "lead": "Lead",
    "marketingqualifiedlead": "Marketing qualified lead",
    "salesqualifiedlead": "Sales qualified lead",
    "opportunity": "Opportunity",
    "customer": "Customer",
    "evangelist": "Evangelist",
    "other": "Other",
}

LIFECYCLE_STAMPS: Final[Stamps] = {
    f"lifecyclestage={stage}": (f"hs_lifecyclestage_{stage}_date",) for stage in _LIFECYCLE
}


def lifecycle_stage() -> Property:
    return choice("lifecyclestage", "Lifecycle stage", _LIFECYCLE, field_type="radio")


def lifecycle_dates() -> tuple[Property, ...]:
    """When each lifecycle stage was entered last; goes with LIFECYCLE_STAMPS."""
    return tuple(
        moment(
            f"hs_lifecyclestage_{stage}_date",
            f"Became {'an' if label[0] in 'EO' else 'a'} {label.lower()} date",
            read_only=True,
        )
        for stage, label in _LIFECYCLE.items()
    )


LEAD_STATUS: Final = (
    "NEW OPEN IN_PROGRESS OPEN_DEAL UNQUALIFIED ATTEMPTED_TO_CONTACT CONNECTED BAD_TIMING"
)

BILLING_FREQUENCY: Final = (
    "weekly biweekly monthly quarterly per_six_months annually per_two_years per_three_years"
    " per_four_years per_five_years"
)


def _codes(words: str) -> dict[str, str]:
    return {word: word for word in words.split()}


TIME_ZONES: Final = _codes((files("tzdata") / "zones").read_text("utf-8"))

CURRENCIES: Final = _codes("""
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN
    BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS
    GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW
    KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD
    NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD
    SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES
    VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG
    """)

# fmt: off
LANGUAGES: Final = {
    "af": "Afrikaans", "ar": "Arabic", "bg": "Bulgarian", "bn": "Bengali", "bs": "Bosnian",
    "ca": "Catalan", "cs": "Czech", "cy": "Welsh", "da": "Danish",
    "de": "German", "de-at": "German - Austria", "de-ch": "German - Switzerland",
    "de-de": "German - Germany", "el": "Greek",
    "en": "English", "en-au": "English - Australia", "en-ca": "English - Canada",
    "en-gb": "English - United Kingdom", "en-ie": "English - Ireland", "en-in": "English - India",
    "en-nz": "English - New Zealand", "en-us": "English - United States",
    "en-za": "English - South Africa",
    "es": "Spanish", "es-ar": "Spanish - Argentina", "es-cl": "Spanish - Chile",
    "es-co": "Spanish - Colombia", "es-es": "Spanish - Spain", "es-mx": "Spanish - Mexico",
    "et": "Estonian", "eu": "Basque", "fa": "Persian", "fi": "Finnish",
    "fr": "French", "fr-be": "French - Belgium", "fr-ca": "French - Canada",
    "fr-ch": "French - Switzerland", "fr-fr": "French - France",
    "ga": "Irish", "gl": "Galician", "gu": "Gujarati", "he": "Hebrew", "hi": "Hindi",
    "hr": "Croatian", "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian", "is": "Icelandic",
    "it": "Italian", "it-ch": "Italian - Switzerland", "it-it": "Italian - Italy",
    "ja": "Japanese", "ka": "Georgian", "kk": "Kazakh", "ko": "Korean", "lt": "Lithuanian",
    "lv": "Latvian", "mk": "Macedonian", "ms": "Malay", "mt": "Maltese",
    "nb": "Norwegian Bokmål", "nl": "Dutch", "nl-be": "Dutch - Belgium",
    "nl-nl": "Dutch - Netherlands", "nn": "Norwegian Nynorsk", "no": "Norwegian", "pl": "Polish",
    "pt": "Portuguese", "pt-br": "Portuguese - Brazil", "pt-pt": "Portuguese - Portugal",
    "ro": "Romanian", "ru": "Russian", "se": "Northern Sami", "sk": "Slovak", "sl": "Slovenian",
    "sq": "Albanian", "sr": "Serbian",
    "sv": "Swedish", "sv-fi": "Swedish - Finland", "sv-se": "Swedish - Sweden",
    "sw": "Swahili", "ta": "Tamil", "te": "Telugu", "th": "Thai", "tl": "Tagalog",
    "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese",
    "zh": "Chinese", "zh-cn": "Chinese - China", "zh-hk": "Chinese - Hong Kong",
    "zh-tw": "Chinese - Taiwan", "zu": "Zulu",
}
# fmt: on
