"""From files to a Kafka topic: :func:`~streams.commands.producing.run.produce` and its parts.

Modules:
    run: reads, shapes, paces and sends; the report at the end.
    records: rows -> record values, keys and headers.
    pacing: when the next rows are due: at once, at a rate, or as they happened.
    times: event times out of values, and the field that holds them.
    sending: kafka-python's producer with a bounded window and a count of what was acknowledged.
    topic: the topic, made when it is not there.
"""
