"""Draws ``docs/images/alarm.svg``: the evidence for a fall of the AUC, and how soon falls are found, by simulation.

Left: the e-process of one stream without a change, and of two whose AUC falls. Right: of 100 streams for each fall, the
share that has raised the alarm by then. Run it after a change of ``monitoring/detection``:
``.venv/bin/python -m tools.alarm_figure`` (half a minute).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.alarm_streams import Drawn, Kind, delay, own_edges
from monitoring.detection.discrimination import AucDetector
from tools.experiment_figure import ACROSS, BLUE, GREY, HEIGHT, LEFT, LOOKS, ORANGE, WIDTH, line, panel

FIGURE = Path(__file__).resolve().parents[1] / "docs" / "images" / "alarm.svg"
KIND = Kind(0.75, 0.05)
LABELS, FALL_AT, RUNS, TOP_POWER = 4_000, 10, 100, 8
RED = "#b8323a"
COLOURS = {0.02: BLUE, 0.05: ORANGE, 0.10: RED}


def evidence(seed: int, fall: float) -> list[float]:
    """Return the decimal logarithm of the evidence at each look, as a height; the AUC falls at the tenth."""
    drawn, detector, found = Drawn(KIND, seed), AucDetector(own_edges(KIND)), []
    detector.add(drawn.reference())
    for look in range(LOOKS):
        detector.add(drawn.labels(LABELS, fall if look >= FALL_AT else 0.0))
        found.append(math.log10(max(detector.evidence, 1.0)) / TOP_POWER)
    return found


def found_by(fall: float) -> Sequence[float]:
    """Return the share of streams whose fall is found, at each look."""
    waits = [delay(KIND, 5_000 + seed, fall, LOOKS * LABELS)[0] for seed in range(RUNS)]
    return [float(np.mean([wait < LABELS * (look + 1) for wait in waits])) for look in range(LOOKS)]


def drawn() -> str:
    """Return the picture."""
    right = LEFT + ACROSS + 105
    powers = [(power / TOP_POWER, f"10^{power}") for power in range(0, TOP_POWER + 1, 2)]
    shares = [(share, f"{share:.0%}") for share in (0, 0.25, 0.5, 0.75, 1)]
    legend = [(GREY, "no change"), *((colour, f"falls by {fall:.2f}") for fall, colour in COLOURS.items())]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif"'
        ' font-size="12">',
        "<style>.title{font-size:14px;font-weight:bold}.grid{stroke:#dfe3e8}text{fill:#30343b}</style>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        *panel(LEFT, f"Evidence; the AUC falls at label {FALL_AT * LABELS:,}", powers, LOOKS * LABELS),
        line(LEFT, np.full(LOOKS, 5 / TOP_POWER), GREY, 'stroke-dasharray="1 4"'),
        line(LEFT, np.array(evidence(3, 0.0)), GREY),
        *(line(LEFT, np.array(evidence(3, fall)), colour) for fall, colour in COLOURS.items()),
        *panel(right, "Streams whose fall is found by then", shares, LOOKS * LABELS),
        *(line(right, np.array(found_by(fall)), colour) for fall, colour in COLOURS.items()),
        *(
            f'<text x="{LEFT + 150 * place}" y="{HEIGHT - 12}" style="fill:{colour}">— {text}</text>'
            for place, (colour, text) in enumerate(legend)
        ),
        f'<text x="{LEFT + 600}" y="{HEIGHT - 12}" style="fill:{GREY}">· · threshold</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    FIGURE.write_text(drawn(), encoding="utf-8")
