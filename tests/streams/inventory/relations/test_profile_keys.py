"""The set of values that a field's profile keeps: through batches, merges, bytes, masks, and states from before."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.decode.base import Column
from streams.inventory.masking import ShapeMasker
from streams.inventory.profile.codec import BlobReader, BlobWriter
from streams.inventory.profile.field import FieldProfile
from tests.streams.inventory.relations.worlds import codes

CODES = codes(6_000)


def profile(values: list[str], batch: int = 1_000) -> FieldProfile:
    made = FieldProfile(ShapeMasker())
    for start in range(0, len(values), batch):
        made.add(Column("f", values[start : start + batch], kind="str"))
    return made


def travelled(one: FieldProfile, *, without: bool = False) -> FieldProfile:
    """Return the profile after a trip through its state; ``without`` what versions before did not write."""
    blobs = BlobWriter()
    state = one.state(blobs)
    if without:
        del state["values"]["evicted"]["keys"]
    return FieldProfile.restored(state, BlobReader(blobs.joined()), ShapeMasker())


def data(one: FieldProfile) -> bytes:
    keys = one.keys()
    assert keys is not None
    return bytes(keys.serialize())


@given(st.integers(50, 5_000), st.integers(1, 5_999), st.booleans())
@settings(max_examples=20, deadline=None)
def test_batches_merges_and_trips_change_nothing(batch: int, cut: int, through_bytes: bool) -> None:
    one, other = profile(CODES[:cut], batch), profile(CODES[cut:], 700)
    if through_bytes:
        one, other = travelled(one), travelled(other)
    whole = FieldProfile(ShapeMasker())
    whole.merge(other)
    whole.merge(one)
    assert data(whole) == data(profile(CODES))


def test_few_values_are_exact() -> None:
    keys = profile(CODES[:2_000]).keys()
    assert keys is not None
    assert not keys.is_estimation_mode()
    assert keys.get_estimate() == 2_000


def test_a_state_from_before_is_read_and_has_no_set() -> None:
    old = travelled(profile(CODES), without=True)
    assert old.keys() is None
    old.add(Column("f", codes(3_000, 1), kind="str"))
    assert old.keys() is None
    new = profile(CODES)
    new.merge(old)
    assert new.keys() is None
    assert travelled(new).keys() is None
    assert old.distinct().low <= 9_000 <= old.distinct().high


def test_a_field_that_becomes_personal_lets_go_of_its_hashes() -> None:
    one = profile(CODES)
    one.mask("email")
    assert one.keys() is None
    blobs = BlobWriter()
    one.state(blobs)
    assert len(blobs.joined()) < 10_000
