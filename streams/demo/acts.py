"""Where the story turns: the first months are what a model learns from, the rest is what it is measured on."""

from __future__ import annotations

from itertools import islice, takewhile

from streams.demo.dataset import count, order_lines

#: Order lines before 1 May 2011: five of the nine months.
FIRST_LINES = 171_999
#: Of the lines after the history, the shares before which a catalogue import goes wrong, is repeated, and a model is
#: trained: of all that a training has seen by then, what it chooses settings by (the last fifth) came after the repair.
#: Settings that are best for codes which nobody had bought before are not those for the right ones.
_WRONG_FROM, _WRONG_UNTIL, _LEARNT = 0.25, 0.4, 0.85
#: With fewer lines of history nothing worth serving can be learnt.
LEAST_LINES = 2_000


def history_lines(limit: int | None = None) -> int:
    """Return how many of the first ``limit`` order lines are history: the same share of any, whole invoices."""
    of, whole = count(limit), count()
    if of == whole:
        return FIRST_LINES
    lines = order_lines(of)
    last = list(islice(lines, of * FIRST_LINES // whole))
    if not last:
        return 0
    return len(last) + sum(1 for _ in takewhile(lambda line: line.InvoiceNo == last[-1].InvoiceNo, lines))


def wrong_lines(first: int, end: int) -> tuple[int, int, int]:
    """Return before which of the order lines after the history a catalogue import goes wrong, is repeated, and a model
    is trained anew."""
    wrong, right, learnt = (first + round((end - first) * at) for at in (_WRONG_FROM, _WRONG_UNTIL, _LEARNT))
    return wrong, right, learnt
