"""Keys, which must outlive every version of the program."""

from penstock.delivery.base import DELIVERIES, Key


def test_a_key_has_the_same_id_for_ever() -> None:
    """Ids of effects that were sent are in the world: a change here would send them twice."""
    assert Key(4672, 2, "ada@x.test").id == "4672.2.24fa47595737a979"


def test_recipients_of_one_visit_have_ids_of_their_own() -> None:
    ids = {Key(1, 1, part).id for part in ("ada@x.test", "bo@x.test", "cleo@x.test")}
    assert len(ids) == 3


def test_mail_is_the_kind_that_must_not_be_repeated() -> None:
    assert DELIVERIES["mail"].repeatable is False
