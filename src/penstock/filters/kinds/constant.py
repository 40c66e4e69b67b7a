"""Filters that are true, or false, of every record."""

from sqlalchemy import false, true

from penstock.filters.judgement import Judgement
from penstock.filters.nodes import Filter
from penstock.filters.subject import Scope
from penstock.kernel.texts import Text


class Constant(Filter):
    """Every record, or none."""

    type_id = "CONSTANT"
    of_events = True
    label = "Every record or none"

    should_accept: bool
    source: str | None = None

    def judge(self, scope: Scope) -> Judgement:
        return Judgement(true() if self.should_accept else false(), where=self.where)

    def sentence(self, scope: Scope) -> Text:
        return Text("every record") if self.should_accept else Text("no record")
