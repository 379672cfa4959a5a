"""Texts that stand for "there is no value": blanks, and spellings such as ``N/A`` or ``暂无``.

A blank counts as missing. A spelling is counted on its own (``missing_spelled``): somebody wrote it, and now and
then it is meant. ``unknown`` and ``未知`` are among them: whoever reads the field asks how often a value is known,
and these say that it is not. Words that are values in their own right more often than not (``no``, ``false``,
``0``, ``other``, ``default``) are not.
"""

from __future__ import annotations

from collections.abc import Sequence

# fmt: off
_LISTED = (
    "n/a", "na", "n.a.", "n.a", "#n/a", "#na", "n/k", "null", "(null)", "<null>", "[null]", "none", "(none)",
    "<none>", "nil", "nan", "NaN", "undefined", "missing", "unknown", "(unknown)", "<unknown>", "-", "--", "---",
    "–", "—", "?", "??", "???", ".", "..", "...", "…", "\\n", "无", "無", "空", "暂无", "暫無", "未知", "不详", "未填",
    "未填写", "无数据", "0000-00-00", "0000/00/00", "0000-00-00 00:00:00", "0000-00-00t00:00:00z", "not available",
    "not applicable", "not provided", "not specified", "not set", "no data", "no value", "(not set)",
    "(not provided)", "(blank)", "(empty)", "#value!", "#ref!", "keine angabe", "k.a.", "k. a.", "nicht angegeben",
    "non renseigné", "non communiqué", "sin datos", "no disponible", "non disponibile", "não informado",
)
# fmt: on

#: Every spelling as it is listed, in upper case, with a capital and with capitals: one lookup tells, without
#: folding the case of each value. Surrounding whitespace does not matter.
SPELLINGS: frozenset[str] = frozenset(
    form for word in _LISTED for form in (word, word.upper(), word.capitalize(), word.title())
)

#: The same, and nothing at all.
NOTHING: frozenset[str] = SPELLINGS | {""}


def is_spelled_missing(text: str) -> bool:
    """Tell whether a text is one of :data:`SPELLINGS`."""
    return text.strip() in SPELLINGS


def find_missing(texts: Sequence[str]) -> tuple[list[int], list[int]]:
    """Return the positions of the blank and of the spelled-missing texts, both ascending."""
    bare = list(map(str.strip, texts))
    if NOTHING.isdisjoint(bare):
        return [], []
    blank = [place for place, text in enumerate(bare) if not text]
    return blank, [place for place, text in enumerate(bare) if text in SPELLINGS]
