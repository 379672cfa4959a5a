"""The mapping file: what it decides, what it is refused for, and that it brings nothing personal out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pandian.errors import SettingError
from streams.interactions.base import FieldMapping, NoMapping
from streams.interactions.override import Overrides, read_overrides
from tests.streams.interactions.assets import asset_of_rows, fields_of

GOOD = """
["shop.orders"]
user = "buyer.key"
item = "lines[].sku"
time = "at"
action = "what"
default = "purchase"
words = { "T7" = "cart", "出" = "refund" }

["shop.catalogue"]
item = "sku"
name = "title"
user_note = "x"

["shop.*"]
ignore = true
""".replace('user_note = "x"\n', "")


def rules(folder: Path, text: str) -> Overrides:
    path = folder / "mapping.toml"
    path.write_text(text, encoding="utf-8")
    return read_overrides(path)


def mapping(found: FieldMapping | NoMapping | None) -> FieldMapping:
    assert isinstance(found, FieldMapping), found
    return found


def test_no_file_no_rules() -> None:
    assert read_overrides(None).of("shop.orders") is None


def test_what_it_says_counts(tmp_path: Path) -> None:
    found = mapping(rules(tmp_path, GOOD).of("shop.orders"))
    assert fields_of(found) == {"user": "buyer.key", "item": "lines[].sku", "time": "at", "action": "what"}
    assert (found.target, found.action, found.origin) == ("interactions", "purchase", "file")
    assert found.words == {"t7": "cart", "出": "refund"}
    assert {part.why for part in found.parts.values()} == {"the mapping file says so"}


def test_rows_without_a_user_are_items(tmp_path: Path) -> None:
    found = mapping(rules(tmp_path, GOOD).of("shop.catalogue"))
    assert (found.target, fields_of(found)) == ("items", {"item": "sku", "name": "title"})


def test_the_first_rule_that_fits_counts_and_others_say_nothing(tmp_path: Path) -> None:
    overrides = rules(tmp_path, GOOD)
    assert overrides.of("shop.secret") == NoMapping("the mapping file says to ignore it")
    assert overrides.of("warehouse.moves") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[t", "is no TOML"),
        ('t = "x"', "t must be a table"),
        ("[t]\n", "must say which field is the item"),
        (
            '[t]\nitem = "i"\nitm = "x"',
            '["t"] itm: is no key here; did you mean item? the keys are user, item, ',
        ),
        (
            "[t]\nitem = 5",
            '["t"] item = 5: must be a text, in quotes; write it as docs/interactions.md shows',
        ),
        ('[t]\nitem = "i"\ndefault = "steal"', '["t"] default = "steal": must be one of view, '),
        ('[t]\nitem = "i"\nuser = "u"\nwords = { "x" = "steal" }', 'words.x = "steal": must be one of view'),
        ('[t]\nitem = "i"\nignore = "perhaps"', 'ignore = "perhaps": must be true or false'),
        ('[t]\nitem = "i"\nwords = "x"', 'words = "x": must be a table'),
        ('[t]\nitem = "i"\ntarget = "interactions"', "must say which field is the user"),
        ('[t]\nitem = "i"\ntarget = "users"', "target"),
        ('[t]\nitem = "a[0].sku"', "item: a[0].sku is no path of a field"),
        ('[t]\nitem = "a[].b[].sku"', "item: a[].b[].sku is in an array of an array"),
        ('[t]\nitem = "a[].sku"\nuser = "b[].id"', "names fields of a[] and b[]"),
    ],
)
def test_a_wrong_file_is_refused_in_one_line_that_names_file_key_and_fix(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(SettingError) as caught:
        rules(tmp_path, text)
    message = str(caught.value)
    assert said in message
    assert str(tmp_path / "mapping.toml") in message
    assert "\n" not in message


def test_a_file_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="cannot be read"):
        read_overrides(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingError, match="is no TOML"):
        read_overrides(tmp_path / "bytes.toml")


@pytest.fixture(scope="module")
def asset(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    rows = [{"wer": f"k-{n % 50}", "email": f"a{n}@example.org", "was": f"p{n % 70}"} for n in range(300)]
    return asset_of_rows(tmp_path_factory.mktemp("asset"), "kasse", rows)


def test_a_field_that_is_there(tmp_path: Path, asset: dict[str, Any]) -> None:
    found = rules(tmp_path, '[kasse]\nuser = "wer"\nitem = "was"').of("kasse", asset)
    assert fields_of(mapping(found)) == {"user": "wer", "item": "was"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            'user = "email"\nitem = "was"',
            "the mapping file says that email is the user, but it is personal, and PANDIAN_HASH_KEY is not set",
        ),
        ('item = "was"\nname = "email"', "the mapping file says that email is the name, but it is personal"),
        (
            'user = "who"\nitem = "was"',
            "the mapping file says that who is the user, but no such field has been seen",
        ),
    ],
)
def test_a_field_that_cannot_play_its_role(
    tmp_path: Path, asset: dict[str, Any], text: str, why: str
) -> None:
    assert rules(tmp_path, f"[kasse]\n{text}").of("kasse", asset) == NoMapping(why)


def test_csv_columns_are_found_by_their_header(tmp_path: Path, asset: dict[str, Any]) -> None:
    csv = {**asset, "columns": {"c1": "wer", "c2": "was"}}
    found = mapping(rules(tmp_path, '[kasse]\nuser = "wer"\nitem = "was"').of("kasse", csv))
    assert (found.parts["user"].column, found.parts["item"].column) == ("c1", "c2")


def test_a_rating_is_measured_by_the_greatest_that_was_seen(tmp_path: Path) -> None:
    rows = [{"wer": f"k-{n % 50}", "sterne": 1 + n % 4, "was": f"p{n % 70}"} for n in range(300)]
    asset = asset_of_rows(tmp_path, "urteile", rows)
    text = '[urteile]\nuser = "wer"\nitem = "was"\nrating = "sterne"\ndefault = "rate"'
    assert mapping(rules(tmp_path, text).of("urteile", asset)).best_rating == 4.0
