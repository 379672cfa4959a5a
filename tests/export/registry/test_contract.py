"""What any registry promises; run against each implementation."""

from __future__ import annotations

import dataclasses

import pytest

from export.registry import (
    ChallengerError,
    Entry,
    EntryError,
    ModelRegistry,
    Reference,
    ShareError,
    UnknownModelError,
)
from tests.export import hostile


def test_nothing_is_in_a_new_registry(registry):
    assert registry.entries() == []
    assert registry.champion() is None
    with pytest.raises(UnknownModelError, match=r"'popularity': is not in the registry"):
        registry.entry("popularity")
    with pytest.raises(UnknownModelError, match="'popularity@1'"):
        registry.promote("popularity", "1", by="me", why="")
    with pytest.raises(UnknownModelError, match="the champion: there is none"):
        registry.rollback(by="me", why="")


def test_an_entry_is_kept_as_it_was(registry, first_entry):
    kept = registry.add(first_entry.path)
    assert kept.path != first_entry.path
    assert dataclasses.replace(kept, path=first_entry.path) == first_entry
    assert Entry.open(kept.path) == kept
    assert registry.entry("popularity", first_entry.version) == kept


def test_the_same_again_changes_nothing(registry, first_entry, tmp_path):
    kept = registry.add(first_entry.path)
    assert registry.add(first_entry.path) == kept
    assert registry.add(kept.path) == kept
    assert registry.entries() == [kept]


def test_a_version_has_one_content(registry, first_entry, tmp_path):
    registry.add(first_entry.path)
    changed = hostile.copy(first_entry, tmp_path / "changed")
    hostile.forge_card(changed, licence="another")
    with pytest.raises(
        EntryError, match=r"popularity@\S+: card\.json: must be as in the version of that name"
    ):
        registry.add(changed)
    assert registry.entry("popularity").card == first_entry.card


def test_entries_by_model_the_newest_first(registry, first_entry, second_entry, other_entry):
    for entry in (second_entry, other_entry, first_entry):
        registry.add(entry.path)
    assert [entry.reference for entry in registry.entries()] == [
        other_entry.reference,
        second_entry.reference,
        first_entry.reference,
    ]
    assert registry.entry("popularity").version == second_entry.version


@pytest.mark.parametrize(
    "model", ["", "..", "../popularity", "popularity/..", "/", "popularity\0", "x" * 300]
)
@pytest.mark.parametrize("version", [None, "..", "a/b", ""])
def test_names_that_are_none(registry, first_entry, model, version):
    registry.add(first_entry.path)
    with pytest.raises(UnknownModelError):
        registry.entry(model, version)
    with pytest.raises(UnknownModelError):
        registry.promote(model, version, by="me", why="")


def test_the_pointer_says_which_since_when_by_whom_and_why(registry, first_entry, second_entry):
    registry.add(first_entry.path)
    registry.add(second_entry.path)
    pointer = registry.promote("popularity", first_entry.version, by="Ann", why="the first")
    assert registry.champion() == pointer
    assert pointer.reference == first_entry.reference
    assert (pointer.previous, pointer.by, pointer.why) == (None, "Ann", "the first")
    later = registry.promote("popularity", by="Ben", why="newer")
    assert (later.reference, later.previous) == (second_entry.reference, first_entry.reference)
    assert later.time >= pointer.time > 1_700_000_000_000


def test_promoting_the_champion_changes_nothing(registry, first_entry, second_entry):
    registry.add(first_entry.path)
    registry.add(second_entry.path)
    registry.promote("popularity", first_entry.version, by="me", why="")
    pointer = registry.promote("popularity", second_entry.version, by="me", why="")
    assert registry.promote("popularity", second_entry.version, by="you", why="again") == pointer
    assert registry.champion() == pointer


def test_rollbacks_go_back_one_champion_at_a_time(registry, first_entry, second_entry, other_entry):
    for entry in (first_entry, second_entry, other_entry):
        registry.add(entry.path)
        registry.promote(entry.model, entry.version, by="me", why="")
    back = registry.rollback(by="me", why="worse")
    assert (back.reference, back.previous) == (second_entry.reference, first_entry.reference)
    back = registry.rollback(by="me", why="worse still")
    assert (back.reference, back.previous) == (first_entry.reference, None)
    with pytest.raises(UnknownModelError, match="the champion before this one: there is none"):
        registry.rollback(by="me", why="")
    assert registry.champion() == back


