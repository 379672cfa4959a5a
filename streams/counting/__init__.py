"""Counted once, whatever crashes: the protocol that keeps counts exact, without any input or output.

A worker keeps, for each source partition, the state of *all records below an offset*. It writes that state and
that offset together, as one *set* of pieces, to the compacted topic ``pandian.profiles``. Whoever takes the
partition next goes on from the best complete set, so a crash, a second worker that still believes it owns the
partition, or a lost send can cost work but never a count.

Nothing here does input or output, knows the time, or depends on a Kafka library: the caller asks the broker and
tells the answers. So every order of events that Kafka allows can be simulated, and is, in
``tests/streams/counting``.

* :mod:`~streams.counting.base` - the words: source, span, gone, rank, reload.
* :mod:`~streams.counting.protocol` - :class:`PartitionCounter`, one source partition as one worker runs it.
* :mod:`~streams.counting.memory` - what it holds in memory, and a checkpoint taken from that.
* :mod:`~streams.counting.codec` - keys and values of ``pandian.profiles``.
* :mod:`~streams.counting.sets` - :class:`SetStore`, which reads that topic and knows the best set.
* :mod:`~streams.counting.retirement` - :class:`Retirement`, which finds the sets of topics that are no more.
* :mod:`~streams.counting.naming` - which partition of ``pandian.profiles`` a topic's sets go to.
* :mod:`~streams.counting.dedupe` - :class:`Watermarks`, to ignore repeats of what a worker has sent on.
"""
