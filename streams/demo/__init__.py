"""The shop that ``pandian demo`` replays: real order lines as the live events of three topics, and what watches them.

Modules:
    dataset: the order lines that come with Pandian, UCI Online Retail (source and licence: ``online_retail.json``).
    prepare: the script that made ``online_retail.parquet``.
    shop: order lines -> events of a catalogue, of customers and of orders.
    people: names, addresses and phones invented for the customers.
    injected: what is changed on purpose, and announced: a new field, prices in pence for a while.
    noticed, notices: what the inventory noticed; what of it is said on the screen, and when.
    replay: a process of its own that sends the events at a steady rate.
    opening: makes the topics of a replay without a demo.
    progress: what the replay says about itself, line by line.
    child: starts the replay, listens to it, ends it.
    run: worker and replay together, until everything that was sent is counted.
    interesting: which fields are worth showing, and their distributions as sparklines.
    screen: what a person sees meanwhile.
"""
