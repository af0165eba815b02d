"""Every error that Telltale raises on purpose.

TelltaleError
├── the request is wrong       InvalidRequest, UnknownField, RequestIdReused, NotFound, UnsupportedMediaKind,
│                              WebhookRefused
├── the media are refused      EmptyMedia, UnsupportedMediaType, MediaTypeMismatch, PolyglotMedia, UndecodableMedia,
│                              MediaTooLarge, MediaTooLong, TooManyPixels, DecoderStopped, DigestMismatch, MediaInfected
├── the caller may not         MissingToken, InvalidToken, ExpiredToken, InsufficientScope
├── not now                    RateLimited, QuotaExceeded, TooManyNearDuplicates, Overloaded, StorageFull,
│                              DeadlineExceeded, Cancelled
├── a part of us is missing    DetectorUnavailable, SandboxUnavailable, ScannerUnavailable, StorageUnavailable
├── models                     ModelInvalid, ModelUntrusted, ChannelChanged, PromotionRefused
└── set up wrongly, or a bug   InvalidSettings, NotConfigured, Internal

The message of an error is for the caller: what is wrong, with what, and what to do. `details` are facts for a program.
"""

from __future__ import annotations

from typing import ClassVar

import grpc

from telltale.common.v1 import errors_pb2

DOMAIN = "telltale"


class TelltaleError(Exception):
    """Base of the tree: a sentence for the caller, facts for a program, a gRPC status and a reason of the public enum."""

    status: ClassVar[grpc.StatusCode]
    reason: ClassVar[errors_pb2.ErrorReason.ValueType]

    def __init__(self, message: str, *, retry_after_s: float | None = None, **details: str) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after_s = retry_after_s
        self.details = details

    @classmethod
    def reason_name(cls) -> str:
        """The reason without its prefix, e.g. "EMPTY_MEDIA"."""
        return errors_pb2.ErrorReason.Name(cls.reason).removeprefix("ERROR_REASON_")


class InvalidRequest(TelltaleError):
    """A field breaks its rule."""

    status = grpc.StatusCode.INVALID_ARGUMENT
    reason = errors_pb2.ERROR_REASON_INVALID_REQUEST


class UnknownField(TelltaleError):
    """The request holds fields that this server does not know."""

    status = grpc.StatusCode.INVALID_ARGUMENT
    reason = errors_pb2.ERROR_REASON_UNKNOWN_FIELD


class RequestIdReused(TelltaleError):
    """The request_id was used before with different content."""

    status = grpc.StatusCode.ALREADY_EXISTS
    reason = errors_pb2.ERROR_REASON_REQUEST_ID_REUSED


class NotFound(TelltaleError):
    """No such resource, or it belongs to somebody else."""

    status = grpc.StatusCode.NOT_FOUND
    reason = errors_pb2.ERROR_REASON_NOT_FOUND


class UnsupportedMediaKind(TelltaleError):
    """The service does not offer this kind of media."""

    status = grpc.StatusCode.UNIMPLEMENTED
    reason = errors_pb2.ERROR_REASON_UNSUPPORTED_MEDIA_KIND


class EmptyMedia(TelltaleError):
    """The upload has no bytes."""

    status = grpc.StatusCode.INVALID_ARGUMENT
    reason = errors_pb2.ERROR_REASON_EMPTY_MEDIA


class UnsupportedMediaType(TelltaleError):
    """The magic bytes are of no supported type."""

    status = grpc.StatusCode.INVALID_ARGUMENT
    reason = errors_pb2.ERROR_REASON_UNSUPPORTED_MEDIA_TYPE


class MediaTypeMismatch(TelltaleError):
    """The claimed content type contradicts the magic bytes."""

    status = grpc.StatusCode.INVALID_ARGUMENT
    reason = errors_pb2.ERROR_REASON_MEDIA_TYPE_MISMATCH


class PolyglotMedia(TelltaleError):
    """The file is also a valid archive, document or script."""

    status = grpc.StatusCode.INVALID_ARGUMENT
    reason = errors_pb2.ERROR_REASON_POLYGLOT_MEDIA


class UndecodableMedia(TelltaleError):
    """No picture or sound could be read."""

    status = grpc.StatusCode.INVALID_ARGUMENT
    reason = errors_pb2.ERROR_REASON_UNDECODABLE_MEDIA


class MediaTooLarge(TelltaleError):
    """The file is longer than the limit."""

    status = grpc.StatusCode.INVALID_ARGUMENT
    reason = errors_pb2.ERROR_REASON_MEDIA_TOO_LARGE


class TooManyPixels(TelltaleError):
    """The picture has more pixels, or a longer side, than the limit."""

    status = grpc.StatusCode.INVALID_ARGUMENT
    reason = errors_pb2.ERROR_REASON_TOO_MANY_PIXELS


class DecoderStopped(TelltaleError):
    """The decoder broke a limit of its sandbox and was stopped."""

    status = grpc.StatusCode.INVALID_ARGUMENT
    reason = errors_pb2.ERROR_REASON_DECODER_STOPPED


class DigestMismatch(TelltaleError):
    """The bytes received do not match the announced length or digest."""

    status = grpc.StatusCode.DATA_LOSS
    reason = errors_pb2.ERROR_REASON_DIGEST_MISMATCH


class MissingToken(TelltaleError):
    """No bearer token was sent."""

    status = grpc.StatusCode.UNAUTHENTICATED
    reason = errors_pb2.ERROR_REASON_MISSING_TOKEN


