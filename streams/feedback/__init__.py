"""Impressions joined with what the user did next: labels. Knows nothing of Faust or Kafka.

``base``      what a join is told, and what is read
``incoming``  records become impressions and actions, or a reason why not
``actions``   what was done lately, and from where to read again to know it again
``shown``     what was shown and waits for its label
``packed``    an impression in few bytes, until it has its label
``ring``      rows of numbers in the order in which they came
``chains``    which rows have a key
``due``       rows by the time at which they are due
``join``      the rule: one label for each impression, whatever the order in which things are read
``order``     from which of the two topics to read next
``state``     one partition's labels as one record
"""
