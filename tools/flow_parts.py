"""The words of a v4 flow, as HubSpot has them. What becomes of each here is read from the code."""

from typing import Final

FIELDS: Final = (
    "type", "flowType", "objectTypeId", "isEnabled", "id", "uuid", "name", "description",
    "revisionId", "createdAt", "updatedAt", "crmObjectCreationStatus", "nextAvailableActionId",
    "startActionId", "actions", "enrollmentCriteria", "enrollmentSchedule", "timeWindows",
    "blockedDates", "customProperties", "dataSources", "suppressionListIds",
    "suppressionFilterBranch", "goalFilterBranch", "unEnrollmentSetting", "eventAnchor",
    "canEnrollFromSalesforce",
)  # fmt: skip

SHAPES: Final = (
    "SINGLE_CONNECTION", "LIST_BRANCH", "STATIC_BRANCH", "AB_TEST_BRANCH", "WEBHOOK", "CUSTOM_CODE",
)  # fmt: skip

ACTIONS: Final = {
    "0-1": "delay for a set time",
    "0-2": "go to another action, which a flow says with a connection of the type GOTO",
    "0-3": "create task",
    "0-4": "send marketing e-mail",
    "0-5": "set property",
    "0-8": "send internal e-mail",
    "0-9": "send in-app notification",
    "0-11": "rotate owner",
    "0-13": "add to or remove from a list, before v4",
    "0-14": "create record",
    "0-15": "enroll in another workflow",
    "0-18": "create Salesforce task",
    "0-19": "set Salesforce campaign",
    "0-23": "send marketing e-mail to given addresses",
    "0-25": "copy property",
    "0-28": "delay until a day or time",
    "0-29": "wait for an event",
    "0-30": "change ads audience",
    "0-31": "set marketing contact status",
    "0-33": "format data",
    "0-35": "delay until a date",
    "0-4702372": "unenroll from sequence",
    "0-18224765": "delete record",
    "0-25085031": "send WhatsApp message",
    "0-40900952": "send SMS",
    "0-43347357": "manage subscription",
    "0-44475148": "assign conversation",
    "0-46510720": "enroll in sequence",
    "0-61139476": "remove association label",
    "0-61139484": "apply association label",
    "0-63189541": "create associations",
    "0-63809083": "add to list",
    "0-63863438": "remove from list",
    "0-73444249": "apply association label",
    "0-169425243": "create note",
    "0-199186210": "send survey",
    "0-230189361": "send WhatsApp message",
    "0-261589386": "increase or decrease a number",
}

ENROLLMENT: Final = ("LIST_BASED", "EVENT_BASED", "MANUAL", "DATASET")

SCHEDULES: Final = (
    "DAILY", "WEEKLY", "MONTHLY_SPECIFIC_DAYS", "MONTHLY_RELATIVE_DAYS", "YEARLY", "PROPERTY_BASED",
)  # fmt: skip

ANCHORS: Final = ("CONTACT_PROPERTY_ANCHOR", "STATIC_DATE_ANCHOR")

DATA_SOURCES: Final = (
    "ASSOCIATION", "ASSOCIATION_TIMESTAMP", "STATIC_PROPERTY_FILTER",
    "ENROLLED_RECORD_PROPERTY_FILTER", "DATASET_FIELD_PROPERTY_FILTER",
    "ENROLLED_ARGUMENT_PROPERTY_FILTER",
)  # fmt: skip

VALUES: Final = (
    "STATIC_VALUE", "OBJECT_PROPERTY", "FIELD_DATA", "TIMESTAMP", "RELATIVE_DATETIME", "INCREMENT",
    "FETCHED_OBJECT_PROPERTY", "APPEND_OBJECT_PROPERTY", "STATIC_APPEND_VALUE",
    "ENROLLMENT_EVENT_PROPERTY", "ENROLLMENT_DATASET_COLUMN", "ACTION_OUTPUT_OBJECT_PROPERTY",
    "SINGLE_OBJECT_COORDINATES", "LIST", "MAP", "ENROLLED_OBJECT", "COPY_ASSOCIATION",
)  # fmt: skip

AUTHORIZATION: Final = ("AUTH_KEY", "SIGNATURE")

TIME_UNITS: Final = (
    "NANOS", "MICROS", "MILLIS", "SECONDS", "MINUTES", "HOURS", "HALF_DAYS", "DAYS", "WEEKS",
    "MONTHS", "YEARS", "DECADES", "CENTURIES", "MILLENNIA", "ERAS", "FOREVER",
)  # fmt: skip

BRANCHES: Final = (
    "OR", "AND", "NOT_ALL", "NOT_ANY", "RESTRICTED", "UNIFIED_EVENTS", "ASSOCIATION",
    "PROPERTY_ASSOCIATION",
)  # fmt: skip

FILTERS: Final = (
    "PROPERTY", "IN_LIST", "ASSOCIATION", "PAGE_VIEW", "CTA", "EVENT", "FORM_SUBMISSION",
    "FORM_SUBMISSION_ON_PAGE", "INTEGRATION_EVENT", "EMAIL_SUBSCRIPTION",
    "COMMUNICATION_SUBSCRIPTION", "EMAIL_EVENT", "PRIVACY", "SURVEY_MONKEY", "SURVEY_MONKEY_VALUE",
    "WEBINAR", "ADS_SEARCH", "ADS_TIME", "UNIFIED_EVENTS", "CONSTANT", "CAMPAIGN_INFLUENCED",
    "NUM_ASSOCIATIONS", "PROPERTY_ASSOCIATION",
)  # fmt: skip

OPERATIONS: Final = (
    "ALL_PROPERTY", "BOOL", "STRING", "MULTISTRING", "NUMBER", "NUMBER_RANGED", "ENUMERATION",
    "DATE", "DATETIME", "RANGED_DATE", "ROLLING_DATE_RANGE", "ROLLING_PROPERTY_UPDATED",
    "COMPARATIVE_DATE", "COMPARATIVE_PROPERTY_UPDATED", "COMPARATIVE_STRING", "CALENDAR_DATE",
    "TIME_POINT", "TIME_RANGED", "COMPARATIVE_NUMBER", "COMPARATIVE_BOOL", "REGEX",
)  # fmt: skip

TIME_POINTS: Final = ("DATE", "INDEXED", "PROPERTY_REFERENCED")

REFINEMENTS: Final = (
    "NUM_OCCURRENCES", "SET_OCCURRENCES", "ABSOLUTE_COMPARATIVE", "ABSOLUTE_RANGED",
    "RELATIVE_COMPARATIVE", "RELATIVE_RANGED", "ALL_HISTORY", "TIME_POINT", "TIME_RANGED",
)  # fmt: skip
