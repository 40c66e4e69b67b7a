"""Why an effect is not done, as codes that stay, and as texts for people."""

from typing import Final

from penstock.kernel.texts import Text

REASONS: Final[dict[str, Text]] = {
    "address_changed": Text("nobody has this e-mail address any more"),
    "address_unsupported": Text("the mail server does not take this kind of address"),
    "bounced": Text("earlier mail to this address came back"),
    "counted_as_sent": Text("somebody decided that it was sent"),
    "email_gone": Text("the e-mail no longer exists"),
    "gave_up": Text("it was tried for days, and the mail server never took it"),
    "interrupted": Text("the process was stopped while it was sending"),
    "mail_refused": Text("the mail server refused it"),
    "mail_server_unreachable": Text("the mail server could not be reached; it is tried again"),
    "mail_postponed": Text("the mail server wants it later; it is tried again"),
    "no_answer": Text("the connection was lost before the mail server said that it has it"),
    "payload_invalid": Text("it was queued in a form that nobody understands"),
    "opted_out": Text("the recipient wants no mail"),
    "record_gone": Text("the record was archived, merged or erased"),
    "template_failed": Text("the e-mail could not be rendered"),
    "unsubscribed": Text("the recipient wants no mail of this kind"),
    "workflow_off": Text("the workflow is off"),
}
