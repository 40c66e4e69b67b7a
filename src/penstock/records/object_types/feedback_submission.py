"""Feedback submissions: answers to a survey."""

from penstock.records.defaults import (
    choice,
    columns,
    headings,
    moment,
    number,
    paragraph,
    section,
    table,
    text,
)
from penstock.records.model import AssociationType, ObjectType

_SURVEY_TYPES = {
    "NPS": "Net promoter score",
    "CSAT": "Customer satisfaction",
    "CES": "Customer effort score",
    "CUSTOM": "Custom",
}

FEEDBACK_SUBMISSION = ObjectType(
    id="0-19",
    name="feedback_submission",
    plural="feedback_submissions",
    label="Feedback submission",
    plural_label="Feedback submissions",
    primary="hs_submission_name",
    secondary=("hs_survey_type", "hs_value"),
    search=("hs_submission_name", "hs_content", "hs_survey_name"),
    shown=(
        "hs_submission_name",
        "hs_survey_type",
        "hs_value",
        "hs_createdate",
        "hs_lastmodifieddate",
        "hs_object_id",
    ),
    aliases=("feedback",),
    groups=headings(
        feedback_submission_information="Feedback information", survey_information="Survey"
    ),
    properties=table(
        section(
            "feedback_submission_information",
            text("hs_submission_name", "Submission name"),
            number("hs_value", "Rating"),
            choice("hs_response_group", "Response group", "promoter passive detractor"),
            choice("hs_sentiment", "Sentiment", "positive neutral negative"),
            paragraph("hs_content", "Feedback"),
            moment("hs_submission_timestamp", "Response date"),
            text("hs_contact_email_rollup", "Contact email"),
            text("hs_source_url", "Source URL"),
            text("hs_agent_id", "Agent ID"),
            text("hs_agent_name", "Agent name"),
            text("hs_conversation_thread_id", "Conversation ID"),
            text("hs_knowledge_article_id", "Knowledge article ID"),
            text("hs_visitor_id", "Visitor ID"),
            *columns(),
        ),
        section(
            "survey_information",
            text("hs_survey_id", "Survey ID"),
            text("hs_survey_name", "Survey name"),
            choice("hs_survey_type", "Survey type", _SURVEY_TYPES),
            choice("hs_survey_channel", "Survey channel", "EMAIL WEB LINK CHAT"),
            text("hs_form_guid", "Form ID"),
        ),
    ),
    associations=(
        AssociationType(
            98, "0-1", 97, "feedback_submission_to_contact", "contact_to_feedback_submission"
        ),
        AssociationType(
            928, "0-2", 929, "feedback_submission_to_company", "company_to_feedback_submission"
        ),
        AssociationType(
            984, "0-3", 985, "feedback_submission_to_deal", "deal_to_feedback_submission"
        ),
        AssociationType(
            100, "0-5", 99, "feedback_submission_to_ticket", "ticket_to_feedback_submission"
        ),
    ),
)
