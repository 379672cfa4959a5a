"""The verbs of the ``pandian`` command, one module each with a :class:`click.Command` called ``command``.

A module of a verb imports at its top only what its options need; what does the work is imported when it is called,
so that ``--help`` answers at once. Machine-readable output is one JSON document on standard output; everything said
to people besides goes to standard error.
"""
