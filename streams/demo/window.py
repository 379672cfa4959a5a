"""The shop's window: pages are shown and answered before their invoices are sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from streams.demo.asking import Answers
from streams.demo.dataset import OrderLine
from streams.demo.maturing import Due
from streams.demo.pages import Pages, time_ms, user_id


@dataclass(slots=True)
class Window:
    """Shows the pages of invoices that come next.

    Args:
        made: Makes them.
        answers: The worker's scores. It has written them as impressions when it answers.
        due: Counts the labels that must come of it.
    """

    made: Pages
    answers: Answers
    due: Due
    pages: int = 0
    shown: int = 0
    fallbacks: int = 0
    customer: str = ""
    """Who was shown the latest page that the model knew enough for."""

    def show(self, invoices: Sequence[Sequence[OrderLine]]) -> None:
        """Show the pages before these invoices; return when all have their scores."""
        pages = self.made.before(invoices)
        found = self.answers.ask(pages)
        for page in pages:
            answer = found[page.request_id]
            self.pages += 1
            self.shown += len(answer["items"])
            self.fallbacks += answer["fallback"] is not None
            self.customer = self.customer if self.customer and answer["fallback"] else page.user_id
            self.due.shown(page.user_id, page.time, len(answer["items"]))

    def sold(self, invoices: Sequence[Sequence[OrderLine]]) -> None:
        """Take note that these invoices were sent."""
        for line in (line for invoice in invoices for line in invoice if line.CustomerID):
            self.due.acted(user_id(line.CustomerID), time_ms(line.InvoiceDate))
