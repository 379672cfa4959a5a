"""What a broker can answer to a send or a read, in the words of the libraries between."""

from __future__ import annotations

from aiokafka.errors import KafkaError
from faust.exceptions import ProducerSendError

#: aiokafka's errors, and the one that Faust puts around those of its producer.
KAFKA_ERRORS = (KafkaError, ProducerSendError)
