"""The schema by the command line."""

import json

from tests.commands import command, done


def test_every_object_type_is_listed(url: str) -> None:
    types = {type["name"]: type for type in json.loads(done(url, "schema", "list", "--json"))}
    assert types["contact"]["id"] == "0-1"
    assert types["deal"]["pipelines"] == 1
    table = done(url, "schema", "list")
    assert all(name in table for name in types)


def test_a_type_is_shown_by_any_of_its_names(url: str) -> None:
    shown = json.loads(done(url, "schema", "show", "deals", "--json"))
    assert json.loads(done(url, "schema", "show", "0-3", "--json")) == shown
    assert "dealname" in {property["name"] for property in shown["properties"]}
    (pipeline,) = shown["pipelines"]
    assert "closedwon" in {stage["id"] for stage in pipeline["stages"]}
    assert 5 in {edge["id"] for edge in shown["associationTypes"]}
    table = done(url, "schema", "show", "deals")
    assert "dealname" in table
    assert "closedwon" in table
    assert "deal_to_company" in table


def test_an_unknown_type_is_an_error(url: str) -> None:
    result = command(url, "schema", "show", "nonsense")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == 'There is no object type "nonsense"\n'
