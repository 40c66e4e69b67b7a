"""Filters that ask what people said about being written to."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

from pydantic import Field

from penstock.filters import consent
from penstock.filters.consent import Channel, Status
from penstock.filters.dependencies import Dependency
from penstock.filters.fields import Id
from penstock.filters.judgement import Judgement
from penstock.filters.nodes import Filter
from penstock.filters.subject import Scope
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text

_Ids = Annotated[list[Id], Field(default_factory=list)]
_Accepted = Annotated[list[Status], Field(min_length=1)]


class EmailSubscription(Filter):
    """Whether any of the kinds of email, or email as a whole, has one of the statuses."""

    type_id = "EMAIL_SUBSCRIPTION"

    subscription_type: str | None = None
    subscription_ids: _Ids
    accepted_statuses: _Accepted

    def problems(self, scope: Scope) -> Iterator[Problem]:
        kinds = "SUBSCRIPTION", "PORTAL"
        yield from consent.problems(
            scope, self.subscription_ids, self.subscription_type, kinds, self.where
        )

    def depends(self, scope: Scope) -> Iterator[Dependency]:
        yield from consent.depends(scope, "EMAIL")

    def judge(self, scope: Scope) -> Judgement:
        said = consent.said_of(scope, "EMAIL", self.subscription_ids, self.accepted_statuses)
        return replace(said, where=self.where)

    def sentence(self, scope: Scope) -> Text:
        return consent.sentence("EMAIL", self.subscription_ids, self.accepted_statuses)


class CommunicationSubscription(Filter):
    """Whether any of the kinds of messages, or a channel as a whole, has one of the states."""

    type_id = "COMMUNICATION_SUBSCRIPTION"

    channel: Channel
    subscription_type: str | None = None
    subscription_ids: _Ids
    accepted_opt_states: _Accepted
    business_unit_id: str | None = None

    def problems(self, scope: Scope) -> Iterator[Problem]:
        kinds = "INDIVIDUAL_SUBSCRIPTION", "PORTAL_WIDE"
        yield from consent.problems(
            scope, self.subscription_ids, self.subscription_type, kinds, self.where
        )

    def depends(self, scope: Scope) -> Iterator[Dependency]:
        yield from consent.depends(scope, self.channel)

    def judge(self, scope: Scope) -> Judgement:
        said = consent.said_of(scope, self.channel, self.subscription_ids, self.accepted_opt_states)
        return replace(said, where=self.where)

    def sentence(self, scope: Scope) -> Text:
        return consent.sentence(self.channel, self.subscription_ids, self.accepted_opt_states)
