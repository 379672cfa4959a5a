"""Personal fields: compared by keyed hashes, and shown as names and shares only."""

from __future__ import annotations

import orjson
import pytest

from pandian.errors import PandianError
from streams.decode.base import Column
from streams.inventory.masking import KeyedMasker, ShapeMasker
from streams.inventory.profile.codec import BlobReader, BlobWriter
from streams.inventory.profile.field import FieldProfile
from streams.inventory.relations.base import Signature
from streams.inventory.relations.finder import find
from streams.inventory.relations.graph import documents
from streams.inventory.relations.signature import to_bytes
from tests.streams.inventory.relations.worlds import asset, drawn

KEYED, OTHER = KeyedMasker(b"0123456789abcdef"), KeyedMasker(b"another secret of some length")
PEOPLE = [f"person{number}@example.com" for number in range(3_000)]


def world(orders: ShapeMasker, users: ShapeMasker) -> list[Signature]:
    masked = frozenset({"email"})
    lines = {"email": drawn(PEOPLE, 9_000)}
    return [
        asset("orders", "orders", {"email": "email"}, lines, masked=masked, masker=orders, partitions=2),
        asset("users", "users", {"email": "email"}, {"email": PEOPLE}, masked=masked, masker=users),
    ]


def test_with_a_secret_masked_fields_are_compared() -> None:
    signatures = world(KEYED, KEYED)
    (one,) = find(signatures)
    assert (*one.source, *one.target) == ("orders", "email", "users", "email")
    assert one.share.low > 0.99
    assert one.orphan_records is None
    said = orjson.dumps(documents("orders", [one])) + b"".join(map(to_bytes, signatures))
    assert not any(person.encode() in said for person in PEOPLE)


@pytest.mark.parametrize(
    ("orders", "users"), [(ShapeMasker(), ShapeMasker()), (KEYED, ShapeMasker()), (KEYED, OTHER)]
)
def test_without_the_same_secret_they_are_not(orders: ShapeMasker, users: ShapeMasker) -> None:
    assert not find(world(orders, users))


def profile(masker: ShapeMasker, values: list[str], masked_as: str | None = "email") -> FieldProfile:
    made = FieldProfile(masker, masked_as)
    for start in range(0, len(values), 500):
        made.add(Column("email", values[start : start + 500], kind="str"))
    return made


def travelled(one: FieldProfile, masker: ShapeMasker) -> FieldProfile:
    blobs = BlobWriter()
    state = orjson.loads(orjson.dumps(one.state(blobs)))
    return FieldProfile.restored(state, BlobReader(blobs.joined()), masker)


def test_merges_and_trips_change_nothing() -> None:
    one, other = profile(KEYED, PEOPLE[:1_700]), profile(KEYED, PEOPLE[1_500:])
    whole = travelled(one, KEYED)
    whole.merge(travelled(other, KEYED))
    mine, plain = whole.keys(), profile(KEYED, PEOPLE).keys()
    assert mine is not None
    assert plain is not None
    assert mine.serialize() == plain.serialize()


def test_another_secret_begins_anew_and_without_any_set() -> None:
    assert travelled(profile(KEYED, PEOPLE[:9]), OTHER).keys() is None
    assert travelled(profile(KEYED, PEOPLE[:9]), ShapeMasker()).keys() is None
    assert travelled(profile(ShapeMasker(), PEOPLE[:9]), KEYED).keys() is None


@pytest.mark.parametrize("size", [0, 1, 3_000])
def test_values_seen_before_it_was_masked_leave_no_set(size: int) -> None:
    one = profile(KEYED, PEOPLE[:size], None)
    one.mask("email")
    one.add(Column("email", PEOPLE[:5], kind="str"))
    keys = one.keys()
    assert (keys.get_estimate() if keys else None) == (None if size else 5)


def test_hashes_depend_on_the_secret() -> None:
    assert KEYED.join_hashes(["a", "a", "b"])[0] == KEYED.join_hashes(["a"])[0]
    assert len({*KEYED.join_hashes(["a", "b"]), *OTHER.join_hashes(["a", "b"])}) == 4
    assert KEYED.key_id != OTHER.key_id
    assert KEYED.join_hashes(["\ud800", ""])


@pytest.mark.parametrize("key", [b"", b"short", b"x" * 65])
def test_a_weak_secret_is_refused(key: bytes) -> None:
    with pytest.raises(PandianError, match="must have 16 to 64 bytes"):
        KeyedMasker(key)
