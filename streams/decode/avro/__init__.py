"""Avro: object container files as record values, and records with a schema's id in front. fastavro reads the values.

fastavro trusts schema and data: data nested deeply enough end the process, five bytes can ask for a million million
elements, a deflate block can hold gigabytes. So a schema is first written anew, bounded and measured, and whatever is
compressed is opened here.

Modules:
    tree: a schema's JSON -> nodes. measure: what reading by it can cost. schema: both, then fastavro's form.
    logical: dates, decimals, bytes -> JSON values, while fastavro reads.
    container, codecs: the parts of a container file.
    files, wire: the two readers.
"""
