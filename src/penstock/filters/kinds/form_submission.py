"""Filters that ask whether a form was submitted."""

from typing import Literal

from penstock.filters.fields import Word
from penstock.filters.sought import Occurred, Sought, Trait, equal
from penstock.filters.subject import Scope
from penstock.kernel.texts import Text

_SUBMITTED = "4-1639801"


class FormSubmission(Occurred):
    """Whether the record has submitted a form, or one form."""

    type_id = "FORM_SUBMISSION"

    form_id: Word | None = None
    operator: Literal["FILLED_OUT", "NOT_FILLED_OUT"] = "FILLED_OUT"

    @property
    def negative(self) -> bool:
        return self.operator == "NOT_FILLED_OUT"

    def sought(self, scope: Scope) -> Sought:
        if self.form_id is None:
            return Sought((_SUBMITTED,))
        return Sought((_SUBMITTED,), (Trait("hs_form_id", "formId", equal(self.form_id)),))

    def form(self) -> Text:
        if self.form_id is None:
            return Text("a form")
        return Text('the form "{id}"', id=self.form_id)

    def said(self, scope: Scope) -> Text:
        pattern = "has not submitted {form}" if self.negative else "has submitted {form}"
        return Text(pattern, form=self.form())


class FormSubmissionOnPage(FormSubmission):
    """Whether the record has submitted a form, or one form, on one page."""

    type_id = "FORM_SUBMISSION_ON_PAGE"

    page_id: Word

    def sought(self, scope: Scope) -> Sought:
        anywhere = super().sought(scope)
        page = Trait("hs_page_id", "pageId", equal(self.page_id))
        return Sought(anywhere.types, (*anywhere.traits, page))

    def form(self) -> Text:
        return Text('{form} on the page "{id}"', form=super().form(), id=self.page_id)
