"""Records become impressions and actions, or a reason why not. Anybody may write to both topics."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

import orjson

from monitoring.experiments.teams import CHALLENGER, CHAMPION
from monitoring.watching.reading import propensity_of
from pandian import segments
from pandian.actions import ACTIONS, POSITIVE, STRONGEST
from pandian.events import MAX_ID_BYTES, ShadowScore, Trial
from streams.features.base import LATEST
from streams.features.incoming import is_id
from streams.feedback.base import FUTURE_MS, Acted, Shown, pair_key
from streams.inventory.masking.masker import ShapeMasker

#: Why an impression gets no label.
BAD_JSON, BAD_ID, BAD_SCORE, BAD_MODEL, BAD_TIME = "bad-json", "bad-id", "bad-score", "bad-model", "bad-time"
FUTURE, LATE, REPEAT, MISPLACED = "future", "late", "repeat", "misplaced"
#: What became of an interaction.
TAKEN, INVALID = "taken", "invalid"

_STRENGTHS = {action: STRONGEST.index(action) if action in POSITIVE else len(STRONGEST) for action in ACTIONS}
#: Longest impression id and name of a model, in characters.
_LONGEST_ID, _LONGEST_NAME = 600, 128
#: Nothing is shown further down than this.
_LAST_POSITION = 1_000_000
#: So many characters are never more bytes than an id may have.
_SURELY_ID = MAX_ID_BYTES // 4
#: Of an impression, in the order of :class:`streams.feedback.base.Shown`.
_FIELDS = itemgetter(*Shown._fields)
_ARMS = (CHAMPION, CHALLENGER)
#: What ends a line, moves a cursor or turns a text round: in no name that logs, metrics and chats show.
_CONTROL = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028-\\u202e\\u2066-\\u2069]")
_MASKER = ShapeMasker()


def read_impressions(values: Sequence[bytes | None], arrived: int) -> list[Shown] | None:
    """Return impressions as :func:`read_impression` does each, in a third of its time.

    None where one of them is not as Pandian itself writes them: such are to be read one by one.

    Args:
        values: as they stand on ``pandian.impressions``; at least one.
        arrived: broker time of the first of them, epoch milliseconds.
    """
    try:
        columns = tuple(zip(*map(_FIELDS, map(orjson.loads, values)), strict=True))  # type: ignore[arg-type]
    except (KeyError, ValueError, TypeError):
        return None
    (
        ids,
        users,
        items,
        scores,
        models,
        versions,
        times,
        shadows,
        trials,
        requests,
        positions,
        chances,
        said,
    ) = columns
    if not (
        _are_texts(_LONGEST_ID, ids, requests)
        and _are_texts(_SURELY_ID, users, items)
        and _are_between(0, 1, scores, {float, int})
        and _are_between(0, min(LATEST - 1, arrived + FUTURE_MS), times, {int})
        and _are_between(0, _LAST_POSITION - 1, positions, {int})
        and _are_texts(_LONGEST_NAME, models, versions)
        and all(map(_is_name, {*models, *versions}))
    ):
        return None
    rows = zip(
        *columns[:7],
        map(_shadow, shadows),
        map(_trial, trials),
        requests,
        positions,
        [None if one is None else propensity_of(one) for one in chances],
        map(_segments, said),
        strict=True,
    )
    return list(map(Shown._make, rows))


def _are_texts(longest: int, *columns: Sequence[Any]) -> bool:
    """Tell whether all values are texts that are not empty, and none is longer than so many characters."""
    for column in columns:
        if set(map(type, column)) != {str}:
            return False
        lengths = set(map(len, column))
        if not 0 < min(lengths) <= max(lengths) <= longest:
            return False
    return True


def _are_between(least: int, most: int, column: Sequence[Any], types: set[type]) -> bool:
    return set(map(type, column)) <= types and least <= min(column) <= max(column) <= most


def read_impression(value: bytes | None, arrived: int) -> Shown | str:
    """Return an impression, or the code of why it cannot be labelled.

    Args:
        value: as it stands on ``pandian.impressions``.
        arrived: broker time, epoch milliseconds.
    """
    try:
        found = orjson.loads(value)  # type: ignore[arg-type]  # of None too it says that it is no JSON
        impression, user, item = found["impression_id"], found["user_id"], found["item_id"]
    except KeyError:
        return BAD_ID
    except (ValueError, TypeError):
        return BAD_JSON
    said = found.get
    score, model, version, time = said("score"), said("model"), said("version"), said("time")
    if not (is_id(user) and is_id(item) and _is_text(impression, _LONGEST_ID)):
        return BAD_ID
    wrong = _wrong(score, model, version, time, arrived)
    if wrong is not None:
        return wrong
    shadow, trial = _shadow(said("shadow")), _trial(said("trial"))
    return Shown(impression, user, item, score, model, version, time, shadow, trial, *_circumstances(found))


def _wrong(score: Any, model: Any, version: Any, time: Any, arrived: int) -> str | None:
    if not _is_score(score):
        return BAD_SCORE
    if not (_is_name(model) and _is_name(version)):
        return BAD_MODEL
    if type(time) is not int or not 0 <= time < LATEST:
        return BAD_TIME
    return FUTURE if time > arrived + FUTURE_MS else None


def _shadow(found: Any) -> ShadowScore | None:
    """Return what the other model says. Where that cannot be made use of, the label counts without it."""
    if type(found) is not dict:
        return None
    model, version, score = _said(found, "model", "version", "score")
    if not (_is_name(model) and _is_name(version) and _is_score(score)):
        return None
    return ShadowScore(model, version, float(score))


def _trial(found: Any) -> Trial | None:
    """Return the experiment; one that cannot be made use of is none."""
    if type(found) is not dict or found.get("arm") not in _ARMS:
        return None
    champion, challenger = _said(found, "champion", "challenger")
    if not (_is_name(champion, 2 * _LONGEST_NAME) and _is_name(challenger, 2 * _LONGEST_NAME)):
        return None
    return Trial(champion, challenger, found["arm"], found.get("interleaved") is True)


def _circumstances(
    found: dict[str, Any],
) -> tuple[str | None, int | None, float | None, dict[str, str] | None]:
    """Return request, position, propensity and segments. What cannot be made use of is left out, the label counts."""
    said: Callable[[str], Any] = found.get
    request, position, propensity = said("request_id"), said("position"), said("propensity")
    return (
        request if _is_text(request, _LONGEST_ID) else None,
        position if type(position) is int and 0 <= position < _LAST_POSITION else None,
        None if propensity is None else propensity_of(propensity),
        _segments(said("segments")),
    )


def _segments(found: Any) -> dict[str, str] | None:
    if type(found) is not dict:
        return None
    known = {}
    for name in segments.NAMES:
        value: Any = found.get(name)
        if type(value) is str and (shown := _shown(value)) is not None:
            known[name] = shown
    return known or None


@lru_cache(4_096)
def _shown(value: str) -> str | None:
    """Return a value of a segment as alerts and metrics may show it, masked; None where it cannot be one."""
    if not _is_name(value, segments.LONGEST):
        return None
    masked = _MASKER.text(value)
    return masked if len(masked) <= segments.LONGEST else None


def _said(found: dict[str, Any], *names: str) -> list[Any]:
    return [found.get(name) for name in names]


def _is_score(value: Any) -> bool:
    # JSON knows neither NaN nor infinity: what remains is numbers, and what is none.
    return type(value) in (float, int) and 0 <= value <= 1


def _is_text(value: Any, longest: int) -> bool:
    return type(value) is str and 0 < len(value) <= longest


def _is_name(value: Any, longest: int = _LONGEST_NAME) -> bool:
    return _is_text(value, longest) and (value.isprintable() or _CONTROL.search(value) is None)


def read_action(value: bytes | None) -> Acted | None:
    """Return an interaction as it stands on ``pandian.interactions``; None when it is none."""
    try:
        found = orjson.loads(value)  # type: ignore[arg-type]  # of None too it says that it is no JSON
        user, item, time = found["user_id"], found["item_id"], found["time"]
        strength = _STRENGTHS[found["action"]]
    except (ValueError, LookupError, TypeError, AttributeError):
        return None
    if not (type(time) is int and 0 <= time < LATEST and is_id(user) and is_id(item)):
        return None
    return Acted(pair_key(user, item) if strength < len(STRONGEST) else None, time, strength)
