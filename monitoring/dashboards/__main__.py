"""``python -m monitoring.dashboards [DIR]`` writes the dashboards; without DIR, the copies that Grafana is given."""

from __future__ import annotations

import sys
from pathlib import Path

from monitoring.dashboards.dashboard import write

#: The copies in the repository, which docker-compose.yml mounts.
PROVISIONED = Path(__file__).resolve().parents[1] / "grafana" / "dashboards"

if __name__ == "__main__":
    print(*write(Path(sys.argv[1]) if len(sys.argv) > 1 else PROVISIONED), sep="\n")
