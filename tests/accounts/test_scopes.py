"""Scopes and what they cover."""

import pytest

from penstock.accounts import scopes
from penstock.accounts.errors import ScopeUnknown


def test_a_scope_covers_itself_alone_and_all_covers_everything() -> None:
    granted = {scopes.objects("contacts", "read")}
    assert scopes.covers(granted, "crm.objects.contacts.read")
    assert not scopes.covers(granted, "crm.objects.contacts.write")
    assert not scopes.covers(granted, "crm.schemas.contacts.read")
    assert scopes.covers({scopes.ALL}, scopes.schemas("custom", "write"))


def test_scopes_are_kept_sorted_and_once() -> None:
    assert scopes.check(["oauth", "automation", "oauth"]) == ["automation", "oauth"]


@pytest.mark.parametrize("scope", ["", "ALL", "crm.objects.contacts.delete", "crm.objects..read"])
def test_a_scope_that_means_nothing_is_refused(scope: str) -> None:
    with pytest.raises(ScopeUnknown):
        scopes.check(["automation", scope])
