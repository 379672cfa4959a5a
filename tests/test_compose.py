"""docker-compose.yml, as far as it can be checked without a Docker engine: what it names is there and starts."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

import pandian
from pandian.settings import PREFIX, Settings, load_settings
from streams.cli import cli
from streams.demo import replay
from streams.demo.progress import Progress, read_line
from tests.support import brokers
from tests.support.processes import free_port, kill_process, start_process, tail, wait_until

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "docker-compose.yml"
COMPOSE: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
WORKERS = [name for name, service in OURS.items() if service["command"][0] == "worker"]
#: What a service may say, of the Compose specification: a word that is none of these is a mistake.
KEYS = {
    *(
        "build",
        "cap_drop",
        "command",
        "depends_on",
        "deploy",
        "entrypoint",
        "environment",
        "healthcheck",
        "image",
    ),
    *("init", "logging", "ports", "profiles", "read_only", "restart", "security_opt", "stdin_open"),
    *("stop_grace_period", "tmpfs", "user", "volumes"),
}
HEALTH_KEYS = {"test", "interval", "timeout", "retries", "start_period", "disable"}
#: Kafka's image turns these into properties; the others are for its scripts.
NO_PROPERTY = {"KAFKA_HEAP_OPTS"}
#: They serve nothing, so that nobody can ask how they are; what comes to an end is not started again.
NO_SERVERS = {"trainer": "no", "retrainer": "unless-stopped", "replay": "no"}
#: What `docker compose up` starts without a profile.
BY_DEFAULT = {"kafka", "worker", "worker2", "prometheus", "alertmanager", "grafana"}

services = pytest.mark.parametrize("name", SERVICES)
ours = pytest.mark.parametrize("name", OURS)


def mounts(name: str, kind: str) -> Iterator[dict[str, Any]]:
    return (mount for mount in SERVICES[name].get("volumes", ()) if mount["type"] == kind)


def read_yaml(file: Path) -> Any:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def seconds(text: str) -> int:
    assert re.fullmatch(r"\d+s", text)
    return int(text[:-1])


def compose_command() -> list[str] | None:
    """Compose, whichever there is: it reads files without an engine."""
    for command in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(command[0]):
            done = subprocess.run([*command, "version"], capture_output=True, timeout=30, check=False)
            if done.returncode == 0:
                return command
    return None


def test_compose_itself_takes_it(tmp_path: Path) -> None:
    command = compose_command()
    if command is None:
        pytest.skip("no Compose: neither docker compose nor docker-compose is there")
    text = FILE.read_text(encoding="utf-8")
    if command == ["docker-compose"]:
        # Version 1, as Debian has it, takes the project's name from the command line only.
        text = re.sub(r"^name:.*$", "", text, flags=re.MULTILINE)
    copy = tmp_path / FILE.name
    copy.write_text(text, encoding="utf-8")
    profiles = [word for profile in ("more", "train", "retrain", "replay") for word in ("--profile", profile)]
    done = subprocess.run(
        [*command, "-f", copy, "--project-directory", ROOT, "-p", "pandian", *profiles, "config"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert set(yaml.safe_load(done.stdout)["services"]) == set(SERVICES)


@services
def test_services_say_only_what_compose_knows(name: str) -> None:
    service = SERVICES[name]
    assert service.keys() <= KEYS
    assert service["healthcheck"].keys() <= HEALTH_KEYS
    assert set(service.get("depends_on", ())) <= SERVICES.keys()
    for needed in service.get("depends_on", ()):
        assert service["depends_on"][needed] == {"condition": "service_healthy"}
        assert "test" in SERVICES[needed]["healthcheck"]
    assert {mount["source"] for mount in mounts(name, "volume") if "source" in mount} <= COMPOSE[
        "volumes"
    ].keys()


@services
def test_services_are_pinned_limited_and_watched(name: str) -> None:
    service = SERVICES[name]
    repository, _, tag = service["image"].partition(":")
    assert repository
    assert re.fullmatch(r"v?\d+\.\d+\.\d+", tag), "a tag that does not move"
    limits = service["deploy"]["resources"]["limits"]
    assert float(limits["cpus"]) > 0
    assert re.fullmatch(r"\d+[MG]", limits["memory"])
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not str(service.get("user", "1")).startswith(("0", "root"))
    assert service["logging"]["options"]["max-size"]
    health = service["healthcheck"]
    if name in NO_SERVERS:
        assert health == {"disable": True}
        assert service["restart"] == NO_SERVERS[name]
    else:
        assert seconds(health["timeout"]) <= 15
        assert seconds(health["start_period"]) >= 20
        assert service["restart"] == "unless-stopped"


def test_what_comes_without_a_profile() -> None:
    assert {name for name, service in SERVICES.items() if "profiles" not in service} == BY_DEFAULT


def test_two_workers_do_the_same_on_state_of_their_own() -> None:
    apart = ("ports", "volumes")
    first, second = (
        {key: value for key, value in SERVICES[name].items() if key not in apart}
        for name in ("worker", "worker2")
    )
    assert first == second
    volumes = [
        {mount["target"]: mount["source"] for mount in mounts(name, "volume")}
        for name in ("worker", "worker2")
    ]
    assert volumes[0]["/var/lib/pandian/models"] == volumes[1]["/var/lib/pandian/models"]
    assert volumes[0]["/var/lib/pandian/state"] != volumes[1]["/var/lib/pandian/state"]


def test_volumes_are_used_and_no_state_is_shared() -> None:
    used = [mount["source"] for name in SERVICES for mount in mounts(name, "volume") if "source" in mount]
    assert set(used) == COMPOSE["volumes"].keys()
    # The registry is written atomically; a retraining locks its folder.
    assert {source for source in used if used.count(source) > 1} == {"models", "retraining"}


@services
def test_ports_are_open_to_this_machine_only(name: str) -> None:
    for port in SERVICES[name].get("ports", ()):
        assert re.fullmatch(r"127\.0\.0\.1:\d+:\d+", port)


def test_no_port_is_open_twice() -> None:
    ports = [port.split(":")[1] for service in SERVICES.values() for port in service.get("ports", ())]
    assert len(ports) == len(set(ports))


@services
def test_what_is_mounted_is_there_and_cannot_be_written(name: str) -> None:
    for mount in mounts(name, "bind"):
        assert (ROOT / mount["source"]).is_dir(), mount["source"]
        assert mount["read_only"] is True


def test_prometheus_finds_its_configuration_and_the_workers() -> None:
    options = dict(option.removeprefix("--").split("=") for option in SERVICES["prometheus"]["command"])
    (mount,) = mounts("prometheus", "bind")
    file = ROOT / mount["source"] / Path(options["config.file"]).relative_to(mount["target"])
    (data,) = mounts("prometheus", "volume")
    assert options["storage.tsdb.path"] == data["target"]
    jobs = {
        job["job_name"]: job for job in yaml.safe_load(file.read_text(encoding="utf-8"))["scrape_configs"]
    }
    (found,) = jobs["pandian"]["dns_sd_configs"]
    (fixed,) = jobs["pandian"]["static_configs"]
    targets = [*(f"{name}:{found['port']}" for name in found["names"]), *fixed["targets"]]
    assert sorted(targets) == sorted(
        f"{name}:{SERVICES[name]['environment']['PANDIAN_PORT']}" for name in WORKERS
    )
    # What always runs is a target also when it is gone; what runs only in a profile is one while it runs.
    assert [f"{name}:{found['port']}" for name in WORKERS if not SERVICES[name].get("profiles")] == fixed[
        "targets"
    ]


def test_grafana_begins_with_the_dashboard() -> None:
    home = Path(SERVICES["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"])
    (source,) = [
        mount["source"] for mount in mounts("grafana", "bind") if mount["target"] == str(home.parent)
    ]
    assert (ROOT / source / home.name).is_file()


def test_grafana_finds_all_dashboards_and_prometheus() -> None:
    bound = {mount["target"]: ROOT / mount["source"] for mount in mounts("grafana", "bind")}
    provisioning = bound["/etc/grafana/provisioning"]
    (provider,) = read_yaml(provisioning / "dashboards" / "pandian.yml")["providers"]
    found = {file.name for file in bound[provider["options"]["path"]].glob("*.json")}
    assert found == {file.name for file in (ROOT / "monitoring/grafana/dashboards").glob("*.json")}
    assert len(found) == 6
    (source,) = read_yaml(provisioning / "datasources" / "prometheus.yml")["datasources"]
    host, port = source["url"].removeprefix("http://").split(":")
    assert [one.rpartition(":")[2] for one in SERVICES[host]["ports"]] == [port]


@ours
def test_images_bear_the_version_of_the_project(name: str) -> None:
    assert SERVICES[name]["image"].partition(":")[2] == pandian.__version__


@ours
def test_command_lines_parse(name: str) -> None:
    if name == "replay":
        assert SERVICES[name]["entrypoint"] == ["python", "-m", replay.__name__]
        assert replay.parser().parse_args(SERVICES[name]["command"]).make
        return
    assert "entrypoint" not in SERVICES[name], "the image's is the command"
    verb, *arguments = SERVICES[name]["command"]
    found = cli.get_command(click.Context(cli), verb)
    assert found is not None
    found.make_context(verb, list(arguments))


@ours
def test_the_environment_is_settings_that_hold(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = SERVICES[name]["environment"]
    assert all(isinstance(value, str) for value in environment.values())
    known = {f"{PREFIX}{field.upper()}" for field in Settings.model_fields}
    assert environment.keys() <= known
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    settings = load_settings()
    assert settings.bootstrap_servers == ["kafka:19092"]
    if name == "replay":
        assert not SERVICES[name].get("volumes"), "it keeps nothing"
        return
    written = {mount["target"] for mount in mounts(name, "volume")}
    assert str(settings.models) in written or name == "counter"
    assert str(settings.datadir) in written


def test_workers_have_time_to_stop() -> None:
    assert seconds(SERVICES["worker"]["stop_grace_period"]) >= 10


class ComposeWorker:
    """The process that a service of ours starts, here: other addresses and folders, all else as the service says."""

    def __init__(self, name: str, address: str, folder: Path) -> None:
        self.port = free_port()
        service = SERVICES[name]
        moved = {
            "PANDIAN_BROKER": address,
            "PANDIAN_PORT": str(self.port),
            "PANDIAN_DATADIR": str(folder / name / "state"),
            "PANDIAN_MODELS": str(folder / name / "models"),
        }
        outside = {key: value for key, value in os.environ.items() if not key.startswith(PREFIX)}
        self.log = folder / f"{name}.log"
        self.process = start_process(
            [sys.executable, "-m", "streams.cli", *service["command"]],
            self.log,
            env=outside | service["environment"] | moved,
        )
        self._check = [word.replace("6066", str(self.port)) for word in service["healthcheck"]["test"][2:]]

    def healthy(self) -> bool:
        """Run the service's own health check."""
        assert self.process.poll() is None, tail(self.log)
        done = subprocess.run([sys.executable, *self._check], capture_output=True, timeout=20, check=False)
        return done.returncode == 0

    def ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


