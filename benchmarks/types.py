"""How often the meaning of a field is found: real columns that neither the model nor its calibration has seen.

    python -m benchmarks.types [--detail]

Models are trained anew for each fold and each data set, exported, and asked through the classifier that workers use.
The rules are older than this measurement: whoever wrote them has seen these sets (docs/types.md).
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from benchmarks.base import Row, Skipped
from models.types.calibrate import calibration_error
from models.types.commerce import NAMINGS, Table
from models.types.examples import samples
from models.types.folds import Real
from models.types.learn import Learned
from pandian.semantics import semantic_types
from streams.inventory.base import Classification, FieldEvidence
from streams.inventory.classify import RuleClassifier
from streams.inventory.classify.forms import form_names, forms
from streams.inventory.classify.model import TypeModel
from tests.support.data import data_folder


@dataclass
class Sizes:
    """How often it is measured: under as many divisions into folds."""

    repeat: int = 3
    unseen_tables: bool = False
    """Measure sotab-v2 by unseen tables, too: as many trainings again."""


@dataclass
class Answers:
    """What was said of columns, and what would have been right."""

    truth: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    """The type that was said; where it is right too, the true one."""
    confidence: list[float] = field(default_factory=list)

    def add(self, truth: str, right: frozenset[str], said: Classification) -> None:
        """Note one column."""
        self.truth.append(truth)
        self.said.append(truth if said.semantic_type in right else said.semantic_type)
        self.confidence.append(said.confidence)

    def joined(self, *others: Answers) -> Answers:
        """Return these answers and others together."""
        every = (self, *others)
        return Answers(
            [name for one in every for name in one.truth],
            [name for one in every for name in one.said],
            [sure for one in every for sure in one.confidence],
        )

    def f1(self) -> dict[str, float]:
        """Return F1 for each true type."""
        true, told = Counter(self.truth), Counter(self.said)
        hits = Counter(one for one, other in zip(self.truth, self.said, strict=True) if one == other)
        return {name: 2 * hits[name] / (true[name] + told[name]) for name in sorted(true)}

    def macro(self) -> float:
        """Return the mean of F1 over the true types."""
        return float(np.mean(list(self.f1().values())))

    def error(self) -> float:
        """Return the calibration error of what was decided: a field that stays unknown has no confidence."""
        told = [
            (sure, true == said)
            for true, said, sure in zip(self.truth, self.said, self.confidence, strict=True)
            if sure
        ]
        return calibration_error(np.array([sure for sure, _ in told]), np.array([right for _, right in told]))


def evidence(path: str, values: list[tuple[str, int]]) -> FieldEvidence:
    count = sum(seen for _, seen in values)
    return FieldEvidence(path, {"string": count}, values, count, float(len(values)))


def classifier(learned: Learned, real: Real) -> RuleClassifier:
    return RuleClassifier(TypeModel(learned.file(real.corpus)))


def measure_sotab(real: Real, *, by_table: bool) -> tuple[Answers, list[str]]:
    """Return the answers for columns without a name, and what was said of columns that no type is right for."""
    answers, others = Answers(), []
    for place, (learned, out) in enumerate(real.sotab(by_table=by_table)):
        asked = classifier(learned, real)
        for one in out:
            column = real.columns[one]
            said = asked.fields([evidence("", samples(column.values))])[""]
            answers.add(column.type, frozenset({column.type}), said)
        for column in real.unmapped[place::5]:
            said = asked.fields([evidence("", samples(column.values))])[""]
            others.append(said.semantic_type if said.confidence >= 0.5 else "unknown")
    return answers, others


def measure_commerce(real: Real) -> dict[str, Answers]:
    """Return the answers under each naming."""
    answers = {naming: Answers() for naming in NAMINGS}
    for learned, held_out in real.commerce():
        asked = classifier(learned, real)
        for table in held_out:
            for naming in NAMINGS:
                note(asked, table, naming, answers[naming])
    return answers


def note(asked: RuleClassifier, table: Table, naming: str, answers: Answers) -> None:
    names = table.names(naming)
    said = asked.fields([evidence(*one) for one in zip(names, table.samples(), strict=True)])
    for name, label in zip(names, table.labels, strict=True):
        answers.add(label.type, label.right(naming), said[name])


def seeded(real: Real, sizes: Sizes, *, by_table: bool) -> tuple[list[float], Answers, list[str]]:
    """Return F1 under each seed of the folds, and all answers together."""
    scores: list[float] = []
    others: list[str] = []
    answers = Answers()
    for seed in range(sizes.repeat):
        found, said = measure_sotab(replace(real, seed=seed), by_table=by_table)
        scores.append(found.macro())
        answers, others = answers.joined(found), others + said
    return scores, answers, others


def run(sizes: Sizes) -> Iterator[Row]:
    """Measure; skipped where the real data is not."""
    folder = data_folder()
    if folder is None:
        raise Skipped("no real data beside the repository")
    real = Real.read(folder, forms, form_names())
    scores, tables, others = seeded(real, sizes, by_table=False)
    further = {}
    if sizes.unseen_tables:
        further = {"unseen_tables": rounded(dict(enumerate(seeded(real, sizes, by_table=True)[0])))}
    yield Row(
        "types_sotab_macro_f1", round(float(np.mean(scores)), 4), "F1",
        f"sotab-v2, values only, 5 folds by content, mean of {sizes.repeat} divisions", (">=", 0.85),
        {"each": [round(score, 4) for score in scores], "by_type": rounded(tables.f1()), **further,
         "ece": round(tables.error(), 4), "columns": len(real.columns),
         "unknown": round(tables.said.count("unknown") / len(tables.said), 4)},
    )  # fmt: skip
    shop = measure_commerce(real)
    every = shop["given"].joined(shop["translated"], shop["opaque"])
    yield Row(
        "types_commerce_macro_f1", round(every.macro(), 4), "F1",
        "e-commerce sets, one left out, 3 namings", (">=", 0.9),
        {"by_type": rounded(every.f1()), "columns": len(every.truth), "ece": round(every.error(), 4),
         **{naming: round(one.macro(), 4) for naming, one in shop.items()}},
    )  # fmt: skip
    yield Row(
        "types_ece", round(tables.joined(every).error(), 4), "error", "confidence, both sets", ("<=", 0.05)
    )
    masked = sum(semantic_types()[name].masked for name in others)
    yield Row(
        "types_unmapped_decided", round(1 - others.count("unknown") / len(others), 4), "share",
        "sotab-v2 columns that no type is right for, decided with a confidence of .5", None,
        {"masked": round(masked / len(others), 4), "most": Counter(others).most_common(12)},
    )  # fmt: skip


def rounded(figures: Mapping[Any, float]) -> dict[str, float]:
    return {str(name): round(value, 3) for name, value in figures.items()}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--detail", action="store_true", help="F1 of each type, and of unseen tables")
    options = parser.parse_args()
    began = time.monotonic()
    for row in run(Sizes(unseen_tables=options.detail)):
        print(f"{row.name} = {row.value} {row.unit} ({row.against}) {'' if row.met is None else row.met}")
        for name, value in row.detail.items() if options.detail else ():
            print(f"  {name}: {value}")
    print(f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
