"""Filters that ask about advertisements that somebody interacted with."""

from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from sqlalchemy import or_

from penstock.filters import patterns
from penstock.filters.fields import Word, Words
from penstock.filters.judgement import Judgement
from penstock.filters.sought import Occurred, Sought, Test, Trait, equal, like
from penstock.filters.subject import Scope, Value
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text

_INTERACTED: Final = "4-1553675"


class Entity(NamedTuple):
    """A part of an advertisement: the property that tells it, and what it is called."""

    property: str
    label: str


ENTITIES: Final = {
    "AD": Entity("hs_ad", "name"),
    "ADGROUP": Entity("hs_ad_group", "ad group"),
    "CAMPAIGN": Entity("hs_ad_campaign", "ad campaign"),
    "KEYWORD": Entity("hs_ad_keyword", "keyword"),
}

_SAID: Final = {
    "CONTAINS": "has interacted with an ad whose {entity} contains {terms}",
    "IS_EQUAL_TO": "has interacted with an ad whose {entity} is {terms}",
    "STARTS_WITH": "has interacted with an ad whose {entity} starts with {terms}",
    "ENDS_WITH": "has interacted with an ad whose {entity} ends with {terms}",
    "IS_KNOWN": "has interacted with an ad whose {entity} is known",
}


class AdsSearch(Occurred):
    """Whether the record has interacted with an advertisement that any of the terms fits."""

    type_id = "ADS_SEARCH"

    entity_type: Literal["AD", "ADGROUP", "CAMPAIGN", "KEYWORD"]
    search_term_type: Word | None = None
    search_terms: Words | None = None
    ad_network: Word | None = None
    operator: Literal["CONTAINS", "IS_EQUAL_TO", "STARTS_WITH", "ENDS_WITH", "IS_KNOWN"]

    def problems(self, scope: Scope) -> Iterator[Problem]:
        if self.operator != "IS_KNOWN" and not self.search_terms:
            text = Text("{field} is required", field="searchTerms")
            yield Problem(text, f"{self.where}.searchTerms", "REQUIRED")
        yield from super().problems(scope)

    def _test(self, value: Value) -> Judgement:
        if self.operator == "IS_KNOWN":
            return Judgement(~value.missing)
        tests: dict[str, Test] = {term: self._term(term) for term in self.search_terms or ()}
        answers = [
            Trait(value.property.name, "", test).judge(value.scope) for test in tests.values()
        ]
        return Judgement(or_(*(answer.verdict for answer in answers)))

    def _term(self, term: str) -> Test:
        match self.operator:
            case "IS_EQUAL_TO":
                return equal(term)
            case "STARTS_WITH":
                return like(patterns.starting(term))
            case "ENDS_WITH":
                return like(patterns.ending(term))
        return like(patterns.containing(term))

    def sought(self, scope: Scope) -> Sought:
        traits = [Trait(ENTITIES[self.entity_type].property, "entityType", self._test)]
        if self.ad_network is not None:
            traits.append(Trait("hs_ad_network", "adNetwork", equal(self.ad_network)))
        return Sought((_INTERACTED,), tuple(traits))

    def said(self, scope: Scope) -> Text:
        terms = [Text('"{value}"', value=term) for term in self.search_terms or ()]
        among = terms[-1] if terms else Text("nothing")
        for term in reversed(terms[:-1]):
            among = Text("{first} or {rest}", first=term, rest=among)
        entity = Text(ENTITIES[self.entity_type].label)
        said = Text(_SAID[self.operator], entity=entity, terms=among)
        if self.ad_network is None:
            return said
        return Text('{what} in the network "{name}"', what=said, name=self.ad_network)


class AdsTime(Occurred):
    """Whether the record has interacted with an advertisement, in the time given."""

    type_id = "ADS_TIME"

    def problems(self, scope: Scope) -> Iterator[Problem]:
        if self.pruning_refine_by is None:
            text = Text("{field} is required", field="pruningRefineBy")
            yield Problem(text, f"{self.where}.pruningRefineBy", "REQUIRED")
        yield from super().problems(scope)

    def sought(self, scope: Scope) -> Sought:
        return Sought((_INTERACTED,))

    def said(self, scope: Scope) -> Text:
        return Text("has interacted with an ad")
