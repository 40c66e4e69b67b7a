"""Tasks: what somebody is to do, and by when."""

from penstock.records.defaults import (
    OWNER_STAMPS,
    activity,
    choice,
    headings,
    html,
    moment,
    section,
    table,
    text,
    yes_no,
)
from penstock.records.model import AssociationType, ObjectType

_STATUSES = "NOT_STARTED IN_PROGRESS WAITING DEFERRED COMPLETED"

_TYPES = {
    "TODO": "To-do",
    "CALL": "Call",
    "EMAIL": "Email",
    "LINKED_IN": "LinkedIn",
    "LINKED_IN_CONNECT": "LinkedIn connection request",
    "LINKED_IN_MESSAGE": "LinkedIn message",
}

TASK = ObjectType(
    id="0-27",
    name="task",
    plural="tasks",
    label="Task",
    plural_label="Tasks",
    primary="hs_task_subject",
    secondary=("hs_task_status", "hs_timestamp"),
    required=("hs_timestamp",),
    search=("hs_task_subject", "hs_task_body"),
    shown=(
        "hs_task_subject",
        "hs_task_status",
        "hs_task_priority",
        "hs_task_type",
        "hs_timestamp",
        "hubspot_owner_id",
        "hs_createdate",
        "hs_lastmodifieddate",
        "hs_object_id",
    ),
    groups=headings(task="Task information", engagement="Activity information"),
    properties=table(
        section(
            "task",
            text("hs_task_subject", "Task title"),
            html("hs_task_body", "Task notes"),
            choice("hs_task_status", "Task status", _STATUSES),
            choice("hs_task_priority", "Priority", "NONE LOW MEDIUM HIGH"),
            choice("hs_task_type", "Task type", _TYPES),
            text("hs_task_reminders", "Reminders"),
            yes_no("hs_task_send_default_reminder", "Send default reminder"),
            text("hs_task_repeat_interval", "Repeat interval"),
            text("hs_queue_membership_ids", "Queues"),
            text("hs_task_for_object_type", "For object type"),
            moment("hs_task_completion_date", "Completed at", read_only=True),
        ),
        activity("Due date"),
    ),
    associations=(
        AssociationType(204, "0-1", 203, "task_to_contact", "contact_to_task"),
        AssociationType(192, "0-2", 191, "task_to_company", "company_to_task"),
        AssociationType(216, "0-3", 215, "task_to_deal", "deal_to_task"),
        AssociationType(230, "0-5", 229, "task_to_ticket", "ticket_to_task"),
        AssociationType(218, "0-14", 217, "task_to_quote", "quote_to_task"),
        AssociationType(647, "0-136", 646, "task_to_lead", "lead_to_task"),
    ),
    stamps={**OWNER_STAMPS, "hs_task_status=COMPLETED": ("hs_task_completion_date",)},
)
