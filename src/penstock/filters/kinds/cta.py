"""Filters that ask whether a call to action was seen or clicked."""

from typing import Final, Literal

from penstock.filters.fields import Word
from penstock.filters.sought import Occurred, Sought, Trait, equal
from penstock.filters.subject import Scope
from penstock.kernel.texts import Text

_SEEN: Final = "4-1555804"
_CLICKED: Final = "4-1555805"


class CallToAction(Occurred):
    """Whether the record has seen or clicked a call to action, or what stood in a placement."""

    type_id = "CTA"

    cta_name: Word
    operator: Literal[
        "HAS_CLICKED_CTA",
        "HAS_NOT_CLICKED_CTA",
        "HAS_CLICKED_CTA_PLACEMENT",
        "HAS_NOT_CLICKED_CTA_PLACEMENT",
        "HAS_OPENED_CTA",
        "HAS_NOT_OPENED_CTA",
        "HAS_OPENED_CTA_PLACEMENT",
        "HAS_NOT_OPENED_CTA_PLACEMENT",
    ]

    @property
    def negative(self) -> bool:
        return "_NOT_" in self.operator

    @property
    def _placed(self) -> bool:
        return self.operator.endswith("_PLACEMENT")

    @property
    def _clicked(self) -> bool:
        return "_CLICKED_" in self.operator

    def sought(self, scope: Scope) -> Sought:
        property = "hs_cta_placement" if self._placed else "hs_cta_name"
        trait = Trait(property, "ctaName", equal(self.cta_name))
        return Sought((_CLICKED if self._clicked else _SEEN,), (trait,))

    def said(self, scope: Scope) -> Text:
        pattern = {
            (True, False): "has clicked {what}",
            (True, True): "has not clicked {what}",
            (False, False): "has seen {what}",
            (False, True): "has not seen {what}",
        }[self._clicked, self.negative]
        name = 'the placement "{name}"' if self._placed else 'the call to action "{name}"'
        return Text(pattern, what=Text(name, name=self.cta_name))
