"""Spreads source partitions over workers one by one, and leaves Pandian's own topics to Faust.

Faust's assignor gives partition *i* of all topics with the same number of partitions to one worker, as joins
need it. Source topics are not joined: twenty topics of one partition would all land on one worker.
"""

from __future__ import annotations

from typing import Any

from aiokafka.coordinator.protocol import ConsumerProtocolMemberAssignment, ConsumerProtocolMemberMetadata
from faust.assignor.partition_assignor import PartitionAssignor

from pandian import topics


def is_source(topic: str) -> bool:
    """Tell whether a topic holds somebody's data, as opposed to Pandian's own state."""
    return not topic.startswith(topics.OWN_PREFIX)


class SpreadingAssignor(PartitionAssignor):
    """Faust's assignor for Pandian's own topics, round robin for all others."""

    def on_assignment(self, assignment: Any) -> None:
        """Tell Faust of its part; it insists on knowing every partition that it hears of."""
        own = [(topic, partitions) for topic, partitions in assignment.assignment if not is_source(topic)]
        super().on_assignment(ConsumerProtocolMemberAssignment(assignment.version, own, assignment.user_data))

    def _perform_assignment(self, cluster: Any, member_metadata: Any) -> Any:
        own = {
            member: ConsumerProtocolMemberMetadata(
                metadata.version,
                [topic for topic in metadata.subscription if not is_source(topic)],
                metadata.user_data,
            )
            for member, metadata in member_metadata.items()
        }
        assigned = super()._perform_assignment(cluster, own)
        spread = spread_partitions(
            {member: set(metadata.subscription) for member, metadata in member_metadata.items()},
            cluster.partitions_for_topic,
        )
        return {
            member: ConsumerProtocolMemberAssignment(
                assignment.version,
                sorted([*assignment.assignment, *spread[member].items()]),
                assignment.user_data,
            )
            for member, assignment in assigned.items()
        }


def spread_partitions(
    subscriptions: dict[str, set[str]], partitions_of: Any
) -> dict[str, dict[str, list[int]]]:
    """Give every partition of every source topic to the subscribed member that has the fewest so far.

    Args:
        subscriptions: topics by member.
        partitions_of: returns the partition numbers of a topic, or None for one that does not exist.

    Returns:
        Partitions by topic by member; every member has an entry. The same input gives the same result.
    """
    result: dict[str, dict[str, list[int]]] = {member: {} for member in subscriptions}
    load = dict.fromkeys(sorted(subscriptions), 0)
    for topic in sorted({name for names in subscriptions.values() for name in names if is_source(name)}):
        members = [member for member in load if topic in subscriptions[member]]
        for partition in sorted(partitions_of(topic) or ()):
            member = min(members, key=load.__getitem__)
            load[member] += 1
            result[member].setdefault(topic, []).append(partition)
    return result
