"""What a signature file may look like: no more than what our signer writes of the format, so that nothing else is interpreted.

The format (Sigstore bundle v0.3, DSSE, in-toto statement, OpenSSF model signature v1.0) can also name files that are left out,
links that are followed, and keys of other kinds. None of that may come from the one who is to be verified.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kit.errors import ModelUntrusted

MAX_SIGNATURE_BYTES = 1 << 16
"""No signature of a folder is longer."""

_Digest = Annotated[str, Field(pattern=r"\A[0-9a-f]{64}\z")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class _PublicKey(_Part):
    hint: _Digest


class _Material(_Part):
    public_key: _PublicKey = Field(alias="publicKey")
    log_entries: list[None] = Field(alias="tlogEntries", max_length=0)


class _Signature(_Part):
    sig: str
    key_id: Literal[""] = Field(alias="keyid")


class _Envelope(_Part):
    payload: str
    payload_type: Literal["application/vnd.in-toto+json"] = Field(alias="payloadType")
    signatures: list[_Signature] = Field(min_length=1, max_length=1)


class _Bundle(_Part):
    media_type: Literal["application/vnd.dev.sigstore.bundle.v0.3+json"] = Field(alias="mediaType")
    material: _Material = Field(alias="verificationMaterial")
    envelope: _Envelope = Field(alias="dsseEnvelope")


class _SubjectDigest(_Part):
    sha256: _Digest


class _Subject(_Part):
    name: str
    digest: _SubjectDigest


class _Resource(_Part):
    name: str
    algorithm: Literal["sha256"]
    digest: _Digest


class _Serialization(_Part):
    method: Literal["files"]
    hash_type: Literal["sha256"]
    allow_symlinks: Literal[False]


class _Predicate(_Part):
    resources: list[_Resource] = Field(min_length=1)
    serialization: _Serialization


class _Statement(_Part):
    kind: Literal["https://in-toto.io/Statement/v1"] = Field(alias="_type")
    subject: list[_Subject] = Field(min_length=1, max_length=1)
    predicate_type: Literal["https://model_signing/signature/v1.0"] = Field(alias="predicateType")
    predicate: _Predicate


@dataclass(frozen=True)
class Claim:
    """What a signature file claims; the library finds out whether it is true.

    Attributes:
        key_pem_sha256: names the key, by the SHA-256 of the PEM of its public half.
        files: SHA-256 of each file by its path in the folder.
    """

    key_pem_sha256: str
    files: Mapping[str, str]


def claim_in(raw: bytes) -> Claim:
    """What a signature file claims. Raises ModelUntrusted when it is not as ours are."""
    if len(raw) > MAX_SIGNATURE_BYTES:
        raise ModelUntrusted(
            f"the model's signature is longer than {MAX_SIGNATURE_BYTES} bytes; publish the model again"
        )
    try:
        bundle = _Bundle.model_validate_json(raw)
        base64.b64decode(bundle.envelope.signatures[0].sig, validate=True)
        statement = _Statement.model_validate_json(base64.b64decode(bundle.envelope.payload, validate=True))
    except (ValidationError, binascii.Error) as error:
        raise ModelUntrusted(
            f"the model's signature is none of ours: {_first(error)}; publish the model again"
        ) from error
    files = {resource.name: resource.digest for resource in statement.predicate.resources}
    return Claim(bundle.material.public_key.hint, files)


def _first(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    problem = error.errors(include_url=False, include_input=False, include_context=False)[0]
    return f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}"