def run_until_healthy(
    names: list[str], address: str, folder: Path, meanwhile: Callable[[], None] = lambda: None
) -> None:
    workers = [ComposeWorker(name, address, folder) for name in names]
    try:
        for worker in workers:
            wait_until(worker.healthy, 40, "the health check passes", interval=0.5, log=worker.log)
            wait_until(worker.ready, 40, "the worker is ready", interval=0.2, log=worker.log)
        meanwhile()
        for worker in workers:
            worker.process.terminate()
            assert worker.process.wait(10) == 0, tail(worker.log)
    finally:
        for worker in workers:
            kill_process(worker.process)


def play(address: str) -> Progress:
    """Run the replay as its service says, of which the first orders are sent, at once; return its last word."""
    service = SERVICES["replay"]
    command = [sys.executable, *service["entrypoint"][1:], *service["command"]]
    process = subprocess.Popen(
        [*command, "--limit", "200", "--rate", "10000", "--broker", address],
        stdin=subprocess.PIPE if service["stdin_open"] else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    )
    assert process.stdin
    assert process.stdout
    try:
        with process.stdin, process.stdout:
            process.wait(50)
            return read_line(process.stdout.read().splitlines()[-1])
    finally:
        kill_process(process)


def test_workers_start_as_they_are_told_and_the_replay_plays(tmp_path: Path) -> None:
    said: list[Progress] = []
    # One of its own: the shop's topics are in no other test's way.
    with brokers.embedded_broker() as broker:
        run_until_healthy(
            ["worker", "counter"], broker.address, tmp_path, lambda: said.append(play(broker.address))
        )
    (last,) = said
    assert last.done
    assert last.rows == 200
    assert last.pages, "the worker answered"


