"""Looks for what should be gone: in files, in every row of every table, in dumps."""

from __future__ import annotations

import hashlib
import subprocess
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

from sqlalchemy import MetaData, create_engine, inspect, select
from sqlalchemy.pool import NullPool

from tests.support.postgres import Cluster

Needles = Mapping[str, bytes]
"""What is looked for, by a name to tell it by."""


def digests(data: bytes) -> Needles:
    """The SHA-256 of something in the ways it might be written."""
    digest = hashlib.sha256(data)
    return {"digest": digest.digest(), "hex": digest.hexdigest().encode(), "HEX": digest.hexdigest().upper().encode()}


def found_in(where: str, data: bytes, needles: Needles) -> Iterator[str]:
    """Where what was found."""
    yield from (f"{name} in {where}" for name, needle in needles.items() if needle in data)


def in_folder(folder: Path, needles: Needles, but: tuple[str, ...] = ()) -> list[str]:
    """In names and bytes of files; not of those whose name begins with a word of `but`."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(but or ("\0",))]
    return in_objects({str(path): path.read_bytes() for path in files}, needles)


def in_objects(objects: Mapping[str, bytes], needles: Needles) -> list[str]:
    """In keys and bytes of objects; evidence is unpacked for that."""
    named = list(found_in("the keys", "\n".join(objects).encode(), needles))
    return named + [found for key, data in objects.items() for found in found_in(key, _unpacked(key, data), needles)]


def _unpacked(key: str, data: bytes) -> bytes:
    return zlib.decompress(data) if ".evidence" in key else data


def in_tables(url: str, needles: Needles, but: tuple[str, ...] = ()) -> list[str]:
    """In every column of every table of every schema, but these tables."""
    engine = create_engine(url.replace("+aiosqlite", ""), poolclass=NullPool)
    schemas = [name for name in inspect(engine).get_schema_names() if name != "information_schema"]
    tables = MetaData()
    for schema in schemas:
        tables.reflect(engine, schema=schema)
    with closing(engine.connect()) as connection:
        rows = (
            (f"{table.fullname}.{column}", value)
            for table in tables.sorted_tables
            if table.name not in but
            for row in connection.execute(select(table)).mappings()
            for column, value in row.items()
        )
        return [found for where, value in rows for found in found_in(where, _bytes(value), needles)]


def in_dump(cluster: Cluster, url: str, needles: Needles, but: Iterable[str] = ()) -> list[str]:
    """In a dump of PostgreSQL, where bytes are hexadecimal."""
    left_out = [f"--exclude-table-data={name}" for name in but]
    command = [str(cluster.programs / "pg_dump"), *left_out, url.replace("+psycopg", "")]
    dump = subprocess.run(command, check=True, capture_output=True).stdout
    written = {**needles, **{f"{name} as hex": needle.hex().encode() for name, needle in needles.items()}}
    return list(found_in("dump", dump, written))


def _bytes(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
