"""Why what a step had queued is not done, as codes that stay, and as texts for people."""

from typing import Final

from penstock.kernel.texts import Text

REASONS: Final[dict[str, Text]] = {
    "address_changed": Text("nobody has this e-mail address any more"),
    "address_unsupported": Text("the mail server does not take this kind of address"),
    "asked_to_wait": Text("the receiver wants it later; it is tried again"),
    "bounced": Text("earlier mail to this address came back"),
    "counted_as_sent": Text("somebody decided that it was sent"),
    "email_gone": Text("the e-mail no longer exists"),
    "gave_up": Text("it was tried for days, and never taken"),
    "interrupted": Text("the process was stopped while it was sending"),
    "mail_refused": Text("the mail server refused it"),
    "mail_server_unreachable": Text("the mail server could not be reached; it is tried again"),
    "mail_postponed": Text("the mail server wants it later; it is tried again"),
    "no_response": Text("the receiver did not answer in time; it is tried again"),
    "no_answer": Text("the connection was lost before the mail server said that it has it"),
    "payload_invalid": Text("it was queued in a form that nobody understands"),
    "opted_out": Text("the recipient wants no mail"),
    "record_gone": Text("the record was archived, merged or erased"),
    "refused": Text("the receiver refused it"),
    "secret_gone": Text("the secret that it needs no longer exists"),
    "secret_unreadable": Text("the secret that it needs cannot be read; it is tried again"),
    "secret_unusable": Text("the secret that it needs cannot stand in a header"),
    "server_error": Text("the receiver had an error; it is tried again"),
    "target_forbidden": Text(
        "its address is not one of https on the public web, and the installation does not allow"
        " its network (PENSTOCK_ALLOWED_TARGETS)"
    ),
    "target_invalid": Text("its address is not valid"),
    "template_failed": Text("the e-mail could not be rendered"),
    "too_many_redirects": Text("it was redirected too many times"),
    "unreachable": Text("the receiver could not be reached; it is tried again"),
    "unsubscribed": Text("the recipient wants no mail of this kind"),
    "workflow_off": Text("the workflow is off"),
}
