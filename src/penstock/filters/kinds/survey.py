"""Filters that ask whether somebody responded to a survey, and what they answered."""

from collections.abc import Iterator
from typing import Annotated, Final, Literal

from pydantic import SerializeAsAny

from penstock.filters.fields import Word
from penstock.filters.judgement import Judgement
from penstock.filters.nodes import NOT_KNOWN, OPERATIONS, Node
from penstock.filters.operators import Operation
from penstock.filters.sought import Occurred, Sought, Trait, equal
from penstock.filters.sql import EVENTS
from penstock.filters.subject import Scope, Value
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text

_RESPONDED: Final = "4-4"
_ANSWERED: Final = "4-5"
_ANSWER: Final = "hs_survey_answer"


class SurveyMonkey(Occurred):
    """Whether the record has responded to a survey."""

    type_id = "SURVEY_MONKEY"

    survey_id: Word
    operator: Literal["HAS_RESPONDED_TO_SURVEY", "HAS_NOT_RESPONDED_TO_SURVEY"]

    @property
    def negative(self) -> bool:
        return self.operator == "HAS_NOT_RESPONDED_TO_SURVEY"

    def sought(self, scope: Scope) -> Sought:
        return Sought((_RESPONDED,), (Trait("hs_survey_id", "surveyId", equal(self.survey_id)),))

    def said(self, scope: Scope) -> Text:
        pattern = 'has responded to the survey "{id}"'
        if self.negative:
            pattern = 'has not responded to the survey "{id}"'
        return Text(pattern, id=self.survey_id)


class SurveyMonkeyValue(Occurred):
    """Whether the record has given an answer of some value to a question of a survey."""

    type_id = "SURVEY_MONKEY_VALUE"

    survey_id: Word
    survey_question: Word
    survey_answer_row_id: Word | None = None
    survey_answer_col_id: Word | None = None
    operator: Literal["HAS_ANSWERED_SURVEY_QUESTION_WITH_VALUE"]
    value_comparison: Annotated[SerializeAsAny[Node], OPERATIONS]

    def problems(self, scope: Scope) -> Iterator[Problem]:
        wrong = list(super().problems(scope))
        yield from wrong
        if isinstance(self.value_comparison, Operation) and not wrong:
            type = scope.schema.events[_ANSWERED]
            answer = next(each for each in type.properties if each.name == _ANSWER)
            yield from self.value_comparison.problems(answer, scope.events(type, EVENTS))

    def _compared(self, value: Value) -> Judgement:
        assert isinstance(self.value_comparison, Operation)
        return self.value_comparison.judge(value)

    def sought(self, scope: Scope) -> Sought:
        traits = [
            Trait("hs_survey_id", "surveyId", equal(self.survey_id)),
            Trait("hs_survey_question", "surveyQuestion", equal(self.survey_question)),
            Trait(_ANSWER, "valueComparison", self._compared),
        ]
        if self.survey_answer_row_id is not None:
            row = equal(self.survey_answer_row_id)
            traits.append(Trait("hs_survey_answer_row_id", "surveyAnswerRowId", row))
        if self.survey_answer_col_id is not None:
            column = equal(self.survey_answer_col_id)
            traits.append(Trait("hs_survey_answer_col_id", "surveyAnswerColId", column))
        return Sought((_ANSWERED,), tuple(traits))

    def said(self, scope: Scope) -> Text:
        answer = Text(NOT_KNOWN)
        type = scope.schema.events.get(_ANSWERED)
        if isinstance(self.value_comparison, Operation) and type is not None:
            property = next(each for each in type.properties if each.name == _ANSWER)
            answer = self.value_comparison.condition(property, scope.events(type, EVENTS))
        return Text(
            'the answer to the question "{question}" of the survey "{id}" {answer}',
            question=self.survey_question,
            id=self.survey_id,
            answer=answer,
        )
