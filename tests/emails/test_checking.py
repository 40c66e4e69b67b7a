"""What cannot be kept of a mail."""

import pytest

from penstock.emails import checking


@pytest.mark.parametrize("address", ["ada@x.test", "a.b+c@x-y.test", "me@localhost", "ö@ä.test"])
def test_an_address_is_an_address(address: str) -> None:
    assert checking.is_address(address)


@pytest.mark.parametrize(
    "address",
    ["", "ada", "a@b@c", "a b@x.test", "a@x.test\r\nBcc: b@x.test", "<a@x.test>",
     "a@x.test,b@x.test", "@x.test", "a@", '"a"@x.test', "a" * 250 + "@x.test"],
)  # fmt: skip
def test_what_is_no_single_address_is_none(address: str) -> None:
    assert not checking.is_address(address)
