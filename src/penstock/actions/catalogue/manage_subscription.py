"""Manage communication subscription."""

from collections.abc import Iterator
from typing import Final, Literal

from penstock.actions.base import Action, Batch, Departures, Place
from penstock.actions.targets import target_problems
from penstock.filters.fields import Id
from penstock.filters.mentions import Mention
from penstock.kernel.errors import Problem
from penstock.kernel.forms import field
from penstock.kernel.texts import Text
from penstock.records.subscriptions import LegalBasis

_CONTACT: Final = "0-1"


class ManageSubscription(
    Action,
    type_id="0-43347357",
    label="Manage communication subscription",
    summary="Change the subscription {subscription_id}",
    icon="mail-cog",
    category="Communication",
):
    """Keep for every enrolled contact that it wants a kind of messages, or wants it no more."""

    of_types = (_CONTACT,)

    subscription_id: Id = field("Subscription", widget="subscription", alias="subscriptionId")
    opt_state: Literal["OPT_IN", "OPT_OUT"] = field(
        "What to do",
        widget="select",
        default="OPT_IN",
        alias="optState",
        options=["OPT_IN", "OPT_OUT"],
    )
    channel: Literal["EMAIL", "WHATSAPP", "SMS"] = field(
        "Channel", widget="select", default="EMAIL", options=["EMAIL", "WHATSAPP", "SMS"]
    )
    legal_basis: LegalBasis | None = field(
        "Legal basis", widget="legal_basis", default=None, alias="legalBasis"
    )
    legal_basis_explanation: str | None = field(
        "Explanation", widget="text", default=None, alias="legalBasisExplanation"
    )
    target_contact: str | None = field(
        "Contact", widget="record", default=None, alias="targetContact"
    )

    async def run(self, batch: Batch) -> Departures:
        status: Literal["SUBSCRIBED", "UNSUBSCRIBED"] = "SUBSCRIBED"
        if self.opt_state == "OPT_OUT":
            status = "UNSUBSCRIBED"
        basis = (self.legal_basis, self.legal_basis_explanation)
        refused = await batch.subscribe(self.subscription_id, status, self.channel, basis)
        return Departures.sorted_by(batch.members, refused)

    def problems(self, place: Place) -> list[Problem]:
        problems = target_problems(self.target_contact, place, "targetContact")
        if place.type.id not in self.of_types:
            text = Text("{found} have no subscriptions", found=place.type.plural_label)
            problems.append(Problem(text, place.where, "INVALID_OBJECT_TYPE"))
        return problems

    def mentions(self, where: str) -> Iterator[Mention]:
        yield Mention("subscription", self.subscription_id, f"{where}.subscriptionId")

    def sentence(self) -> Text:
        if self.opt_state == "OPT_IN":
            return Text("Subscribe to {id}", id=self.subscription_id)
        return Text("Unsubscribe from {id}", id=self.subscription_id)
