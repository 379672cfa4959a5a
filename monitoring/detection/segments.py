"""The threshold where several segments are watched at once."""

from __future__ import annotations


def threshold(run_length: float, segments: int) -> float:
    """Return the threshold of each of some detectors, so that all of them together have a run length.

    Let M_i be the evidence of segment i and t_i the steps that it has taken. M_i - t_i are supermartingales, and so is
    their sum. Where the first alarm stops all, E[steps of all] >= E[sum of M_i] >= n B, as the one that stopped
    has n B. So counted in labels of all segments together the run length is at least n B; counted on a clock by which
    each segment takes a step at a time, at least B. The bound needs no independence between segments.

    Args:
        run_length: B, in steps of one segment.
        segments: n, how many are watched.

    Raises:
        ValueError: there is no segment, or the run length is below 1.
    """
    if segments < 1 or run_length < 1:
        raise ValueError(f"{segments} segments with a run length of {run_length}: both must be 1 or more")
    return run_length * segments
