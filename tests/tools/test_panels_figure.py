"""The picture of the dashboards' panels: it asks what they ask."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from tools.panels_figure import COLOURS, FIGURE, PANELS, Frame, Panel, bars, named, round_up, targets


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.title)
def test_panels_are_on_their_dashboards(panel: Panel) -> None:
    found = targets(panel)
    assert all(query and legend for query, legend in found)
    assert panel.kind != "band" or len(found) == 3


def test_a_panel_that_is_not_there_is_named() -> None:
    with pytest.raises(ValueError, match=r"pandian\.json has no panel 'Weather'"):
        targets(Panel("pandian.json", "Weather"))


def test_legends_bear_the_labels() -> None:
    assert named("{{model}} {{version}}", {"model": "sasrec", "version": "3"}) == "sasrec 3"


def test_axes_reach_to_the_largest_value_and_not_far_beyond() -> None:
    for value in (0.0013, 0.7, 1.0, 4.2, 59.0, 61.0, 12_000.0):
        assert value <= round_up(value) * (1 + 1e-9)
        assert round_up(value) <= 2 * value


def test_bars_end_with_what_they_show_and_not_with_a_missed_scrape() -> None:
    frame = Frame(0, 100.0, (0.0, 1.0))
    found = list(bars(frame, [10.0, 11.0, 13.0, 40.0], 0.0, COLOURS[0], 1.0))
    assert [
        [float(number) for number in re.findall(r'M([\d.]+) 0.0h([\d.]+)"', bar)[0]] for bar in found
    ] == [
        [
            pytest.approx(frame.across(10), abs=0.1),
            pytest.approx(frame.across(14) - frame.across(10), abs=0.1),
        ],
        [
            pytest.approx(frame.across(40), abs=0.1),
            pytest.approx(frame.across(41) - frame.across(40), abs=0.1),
        ],
    ]
    assert not list(bars(frame, [], 0.0, COLOURS[0], 1.0))


def test_the_picture_is_small_and_has_them_all() -> None:
    assert FIGURE.stat().st_size < 150_000
    texts = [text.text or "" for text in ET.parse(FIGURE).iter("{http://www.w3.org/2000/svg}text")]
    for panel in PANELS:
        assert any(text.startswith(panel.title) for text in texts), panel.title
