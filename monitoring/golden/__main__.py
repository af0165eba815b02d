"""Runs the golden job: `python -m monitoring.golden`."""

from __future__ import annotations

from kit.clock import SystemClock
from kit.errors import Cancelled, InvalidSettings
from kit.log import configure
from kit.process import run
from kit.settings import load
from kit.telemetry import announce, served
from monitoring.golden.job import GoldenJob
from monitoring.golden.measure import Ask, by_gateway
from monitoring.golden.settings import GoldenSettings
from monitoring.pace import ending, rounds
from promotion.golden import Item, read_golden
from promotion.measurements import Reading
from telltale_client import Client, TelltaleError

_HOUR_S = 3600.0


def main() -> None:
    """Judges the golden set every `interval_h` hours until SIGTERM or SIGINT."""
    settings = load(GoldenSettings)
    configure("golden_monitor", settings.log_level)
    announce("golden_monitor")
    read_golden(settings.folder)
    turns = rounds(settings.interval_h * _HOUR_S)
    with _client(settings) as client, served(settings.metrics_host, settings.metrics_port):
        job = GoldenJob(settings.folder, _until_the_end(by_gateway(client)), SystemClock())
        for _ in turns:
            job.judge()


def _client(settings: GoldenSettings) -> Client:
    try:
        return Client(
            settings.gateway,
            token_file=settings.token_file,
            ca_file=settings.ca_file,
            certificate_file=settings.certificate_file,
            key_file=settings.key_file,
            allow_plaintext=settings.allow_plaintext,
        )
    except (TelltaleError, OSError) as error:
        raise InvalidSettings(f"no client for {settings.gateway} can be made: {error}") from error


def _until_the_end(ask: Ask) -> Ask:
    def asked(item: Item) -> Reading:
        if ending():
            raise Cancelled("the job was asked to end before the round was over")
        return ask(item)

    return asked


if __name__ == "__main__":
    run(main)
