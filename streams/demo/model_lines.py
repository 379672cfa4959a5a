"""The model in a few lines: how training goes, how good it is against the baselines, and how good it is live."""

from __future__ import annotations

from rich.text import Text

from streams.demo.model import HR, NDCG, Model
from streams.demo.progress import Progress

#: What is simulated, wherever pages are counted.
SIMULATED = "pages are simulated: the items of the invoice among others drawn by popularity"
_NAME = 8


def model_lines(model: Model, progress: Progress, training: str) -> list[Text]:
    """Return what there is to say now; nothing before there is a model."""
    lines = []
    if training:
        lines.append(_line("training", training))
    if model.card:
        lines.append(_line("model", f"{model.name} {model.version}, {offline(model, NDCG)}"))
    elif progress.pages:
        lines.append(_line("model", f"{model.name or 'none'}: the baselines that the worker keeps itself"))
    if progress.pages:
        lines.append(_line("AUC", live(model)))
        lines.append(_line("pages", f"{progress.pages:,} shown with {progress.shown:,} items"))
        lines.append(Text(f"{'':{_NAME}}  {SIMULATED}", style="dim"))
    return lines


def offline(model: Model, metric: str) -> str:
    """Return a metric of the model and of the baselines it was compared with, in words."""
    rows = model.offline(metric)
    others = ", ".join(f"{name} {value:.4f}" for name, value in rows.items() if name != model.name)
    own = rows.get(model.name)
    name = "NDCG@10" if metric == NDCG else "HR@10" if metric == HR else metric
    return f"{name} {'unknown' if own is None else f'{own:.4f}'}{f' ({others})' if others else ''}"


def live(model: Model) -> str:
    """Return the live AUC with its interval, and of how many labels."""
    if model.auc is None:
        return "no label yet"
    auc = model.auc
    return f"{auc['value']:.3f} ({auc['low']:.3f} to {auc['high']:.3f}) of {model.labels:,} labels"


def fallen(model: Model) -> str:
    """Return what the alarm says."""
    recent, first = (model.live[of]["value"] for of in ("recent", "reference"))
    return (
        f"Alarm: of the newest labels it is {recent:.3f}, of its first ones it was {first:.3f}: the shop has moved on"
        " since it was trained. pandian retrain, below, learns what came after"
    )


def _line(name: str, words: str) -> Text:
    line = Text(no_wrap=True, overflow="ellipsis")
    return line.append(f"{name:{_NAME}}  ", style="bold").append(words)
