"""The desk for canaries over its socket, with small programs for services and an Envoy that is written down."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from canary.envoy.endpoints import Version, endpoints_file
from canary.lease import Lease, leased
from canary.rollout import CanaryGone
from canary.wire import Target, control_socket
from cli.options import settings_with
from cli.stack.canaries import address_of, beside, promoted
from cli.stack.canary_desk import CanaryDesk, Patience
from cli.stack.plan import plan
from cli.stack.process import ChildProcess, ProcessSpec
from kit.errors import DetectorUnavailable, InvalidRequest, NotConfigured

SERVICE = """
import signal, sys
from concurrent.futures import ThreadPoolExecutor
import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from image_svc_settings import port
server, servicer = grpc.server(ThreadPoolExecutor(2)), health.HealthServicer()
health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
servicer.set("", health_pb2.HealthCheckResponse.SERVING)
server.add_insecure_port(f"127.0.0.1:{port()}")
server.start()
signal.sigwait({signal.SIGTERM})
"""
SETTINGS = """
from image_svc.settings import ImageSettings
def port(): return ImageSettings().port
"""


class WrittenEnvoy:
    """Knows what the files say; `blind` to the stable cluster, it never sees that one move."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.shares: list[int] = []
        self.blind = False

    def share(self, service: str, percent: int) -> None:
        self.shares.append(percent)

    def active(self, service: str, version: Version) -> int:
        return 0

    def calls_go_to(self, service: str, version: Version) -> set[str]:
        if self.blind and version == "stable":
            raise DetectorUnavailable("the inner Envoy does not answer")
        return set(behind(self.folder, version))


def behind(folder: Path, version: Version) -> list[str]:
    """The addresses in a cluster's file, the first choice first."""
    [assignment] = json.loads(endpoints_file(folder, "image_svc", version).read_text())["resources"]
    sockets = [group["lb_endpoints"][0]["endpoint"]["address"]["socket_address"] for group in assignment["endpoints"]]
    return [f"{each['address']}:{each['port_value']}" for each in sockets]


class OneSupervisor:
    """Has one process of every service, none of which runs, until one is put in its place."""

    def __init__(self) -> None:
        self.specs = {
            spec.name: beside(spec)[0] if spec.name.endswith("_svc") else spec
            for spec in plan(settings_with(), edge=True)
        }
        self.kept: ChildProcess | None = None
        self.measured: list[tuple[Version, bool]] = []

    def spec(self, name: str) -> ProcessSpec:
        return self.specs[name]

    def measured_at(self, service: str, version: Version, address: str) -> None:
        self.measured.append((version, bool(address)))

    def replace(self, child: ChildProcess) -> ChildProcess:
        self.kept = child
        return child  # whoever is stopped then


@pytest.fixture
def program(tmp_path: Path) -> Target:
    folder = tmp_path / "program"
    (folder / "image_svc").mkdir(parents=True)
    real = Path(__file__).parents[2] / "image_svc"
    (folder / "image_svc" / "__init__.py").write_text(f"__path__.append({str(real)!r})\n")
    (folder / "image_svc" / "__main__.py").write_text(SERVICE)
    (folder / "image_svc_settings.py").write_text(SETTINGS)
    return Target(folder=str(folder))


@asynccontextmanager
async def begun(
    tmp_path: Path, supervisor: OneSupervisor, envoy: WrittenEnvoy, program: Target
) -> AsyncIterator[Lease]:
    desk = CanaryDesk(
        supervisor,
        tmp_path,
        tmp_path,
        Patience(30, 5, 5),
        lambda sentence: None,
        lambda service, address: None,
        supervisor.measured_at,
        envoy,
    )
    async with desk, leased(tmp_path) as lease:
        await lease.begin("image_svc", program)
        yield lease


async def test_a_canary_is_the_first_choice_of_its_cluster_until_it_is_rolled_back(
    tmp_path: Path, program: Target
) -> None:
    supervisor, envoy = OneSupervisor(), WrittenEnvoy(tmp_path)
    stable = address_of(supervisor.spec("image_svc"))
    async with begun(tmp_path, supervisor, envoy, program) as lease:
        assert behind(tmp_path, "canary")[1:] == [stable]
        await lease.share(5)
        await lease.roll_back()
        assert behind(tmp_path, "canary") == [stable]
    assert envoy.shares == [5, 0]
    assert supervisor.measured == [("canary", True), ("canary", False)]
    assert promoted(tmp_path) == {}


