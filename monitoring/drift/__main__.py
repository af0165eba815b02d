"""Runs the monitor of drift: `python -m monitoring.drift`."""

from __future__ import annotations

from kit.clock import SystemClock
from kit.log import configure, get_logger
from kit.process import run
from kit.settings import load
from kit.telemetry import announce, served
from monitoring.drift.log import Log, open_log
from monitoring.drift.metrics import Board
from monitoring.drift.monitor import Monitor
from monitoring.drift.reference import OWN_REFERENCE, SHIPPED, read
from monitoring.drift.settings import DriftSettings
from monitoring.pace import rounds


def main() -> None:
    """Looks every `interval_s` seconds until SIGTERM or SIGINT."""
    settings, clock, board = load(DriftSettings), SystemClock(), Board()
    configure("drift_monitor", settings.log_level)
    announce("drift_monitor")
    references = read(settings.reference)
    log = Log(open_log(settings.prediction_log), clock, settings.window, settings.window_h)
    monitor = Monitor(log, references, board, clock)
    if settings.reference == SHIPPED:
        get_logger().warning("the reference is the shipped one", to_do=OWN_REFERENCE)
    turns = rounds(settings.interval_s)
    with board.shown(), served(settings.metrics_host, settings.metrics_port):
        for _ in turns:
            monitor.look()


if __name__ == "__main__":
    run(main)