class InvalidToken(TelltaleError):
    """The token is unknown or revoked."""

    status = grpc.StatusCode.UNAUTHENTICATED
    reason = errors_pb2.ERROR_REASON_INVALID_TOKEN


class ExpiredToken(TelltaleError):
    """The token has expired."""

    status = grpc.StatusCode.UNAUTHENTICATED
    reason = errors_pb2.ERROR_REASON_EXPIRED_TOKEN


class InsufficientScope(TelltaleError):
    """The token lacks the scope that the call needs."""

    status = grpc.StatusCode.PERMISSION_DENIED
    reason = errors_pb2.ERROR_REASON_INSUFFICIENT_SCOPE


class RateLimited(TelltaleError):
    """The token's rate limit is used up."""

    status = grpc.StatusCode.RESOURCE_EXHAUSTED
    reason = errors_pb2.ERROR_REASON_RATE_LIMITED


class Overloaded(TelltaleError):
    """The server is at its concurrency limit."""

    status = grpc.StatusCode.RESOURCE_EXHAUSTED
    reason = errors_pb2.ERROR_REASON_OVERLOADED


class StorageFull(TelltaleError):
    """The disk or its quota is full."""

    status = grpc.StatusCode.RESOURCE_EXHAUSTED
    reason = errors_pb2.ERROR_REASON_STORAGE_FULL


class DeadlineExceeded(TelltaleError):
    """The time budget ran out."""

    status = grpc.StatusCode.DEADLINE_EXCEEDED
    reason = errors_pb2.ERROR_REASON_DEADLINE_EXCEEDED


class Cancelled(TelltaleError):
    """The caller went away or cancelled."""

    status = grpc.StatusCode.CANCELLED
    reason = errors_pb2.ERROR_REASON_CANCELLED


class DetectorUnavailable(TelltaleError):
    """A detector, or the fusion service, could not be reached."""

    status = grpc.StatusCode.UNAVAILABLE
    reason = errors_pb2.ERROR_REASON_DETECTOR_UNAVAILABLE


class SandboxUnavailable(TelltaleError):
    """The decode sandbox cannot run here."""

    status = grpc.StatusCode.UNAVAILABLE
    reason = errors_pb2.ERROR_REASON_SANDBOX_UNAVAILABLE


class MediaInfected(TelltaleError):
    """A scanner or a rule of the operator knows the file for harmful."""

    status = grpc.StatusCode.INVALID_ARGUMENT
    reason = errors_pb2.ERROR_REASON_MEDIA_INFECTED


class MediaTooLong(TelltaleError):
    """The video or recording plays longer, or has more frames, than the limit."""

    status = grpc.StatusCode.INVALID_ARGUMENT
    reason = errors_pb2.ERROR_REASON_MEDIA_TOO_LONG


class WebhookRefused(TelltaleError):
    """The operator does not allow notifications to this address."""

    status = grpc.StatusCode.INVALID_ARGUMENT
    reason = errors_pb2.ERROR_REASON_WEBHOOK_REFUSED


class QuotaExceeded(TelltaleError):
    """A quota of the token is used up."""

    status = grpc.StatusCode.RESOURCE_EXHAUSTED
    reason = errors_pb2.ERROR_REASON_QUOTA_EXCEEDED


class TooManyNearDuplicates(TelltaleError):
    """The token has asked about too many variants of one picture."""

    status = grpc.StatusCode.RESOURCE_EXHAUSTED
    reason = errors_pb2.ERROR_REASON_TOO_MANY_NEAR_DUPLICATES


class ScannerUnavailable(TelltaleError):
    """Files must be scanned here and the scanner does not answer."""

    status = grpc.StatusCode.UNAVAILABLE
    reason = errors_pb2.ERROR_REASON_SCANNER_UNAVAILABLE


class StorageUnavailable(TelltaleError):
    """The database or the media store does not answer."""

    status = grpc.StatusCode.UNAVAILABLE
    reason = errors_pb2.ERROR_REASON_STORAGE_UNAVAILABLE


class NotConfigured(TelltaleError):
    """The operator has not set this up here."""

    status = grpc.StatusCode.FAILED_PRECONDITION
    reason = errors_pb2.ERROR_REASON_NOT_CONFIGURED


class ModelInvalid(TelltaleError):
    """The model card is missing, invalid, or does not match its artefact."""

    status = grpc.StatusCode.FAILED_PRECONDITION
    reason = errors_pb2.ERROR_REASON_MODEL_INVALID


class ModelUntrusted(TelltaleError):
    """The model, or what points at it, is not signed by a key that is trusted here."""

    status = grpc.StatusCode.FAILED_PRECONDITION
    reason = errors_pb2.ERROR_REASON_MODEL_UNTRUSTED


class ChannelChanged(TelltaleError):
    """Somebody else changed the channel first."""

    status = grpc.StatusCode.ABORTED
    reason = errors_pb2.ERROR_REASON_CHANNEL_CHANGED


class PromotionRefused(TelltaleError):
    """A gate, or a missing approval, keeps the model out of the channel."""

    status = grpc.StatusCode.FAILED_PRECONDITION
    reason = errors_pb2.ERROR_REASON_PROMOTION_REFUSED


class InvalidSettings(TelltaleError):
    """A setting is missing or wrong."""

    status = grpc.StatusCode.FAILED_PRECONDITION
    reason = errors_pb2.ERROR_REASON_INVALID_SETTINGS


class Internal(TelltaleError):
    """A fault of ours; the log holds the details."""

    status = grpc.StatusCode.INTERNAL
    reason = errors_pb2.ERROR_REASON_INTERNAL
