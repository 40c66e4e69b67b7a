"""Filters that ask whether a campaign influenced somebody."""

from typing import Final

from penstock.filters.fields import Word
from penstock.filters.sought import Occurred, Sought, Trait, equal
from penstock.filters.subject import Scope
from penstock.kernel.texts import Text

_INFLUENCED: Final = "4-3"


class CampaignInfluenced(Occurred):
    """Whether the record has been influenced by a campaign."""

    type_id = "CAMPAIGN_INFLUENCED"

    campaign_id: Word

    def sought(self, scope: Scope) -> Sought:
        trait = Trait("hs_campaign_id", "campaignId", equal(self.campaign_id))
        return Sought((_INFLUENCED,), (trait,))

    def said(self, scope: Scope) -> Text:
        return Text('has been influenced by the campaign "{id}"', id=self.campaign_id)