class ComposeKafka(brokers.RealKafka):
    """A Kafka with the properties that the image makes of the environment (KAFKA_NODE_ID is node.id), and no others."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.ports = {number: free_port() for number in ("9092", "19092", "9093")}
        self.log = folder / "kafka.log"
        self.port = self.ports["9092"]
        self.address = f"localhost:{self.port}"
        self.process = None
        self._folder = folder
        self._properties = folder / "server.properties"
        named = {name: value for name, value in environment.items() if name not in NO_PROPERTY}
        assert all(name.startswith("KAFKA_") for name in named)
        lines = [
            f"{name.removeprefix('KAFKA_').lower().replace('_', '.')}={self._here(value)}\n"
            for name, value in named.items()
        ]
        self._properties.write_text("".join(lines), encoding="utf-8")
        cluster = "4L6g3nShT-eMCtK--X86sw"
        self._run("kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(self._properties))

    def _here(self, value: str) -> str:
        value = value.replace("/var/lib/kafka", str(self._folder))
        value = re.sub(r"(?<=[/@])kafka(?=:)", "localhost", value)
        return re.sub(r"(?<=:)(19092|9092|9093)\b", self._port, value)

    def _port(self, found: re.Match[str]) -> str:
        return str(self.ports[found[0]])


@pytest.mark.kafka
def test_kafka_takes_its_environment_and_a_worker_works_on_it(tmp_path: Path) -> None:
    kafka = ComposeKafka(tmp_path, SERVICES["kafka"]["environment"])
    try:
        kafka.start()
        run_until_healthy(["worker"], f"localhost:{kafka.ports['19092']}", tmp_path)
    finally:
        kafka.kill()
