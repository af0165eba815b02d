"""Judges several files at once: python examples/python_async.py FILE…

TELLTALE_URL says where; the client takes the token from TELLTALE_TOKEN.
"""

from __future__ import annotations

import asyncio
import os
import sys

from telltale.fusion.v1 import verdict_pb2
from telltale_client import AsyncClient, TelltaleError


async def judge(client: AsyncClient, file: str) -> str:
    """One line about one file."""
    try:
        # Upload, analysis and waiting in one. A connection that breaks on the way is opened again.
        analysis = await client.analyze(file, depth="quick", on_progress=lambda step: print("under way:", step.name))
    except TelltaleError as error:
        return f"{file}: {error}"
    report = await client.report(analysis, "json")
    return f"{file}: {verdict_pb2.Label.Name(analysis.verdict.label)} (signed report of {len(report)} bytes)"


async def main(files: list[str]) -> None:
    """All files at once."""
    async with AsyncClient(os.environ["TELLTALE_URL"]) as client:
        for line in await asyncio.gather(*(judge(client, file) for file in files)):
            print(line)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