async def test_when_the_connection_ends_the_share_does(tmp_path: Path, program: Target) -> None:
    supervisor, envoy = OneSupervisor(), WrittenEnvoy(tmp_path)
    async with begun(tmp_path, supervisor, envoy, program) as lease:
        await lease.share(50)
    assert envoy.shares == [50, 0]
    assert behind(tmp_path, "canary") == [address_of(supervisor.spec("image_svc"))]


async def test_a_promoted_version_is_behind_both_clusters_and_is_kept(tmp_path: Path, program: Target) -> None:
    supervisor, envoy = OneSupervisor(), WrittenEnvoy(tmp_path)
    async with begun(tmp_path, supervisor, envoy, program) as lease:
        [new, _] = behind(tmp_path, "canary")
        await lease.promote()
        assert (behind(tmp_path, "stable"), behind(tmp_path, "canary")) == ([new], [new])
    assert supervisor.kept is not None
    assert supervisor.measured == [("canary", True), ("stable", True), ("canary", False)]
    assert promoted(tmp_path) == {"image_svc": program}


async def test_a_promotion_that_fails_on_its_way_leaves_the_old_version_where_it_was(
    tmp_path: Path, program: Target
) -> None:
    supervisor, envoy = OneSupervisor(), WrittenEnvoy(tmp_path)
    async with begun(tmp_path, supervisor, envoy, program) as lease:
        envoy.blind = True
        with pytest.raises(DetectorUnavailable):
            await lease.promote()
        await lease.roll_back()
    stable = address_of(supervisor.spec("image_svc"))
    assert (behind(tmp_path, "stable"), behind(tmp_path, "canary")) == ([stable], [stable])
    assert (supervisor.kept, promoted(tmp_path)) == (None, {})


async def test_one_canary_at_a_time(tmp_path: Path, program: Target) -> None:
    async with begun(tmp_path, OneSupervisor(), WrittenEnvoy(tmp_path), program), leased(tmp_path) as second:
        with pytest.raises(InvalidRequest, match="another canary is under way"):
            await second.begin("image_svc", program)


async def test_a_stack_without_canaries_says_how_to_have_them(tmp_path: Path) -> None:
    with pytest.raises(NotConfigured, match="--canaries"):
        async with leased(tmp_path):
            pass


async def test_a_stack_that_ends_is_told_and_not_as_a_number_of_the_system(tmp_path: Path, program: Target) -> None:
    async def hangs_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        # With a question unread, so that who asks again is reset.
        writer.transport.abort()

    server = await asyncio.start_unix_server(hangs_up, control_socket(tmp_path))
    async with server, leased(tmp_path) as lease:
        for _ in range(2):
            with pytest.raises(NotConfigured, match="the stack has ended, and the canary with it"):
                await lease.begin("image_svc", program)


async def test_a_canary_that_dies_gets_no_call_and_who_asks_is_told(tmp_path: Path, program: Target) -> None:
    supervisor, envoy = OneSupervisor(), WrittenEnvoy(tmp_path)
    async with begun(tmp_path, supervisor, envoy, program) as lease:
        await lease.share(50)
        os.kill(pid_of(behind(tmp_path, "canary")[0]), signal.SIGKILL)
        async with asyncio.timeout(10):
            while envoy.shares != [50, 0]:
                await asyncio.sleep(0.05)
        with pytest.raises(CanaryGone, match="was killed by SIGKILL"):
            await lease.share(50)
        await lease.roll_back()
    assert behind(tmp_path, "canary") == [address_of(supervisor.spec("image_svc"))]


def pid_of(address: str) -> int:
    """The child of ours that was told this port."""
    wanted = f"TELLTALE_IMAGE_PORT={address.rpartition(':')[2]}".encode()
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    [found] = [pid for pid in children if wanted in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")]
    return int(found)


async def test_a_version_that_does_not_start_is_told_with_the_end_of_its_log(tmp_path: Path, program: Target) -> None:
    (Path(program.folder) / "image_svc" / "__main__.py").write_text('raise SystemExit("there is no 9.9.9")\n')
    with pytest.raises(InvalidRequest, match=r"(?s)while it started.*there is no 9\.9\.9"):
        async with begun(tmp_path, OneSupervisor(), WrittenEnvoy(tmp_path), program):
            pass