def test_a_rollback_after_a_rollback_and_a_promotion(registry, first_entry, second_entry, other_entry):
    for entry in (first_entry, second_entry, other_entry):
        registry.add(entry.path)
    registry.promote("popularity", first_entry.version, by="me", why="")
    registry.promote("popularity", second_entry.version, by="me", why="")
    registry.rollback(by="me", why="")
    registry.promote("item-to-item", by="me", why="")
    assert registry.rollback(by="me", why="").reference == first_entry.reference


def test_what_was_damaged_after_it_came_in_is_not_promoted(kept, registry, first_entry, second_entry):
    registry.add(first_entry.path)
    registry.add(second_entry.path)
    registry.promote("popularity", first_entry.version, by="me", why="")
    kept.spoil(second_entry, "model.onnx", second_entry.read("model.onnx")[:-1])
    with pytest.raises(EntryError, match=r"model\.onnx: [\d,]+ bytes: must be [\d,]+ bytes"):
        registry.promote("popularity", second_entry.version, by="me", why="")
    assert registry.champion().reference == first_entry.reference


def test_a_rollback_to_what_was_damaged_is_refused(kept, registry, first_entry, second_entry):
    for entry in (first_entry, second_entry):
        registry.add(entry.path)
        registry.promote("popularity", entry.version, by="me", why="")
    kept.spoil(first_entry, "items.txt", None)
    with pytest.raises(EntryError, match=r"items\.txt"):
        registry.rollback(by="me", why="")
    assert registry.champion().reference == second_entry.reference


def test_twenty_champions_are_remembered(registry, first_entry, second_entry):
    registry.add(first_entry.path)
    registry.add(second_entry.path)
    for number in range(50):
        registry.promote("popularity", (first_entry, second_entry)[number % 2].version, by="me", why="")
    for _ in range(21):
        registry.rollback(by="me", why="")
    with pytest.raises(UnknownModelError):
        registry.rollback(by="me", why="")


def test_references_are_written_as_people_name_them(first_entry):
    assert str(first_entry.reference) == f"popularity@{first_entry.version}"
    assert first_entry.reference == Reference("popularity", first_entry.version)


@pytest.fixture
def two(registry, first_entry, second_entry) -> ModelRegistry:
    """Two versions, of which the first is the champion."""
    for entry in (first_entry, second_entry):
        registry.add(entry.path)
    registry.promote("popularity", first_entry.version, by="me", why="")
    return registry


def test_a_challenger_says_which_for_whom_since_when_by_whom_and_why(two, second_entry):
    assert two.challenger() is None
    named = two.shadow("popularity", share=0.1, by="Ann", why="newer")
    assert two.challenger() == named
    assert (named.reference, named.share, named.by, named.why) == (
        second_entry.reference,
        0.1,
        "Ann",
        "newer",
    )
    assert named.time >= two.champion().time
    assert two.champion().version != second_entry.version


def test_the_challenger_that_is_named_last_counts(two, second_entry, other_entry):
    two.add(other_entry.path)
    two.shadow("popularity", second_entry.version, share=0.1, by="Ann", why="")
    more = two.shadow("popularity", second_entry.version, share=0.5, by="Ben", why="more of them")
    assert (two.challenger(), more.share) == (more, 0.5)
    other = two.shadow("item-to-item", share=1, by="Ann", why="")
    assert two.challenger() == other
    assert (other.reference, other.share) == (other_entry.reference, 1.0)


def test_a_shadow_ends(two, second_entry):
    named = two.shadow("popularity", share=0, by="Ann", why="")
    assert two.end_shadow(by="Ben", why="worse") == named
    assert two.challenger() is None
    with pytest.raises(
        UnknownModelError, match=r"the challenger: there is none; `pandian models shadow MODEL`"
    ):
        two.end_shadow(by="Ben", why="")
    assert two.shadow("popularity", share=0, by="Ann", why="once more").reference == second_entry.reference


def test_a_challenger_that_becomes_the_champion_is_none_any_more(two, first_entry, second_entry):
    two.shadow("popularity", second_entry.version, share=0.1, by="Ann", why="")
    two.promote("popularity", second_entry.version, by="me", why="")
    assert two.challenger() is None
    two.shadow("popularity", first_entry.version, share=0.1, by="Ann", why="was it better?")
    two.rollback(by="me", why="it was")
    assert two.challenger() is None
    two.promote("popularity", second_entry.version, by="me", why="")
    assert two.challenger() is None


def test_a_challenger_stays_when_another_is_promoted(two, second_entry, other_entry):
    two.add(other_entry.path)
    named = two.shadow("popularity", second_entry.version, share=0.1, by="Ann", why="")
    two.promote("item-to-item", by="me", why="")
    assert two.challenger() == named


