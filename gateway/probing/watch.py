"""Notices patterns in calls and uploads and tells people, through a metric, the log and the audit log. It refuses nothing."""

from __future__ import annotations

from typing import Protocol

from gateway.audit.entry import Event
from gateway.metrics import PROBING, REFUSED_UPLOADS
from gateway.probing.patterns import REFUSALS_OF_FILES, Pattern, pattern_of_call, patterns_of_upload
from gateway.probing.resemblance import NearDuplicates, Resemblance
from gateway.probing.tally import Tally
from gateway.storage.times import to_ms
from kit.clock import Clock
from kit.log import get_logger
from kit.media.probe import Look
from telltale.common.v1 import media_pb2

NOTICED = "NoticeProbing"
"""Method of an entry in the audit log; its outcome is the pattern's name."""
QUIET_S = 3600.0
"""The same of the same caller is told once within this time."""


class Recorder(Protocol):
    """Writes down what happened. See `gateway.audit.log`."""

    async def ready(self) -> None:
        """Raises StorageUnavailable while nothing can be written down."""
        ...

    async def record(self, event: Event) -> None:
        """Returns when the event is on the disk. Raises StorageUnavailable."""
        ...


class Watch:
    """Counts by caller: a token, or where a call without one comes from."""

    def __init__(self, recorder: Recorder, clock: Clock, tally: Tally) -> None:
        self._recorder = recorder
        self._clock = clock
        self._tally = tally

    async def saw_call(self, event: Event) -> None:
        """A call has ended. Raises StorageUnavailable."""
        if event.outcome in REFUSALS_OF_FILES:
            REFUSED_UPLOADS.add(reason=event.outcome)
        pattern = pattern_of_call(event)
        if pattern is not None:
            await self._note(pattern, event.token_id, event.network)

    async def saw_upload(self, token_id: str, info: media_pb2.MediaInfo, found: Resemblance) -> None:
        """A file was taken. Raises StorageUnavailable."""
        for pattern in patterns_of_upload(info, found):
            await self._note(pattern, token_id, "")

    async def _note(self, pattern: Pattern, token_id: str, network: str) -> None:
        key = (pattern.name, token_id or network)
        if self._tally.add(key, pattern.window_s) < pattern.most or self._tally.recent(("told", *key), QUIET_S):
            return
        self._tally.add(("told", *key), QUIET_S)
        PROBING.add(pattern=pattern.name)
        get_logger().warning("calls look like probing", pattern=pattern.name, token_id=token_id)
        now_ms = to_ms(self._clock.now())
        await self._recorder.record(Event(now_ms, NOTICED, pattern.name, token_id=token_id, network=network))


class WatchedRecorder:
    """The audit log with the watch beside it: what is recorded of calls is seen."""

    def __init__(self, recorder: Recorder, watch: Watch) -> None:
        self._recorder = recorder
        self._watch = watch

    async def ready(self) -> None:
        """As the log is. Raises StorageUnavailable."""
        await self._recorder.ready()

    async def record(self, event: Event) -> None:
        """Records an event and looks at it. Raises StorageUnavailable."""
        await self._recorder.record(event)
        await self._watch.saw_call(event)


class Doorkeeper:
    """Holds uploads against the budget for variants, and has the watch look at those that are taken."""

    def __init__(self, duplicates: NearDuplicates, watch: Watch) -> None:
        self._duplicates = duplicates
        self._watch = watch

    async def admit(self, token_id: str, look: Look) -> None:
        """Counts an upload. Raises TooManyNearDuplicates, StorageUnavailable."""
        found = await self._duplicates.count(token_id, look.info.sha256, look.likeness)
        await self._watch.saw_upload(token_id, look.info, found)
