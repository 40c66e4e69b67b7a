"""What an enrollment keeps: outputs by step, and what is not too large of its event."""

from penstock.engine import contexts


def test_an_event_is_kept_under_the_id_that_no_step_has() -> None:
    context = contexts.with_event({"hs_page_url": "/pricing"})
    assert context == {"": {"event": {"hs_page_url": "/pricing"}}}
    assert contexts.event(context) == {"hs_page_url": "/pricing"}


def test_without_an_event_nothing_is_kept() -> None:
    assert contexts.with_event({}) == {}
    assert contexts.event({}) == {}


def test_the_largest_values_of_an_event_are_left_out() -> None:
    sizes = {"small": 10, "middle": 4_000, "large": 5_000, "huge": 60_000}
    kept = contexts.event(contexts.with_event({name: "x" * n for name, n in sizes.items()}))
    assert list(kept) == ["small", "middle"]


def test_what_an_event_keeps_is_bounded_however_many_values_it_has() -> None:
    kept = contexts.event(contexts.with_event({f"p{n:04}": "x" * 90 for n in range(1_000)}))
    assert 0 < len(kept) <= contexts.LARGEST // 100


def test_the_engines_own_place_is_no_step() -> None:
    context = {"": {"event": {"a": "b"}}, "1": {"hs_object_id": "7"}}
    assert contexts.outputs(context, "") == {}
    assert contexts.outputs(context, "1") == {"hs_object_id": "7"}
    assert contexts.outputs(context, "2") == {}
