"""What the stages of one worker share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from monitoring.metrics import WorkerMetrics
from pandian.settings import Settings
from streams.app import PandianApp
from streams.inventory.policy import default_policy
from streams.inventory.profile import ProfilePolicy
from streams.stages.profiles_log import ProfilesLog
from streams.transport.admin import ClusterAdmin


@dataclass(frozen=True)
class StageContext:
    """One worker's app, its broker, and how it counts."""

    app: PandianApp
    admin: ClusterAdmin
    """Answers questions about the cluster."""
    profiles: ProfilesLog
    """Reads and writes ``pandian.profiles``."""
    settings: Settings
    metrics: WorkerMetrics
    durable: bool = True
    """Whether the broker keeps its topics: state on this machine would outlive an embedded one."""

    @cached_property
    def policy(self) -> ProfilePolicy:
        """How fields are classified and masked. The rules take 100 MB: a worker that only serves never asks."""
        key = self.settings.hash_key
        return default_policy(self.settings.max_fields, key.get_secret_value() if key else None)
