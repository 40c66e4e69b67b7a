"""A sample of a file of any size."""

from itertools import pairwise

from penstock.imports.samples import CHUNK, Sample


def test_a_file_of_one_chunk_is_its_own_sample() -> None:
    sample = Sample()
    sample.add(b"all of it")
    assert (sample.head, sample.whole, sample.pieces) == (b"all of it", True, [])


def test_the_sample_of_a_long_file_stays_small_and_reaches_to_its_end() -> None:
    sample = Sample()
    for number in range(1_000):
        sample.add(number.to_bytes(2, "big") * (CHUNK // 2))
    assert not sample.whole
    assert len(sample.head) + sum(len(piece) for piece in sample.pieces) <= 2 * CHUNK
    places = [int.from_bytes(piece[:2], "big") for piece in sample.pieces]
    assert places == sorted(places)
    assert len(places) >= 8
    assert places[-1] > 900
    assert max(after - before for before, after in pairwise(places)) < 150