def test_what_cannot_be_tried_out(registry, first_entry, second_entry):
    registry.add(first_entry.path)
    with pytest.raises(UnknownModelError, match=r"the champion: there is none; promote popularity@"):
        registry.shadow("popularity", share=0.1, by="me", why="")
    registry.promote("popularity", by="me", why="")
    with pytest.raises(ChallengerError, match=r"popularity@\S+: is the champion itself"):
        registry.shadow("popularity", share=0.1, by="me", why="")
    with pytest.raises(UnknownModelError, match="'sasrec': is not in the registry"):
        registry.shadow("sasrec", share=0.1, by="me", why="")
    registry.add(second_entry.path)
    for share in (-0.1, 1.01, float("nan"), float("inf")):
        with pytest.raises(ShareError, match=rf"share {share:g}: must be from 0 to 1"):
            registry.shadow("popularity", second_entry.version, share=share, by="me", why="")
    assert registry.challenger() is None


def test_another_machine_sees_it(kept, registry, first_entry, second_entry):
    for entry in (first_entry, second_entry):
        registry.add(entry.path)
    registry.promote("popularity", first_entry.version, by="me", why="")
    registry.shadow("popularity", share=0.5, by="me", why="")
    again = kept.again()
    assert again.champion() == registry.champion()
    assert again.challenger() == registry.challenger()
    assert [entry.files for entry in again.entries()] == [entry.files for entry in registry.entries()]
    assert again.entry("popularity").read("model.onnx") == second_entry.read("model.onnx")
    # What either does, the other one sees.
    again.promote("popularity", second_entry.version, by="you", why="")
    assert registry.champion() == again.champion()
    registry.rollback(by="me", why="")
    assert again.champion().version == first_entry.version


def test_everything_is_on_record(kept, registry, first_entry, second_entry):
    for entry in (first_entry, second_entry):
        registry.add(entry.path, by="Ann", why="trained")
    registry.promote("popularity", first_entry.version, by="Ben", why="the first")
    registry.shadow("popularity", second_entry.version, share=0.25, by="Cleo", why="try")
    registry.end_shadow(by="Cleo", why="enough")
    registry.promote("popularity", second_entry.version, by="Ben", why="newer")
    registry.rollback(by="Dan", why="worse")
    told = [(one["what"], one["version"], one["by"], one["why"]) for one in kept.audit()]
    first, second = first_entry.version, second_entry.version
    assert told == [
        ("add", first, "Ann", "trained"),
        ("add", second, "Ann", "trained"),
        ("promote", first, "Ben", "the first"),
        ("shadow", second, "Cleo", "try"),
        ("end", second, "Cleo", "enough"),
        ("promote", second, "Ben", "newer"),
        ("rollback", first, "Dan", "worse"),
    ]
    before = [one["champion_before"] and one["champion_before"]["version"] for one in kept.audit()]
    assert before == [None, None, None, first, first, first, second]
    assert kept.audit()[3]["share"] == 0.25


@pytest.mark.parametrize("name", ["model.onnx", "card.json", "items.txt", "manifest.json"])
def test_what_was_tampered_with_is_refused_where_it_is_loaded(kept, registry, first_entry, name):
    registry.add(first_entry.path)
    data = bytearray(first_entry.read(name) if name in first_entry.files else b"")
    if name in first_entry.files:
        data[len(data) // 2] ^= 1
    kept.spoil(first_entry, name, bytes(data))
    with pytest.raises(EntryError, match=name):
        kept.again().entry("popularity", first_entry.version)


def test_an_entry_that_was_removed_is_unknown(kept, registry, first_entry):
    registry.add(first_entry.path)
    for name in (*first_entry.files, "manifest.json"):
        kept.spoil(first_entry, name, None)
    for one in (registry, kept.again()):
        if kept.fs.protocol == ("file", "local"):
            continue  # an empty folder is left, which is an entry that is damaged
        assert one.entries() == []
        with pytest.raises(UnknownModelError):
            one.entry("popularity", first_entry.version)


def test_what_is_damaged_is_told_and_left_out(kept, registry, first_entry, second_entry):
    for entry in (first_entry, second_entry):
        registry.add(entry.path)
    kept.spoil(second_entry, "card.json", b"{}")
    found, wrong = kept.again().scan()
    assert [entry.version for entry in found] == [first_entry.version]
    assert [second_entry.version in str(error) for error in wrong] == [True]
    with pytest.raises(EntryError, match=r"card\.json"):
        registry.glance("popularity", second_entry.version)
    assert registry.glance("popularity", first_entry.version).card == first_entry.card
    with pytest.raises(UnknownModelError):
        registry.glance("popularity", "20990101-000000-abcdef")
