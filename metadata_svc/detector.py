"""The metadata detector: read the file in the sandbox, let every cue look at the facts. It has never heard of gRPC."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

from kit.clock import Clock, SystemClock
from kit.errors import DecoderStopped, TooManyPixels, UndecodableMedia
from kit.media.file import MediaFile
from kit.media.sandbox import Json, SandboxResult
from kit.models.basis import basis
from kit.models.card import LoadedModel
from kit.models.source import ModelSource
from kit.serving.bundle import Bundle
from kit.serving.networks import Networks
from metadata_svc.anomaly import MODEL_NAME as ANOMALY_MODEL_NAME
from metadata_svc.anomaly import AnomalyModel, load_model
from metadata_svc.claim import claim_of
from metadata_svc.container_messages import container_message
from metadata_svc.container_rules import CONTAINER_MODEL_NAME, ContainerRules, load_container_rules
from metadata_svc.cues import (
    container_structure,
    exif_anomaly,
    exif_consistency,
    jpeg_structure,
    provenance,
    software_traces,
)
from metadata_svc.facts import Facts
from metadata_svc.features import LUMA_TASK, PREVIEW_TASK, PROVENANCE_TASK, READ_TASK, MetadataReading
from metadata_svc.history.luma import luma_of
from metadata_svc.history.pixels import Pixels
from metadata_svc.messages import facts_message
from metadata_svc.pixel_tests import MODEL_NAMES as PIXEL_MODEL_NAMES
from metadata_svc.pixel_tests import PixelTests, load_pixel_tests
from metadata_svc.reading.c2pa_manifest import ProvenanceReading, absent
from metadata_svc.reading.preview import PreviewReading
from metadata_svc.rules import MODEL_NAME, Rules, load_rules
from metadata_svc.settings import MetadataSettings
from metadata_svc.software import find_traces
from metadata_svc.trust import TrustList, read_trust_list
from metadata_svc.warm_up import info_of, noisy_jpeg
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.metadata.v1 import facts_pb2

_STOPPED = "manifest.reader_stopped"


class TaskRunner(Protocol):
    """Runs a task on hostile bytes; `kit.media.sandbox.Sandbox` is one."""

    def run(
        self, task: str, media: MediaFile, arguments: Mapping[str, Json], *, timeout_s: float | None = None
    ) -> SandboxResult:
        """Result of the task. Raises DecoderStopped when it broke a limit."""
        ...


@dataclass(frozen=True)
class Examination:
    """One piece of evidence per cue, and the facts behind them."""

    evidence: Sequence[evidence_pb2.Evidence]
    facts: facts_pb2.MetadataFacts


class MetadataDetector:
    """Facts and evidence of one file. Thread-safe."""

    def __init__(
        self,
        runner: TaskRunner,
        rules: Rules,
        container_rules: ContainerRules,
        anomaly: AnomalyModel,
        pixel_tests: PixelTests,
        trust: TrustList,
        clock: Clock,
        models: Sequence[LoadedModel],
    ) -> None:
        self._runner = runner
        self._rules = rules
        self._container_rules = container_rules
        self._anomaly = anomaly
        self._pixel_tests = pixel_tests
        self._trust = trust
        self._clock = clock
        self.models = models

    @property
    def basis(self) -> str:
        """By what it answers."""
        return basis("metadata_svc", self.models, self._trust.sha256)

    def warm_up(self) -> None:
        """Reads and judges a file once: the first caller must not pay for it, and a broken model must stop the start."""
        with noisy_jpeg() as media:
            self.examine(media, info_of(media))

    def examine(self, media: MediaFile, info: media_pb2.MediaInfo, timeout_s: float | None = None) -> Examination:
        """Reads and judges a file within `timeout_s` per reading task.

        Raises:
            DecoderStopped, Overloaded, SandboxUnavailable, DeadlineExceeded: as the sandbox says.
        """
        facts = self._read(media, info, timeout_s)
        now, rules = self._clock.now(), self._rules
        traces = find_traces(facts, rules)
        conflicts = exif_consistency.conflicts(facts, now)
        evidence = [
            self._timed(lambda: exif_consistency.examine(facts, conflicts, rules, now)),
            self._timed(lambda: jpeg_structure.examine(facts, rules)),
            self._timed(lambda: software_traces.examine(facts, traces, rules)),
            self._timed(lambda: provenance.examine(facts, rules)),
        ]
        message = facts_message(facts, traces, conflicts, jpeg_structure.encoder_name(facts, rules))
        if info.kind == media_pb2.MEDIA_KIND_IMAGE:
            pixels = self._pixels(media, facts, timeout_s)
            evidence.append(self._timed(lambda: exif_anomaly.examine(facts, traces, self._anomaly)))
            evidence += map(self._timed, self._pixel_tests.cues(facts, pixels))
            message.MergeFrom(self._pixel_tests.facts(pixels))
        claim = claim_of(facts, self._container_rules)
        if claim is not None:
            evidence.append(self._timed(lambda: container_structure.examine(claim, now)))
            message.container.CopyFrom(container_message(claim, now))
        return Examination(evidence, message)

    def _read(self, media: MediaFile, info: media_pb2.MediaInfo, timeout_s: float | None) -> Facts:
        result = self._runner.run(READ_TASK, media, {"mime_type": info.mime_type}, timeout_s=timeout_s)
        reading = cast(MetadataReading, result.values)
        return Facts(
            mime_type=info.mime_type,
            width_px=info.width_px if info.HasField("width_px") else None,
            height_px=info.height_px if info.HasField("height_px") else None,
            reading=reading,
            provenance=self._provenance(media, info, timeout_s) if reading["has_manifest_store"] else absent(),
            trust_list_sha256=self._trust.sha256,
            preview=self._preview(media, reading, timeout_s),
        )

    def _preview(self, media: MediaFile, reading: MetadataReading, timeout_s: float | None) -> PreviewReading | None:
        if not reading["thumbnail_px"] or not reading["jpeg"]:
            return None
        try:
            found = self._runner.run(PREVIEW_TASK, media, {}, timeout_s=timeout_s).values["preview"]
            return cast(PreviewReading | None, found)
        except DecoderStopped:
            # A picture that kills its decoder tells nothing about its preview, and costs the other cues nothing.
            return None

    def _pixels(self, media: MediaFile, facts: Facts, timeout_s: float | None) -> Pixels:
        if facts.reading["jpeg"] is None:
            return Pixels(None)
        try:
            return Pixels(luma_of(self._runner.run(LUMA_TASK, media, {}, timeout_s=timeout_s)))
        except (DecoderStopped, TooManyPixels, UndecodableMedia):
            # What cannot be decoded can still be read: the other cues have done so without harm.
            return Pixels(None)

    def _provenance(self, media: MediaFile, info: media_pb2.MediaInfo, timeout_s: float | None) -> ProvenanceReading:
        arguments: dict[str, Any] = {"mime_type": info.mime_type, "anchors_pem": self._trust.anchors_pem}
        try:
            return cast(
                ProvenanceReading, self._runner.run(PROVENANCE_TASK, media, arguments, timeout_s=timeout_s).values
            )
        except DecoderStopped:
            # A manifest that kills its reader is a damaged one; the other three cues have read the file without harm.
            return {**absent(), "present": True, "failures": [_STOPPED]}

    def _timed(self, cue: Callable[[], evidence_pb2.Evidence]) -> evidence_pb2.Evidence:
        started_s = self._clock.monotonic_s()
        evidence = cue()
        evidence.compute_time.FromMicroseconds(round((self._clock.monotonic_s() - started_s) * 1e6))
        return evidence


def build_bundle(settings: MetadataSettings, runner: TaskRunner, models: ModelSource) -> Bundle[MetadataDetector]:
    """The same as `build_detector`, to be swapped; it runs no network."""
    return Bundle(build_detector(settings, runner, models), Networks())


def build_detector(settings: MetadataSettings, runner: TaskRunner, models: ModelSource) -> MetadataDetector:
    """The detector that the settings describe. Raises ModelInvalid and InvalidSettings."""
    names = (MODEL_NAME, CONTAINER_MODEL_NAME, ANOMALY_MODEL_NAME)
    rules, containers, anomaly = (models.load(name) for name in names)
    pixel_models = [models.load(name) for name in PIXEL_MODEL_NAMES]
    trust = read_trust_list(settings.trust_anchors)
    return MetadataDetector(
        runner,
        load_rules(rules),
        load_container_rules(containers),
        load_model(anomaly),
        load_pixel_tests(pixel_models),
        trust,
        SystemClock(),
        [rules, containers, anomaly, *pixel_models],
    )
