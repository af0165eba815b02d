"""Judges a file: python examples/python_sync.py FILE REPORT.pdf

TELLTALE_URL says where; the client takes the token from TELLTALE_TOKEN.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from telltale.fusion.v1 import verdict_pb2
from telltale_client import Client, TelltaleError


def main(file: str, report: str) -> None:
    """Stores, judges, watches, and keeps the report."""
    with Client(os.environ["TELLTALE_URL"]) as client:
        media = client.upload(file)
        print("stored:", media.name)

        operation = client.create_analysis(media)
        for step in operation.watch():
            done = {each.detector: f"{each.done_share:.0%}" for each in step.progress}
            print("under way:", done)

        analysis = operation.result()
        Path(report).write_bytes(client.report(analysis, "pdf"))
        print(verdict_pb2.Label.Name(analysis.verdict.label))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except TelltaleError as error:
        # What went wrong, for a person; error.reason is for programs, error.request_id finds it in the server's log.
        sys.exit(f"{error} (request {error.request_id})")
