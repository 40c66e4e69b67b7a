"""The demo company by the command line."""

import json

from tests.commands import done


def test_the_demo_company_is_loaded_once(url: str) -> None:
    assert "The demo company is there." in done(url, "demo")
    before = json.loads(done(url, "workflows", "list", "--json"))
    assert before
    assert all(workflow["state"] == "starting" for workflow in before)
    assert "There are records already" in done(url, "demo")
    assert json.loads(done(url, "workflows", "list", "--json")) == before
