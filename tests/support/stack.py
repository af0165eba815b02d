"""The real stack, started as a user starts it, and the four doors to it, through each of which every detector is asked anew."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf import json_format

from cli.output import label_name
from cli.stack.ports import free_ports
from kit.settings import child_environment
from telltale.gateway.v1 import resources_pb2
from tests.support.edge import Reply, call

CLI = (sys.executable, "-m", "cli")
_PORT_OPTIONS = (
    "--port",
    "--grpc-port",
    "--image-port",
    "--temporal-port",
    "--av-sync-port",
    "--metadata-port",
    "--fusion-port",
)
Verdict = tuple[str, float, Mapping[str, float]]


@dataclass(frozen=True)
class Stack:
    """A running `telltale up`."""

    state: Path
    port: int
    grpc_port: int
    image_port: int
    process: subprocess.Popen[str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def grpc(self) -> str:
        return f"127.0.0.1:{self.grpc_port}"

    @property
    def token(self) -> str:
        return (self.state / "token").read_text().strip()

    def headers(self, **more: str) -> dict[str, str]:
        return {
            "authorization": f"Bearer {self.token}",
            **{name.replace("_", "-"): value for name, value in more.items()},
        }

    def rest(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Reply:
        return call(self.port, method, path, body, self.headers(**headers))

    def cancel_newest(self) -> None:
        """Cancels what was ordered last and has not ended."""
        [newest] = self.rest("GET", "/v1/operations?filter=done%3Dfalse&page_size=1").json()["operations"]
        assert self.rest("POST", f"/v1/{newest['name']}:cancel", b"{}").status == 200

    def analyze(self, body: bytes, **headers: str) -> Reply:
        return self.rest("POST", "/v1/media:analyze", body, **headers)

    def analyze_anew(self, body: bytes, **headers: str) -> Reply:
        """Whatever was said of the same bytes before."""
        return self.rest("POST", "/v1/media:analyze?fresh=true", body, **headers)

    def service_pids(self, package: str) -> list[int]:
        """Processes of a service: children of ours that were started as `python -m package`."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        commands = {int(pid): Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0") for pid in children}
        return [pid for pid, command in commands.items() if command[1:3] == [b"-m", package.encode()]]


def run_cli(*arguments: str | Path, timeout_s: float = 120, **environment: str) -> subprocess.CompletedProcess[str]:
    """`telltale` with these arguments, run to its end."""
    command = [*CLI, *map(str, arguments)]
    env = child_environment(environment)
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout_s, env=env, check=False)


def port_options() -> list[str]:
    """Options of `telltale up` that put every process on a free port."""
    ports = free_ports(len(_PORT_OPTIONS))
    return [word for pair in zip(_PORT_OPTIONS, map(str, ports), strict=True) for word in pair]


@contextmanager
def running_stack(state: Path, **environment: str) -> Iterator[Stack]:
    """Everything on free ports; `environment` holds settings, e.g. TELLTALE_GATEWAY_WRITE_RATE."""
    options = port_options()
    ports = [int(port) for port in options[1::2]]
    command = [*CLI, "up", "--state", str(state), *options]
    errors = state.with_suffix(".stderr")
    with errors.open("w") as stderr:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=stderr, text=True, env=child_environment(environment)
        )
    try:
        assert process.stdout is not None
        if not any("Ctrl-C" in line for line in process.stdout):
            raise AssertionError(f"the stack did not start:\n{errors.read_text()}")
        yield Stack(state, ports[0], ports[1], ports[2], process)
    finally:
        process.terminate()
        process.wait(60)
        if process.stdout is not None:
            process.stdout.close()


def by_curl(stack: Stack, path: Path) -> Verdict:
    """`curl -T`, as the README shows it."""
    command = ["curl", "-sS", "--fail-with-body", "-T", str(path), "-H", f"Authorization: Bearer {stack.token}"]
    answer = subprocess.run([*command, f"{stack.url}/v1/media:analyze?fresh=true"], capture_output=True, check=True)
    return verdict_of(json.loads(answer.stdout))


def by_post(stack: Stack, path: Path) -> Verdict:
    """A POST as the page makes it: the file as the body, its type from its name."""
    return verdict_of(stack.analyze_anew(path.read_bytes(), content_type="image/jpeg").json())


def by_grpcurl(stack: Stack, path: Path) -> Verdict:
    """grpcurl, which learns the contract by reflection."""
    message = json.dumps({"file": {"data": base64.b64encode(path.read_bytes()).decode()}, "fresh": True})
    grpcurl = str(Path(sys.executable).with_name("grpcurl"))
    command = [grpcurl, "-plaintext", "-H", f"authorization: Bearer {stack.token}", "-d", "@", stack.grpc]
    method = "telltale.gateway.v1.AnalysisService/AnalyzeMedia"
    answer = subprocess.run([*command, method], input=message, capture_output=True, text=True, check=True)
    return verdict_of(json.loads(answer.stdout))


def by_cli(stack: Stack, path: Path, *options: str) -> Verdict:
    """`telltale analyze --json`."""
    answer = run_cli("analyze", "--json", "--fresh", "--state", stack.state, *options, path)
    line = json.loads(answer.stdout)
    heard = {cue: ratio for cue, ratio in line["signals"].items() if ratio is not None}
    return line["label"], line["risk_score"], heard


def verdict_of(answer: Mapping[str, Any]) -> Verdict:
    """Label, risk and log-likelihood ratios in the JSON of an Analysis, whichever spelling its field names have."""
    analysis = json_format.ParseDict(dict(answer), resources_pb2.Analysis())
    heard = {each.cue: each.finding.log_likelihood_ratio for each in analysis.evidence if each.HasField("finding")}
    return label_name(analysis.verdict.label), analysis.verdict.risk_score, heard
