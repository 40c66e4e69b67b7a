"""What happens to a marketing e-mail on its way and at its receiver."""

from functools import partial

from penstock.records.defaults import text
from penstock.records.model import EventType

_mail = partial(
    EventType,
    properties=(
        text("hs_email_id", "Email"),
        text("hs_workflow_id", "Workflow"),
        text("hs_recipient", "Recipient"),
        text("hs_subject", "Subject"),
        text("hs_click_url", "Clicked link"),
        text("hs_bounce_category", "Kind of bounce"),
        text("hs_subscription_id", "Subscription"),
        text("hs_subscription_status", "Subscription status"),
        text("hs_user_agent", "User agent"),
    ),
)

EMAIL_SENT = _mail("4-667638", "e_email_sent", "Marketing email sent")
EMAIL_DELIVERED = _mail("4-665536", "e_email_delivered", "Marketing email delivered")
EMAIL_OPENED = _mail("4-666440", "e_email_opened", "Marketing email opened")
EMAIL_CLICKED = _mail("4-666288", "e_email_clicked", "Link in a marketing email clicked")
EMAIL_REPLIED = _mail("4-665538", "e_email_replied", "Marketing email replied to")
EMAIL_BOUNCED = _mail("4-5470331", "e_email_bounced", "Marketing email bounced")
EMAIL_HARD_BOUNCED = _mail("4-666439", "e_email_hard_bounced", "Marketing email bounced for good")
SUBSCRIPTION_UPDATED = _mail("4-666289", "e_subscription_updated", "Email subscription updated")

# HubSpot has no public id for it: those of ours count up from 1.
EMAIL_MARKED_SPAM = _mail("4-1", "e_email_marked_spam", "Marketing email marked as spam")
