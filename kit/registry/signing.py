"""Signatures of whole model folders in the format of OpenSSF Model Signing (https://github.com/sigstore/model-transparency).

Its library is imported where a folder is signed or verified: it takes seconds and tens of megabytes.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature

from kit.errors import ModelUntrusted
from kit.models.card import sha256_of
from kit.registry.bundle import Claim, claim_in
from kit.registry.trust import Trust, TrustedKey
from kit.sealing.person_keys import PersonKey

if TYPE_CHECKING:
    from model_signing import hashing


def sign_folder(folder: Path, signature: Path, key: PersonKey) -> None:
    """Signs every file in `folder` and writes the signature, which must lie outside of it."""
    from model_signing import signing

    with _memory_file(key.private_pem()) as private:
        config = signing.Config().use_elliptic_key_signer(private_key=private)
        config.set_hashing_config(_every_file()).sign(folder, signature)


def verify_folder(folder: Path, signature: Path, trust: Trust) -> TrustedKey:
    """Who signed exactly the files in `folder`, no more and no fewer. The signature must lie outside of it.

    Raises:
        ModelUntrusted: nobody who is trusted here, or a file is missing, is not signed, or was changed.
        OSError: a file cannot be read.
    """
    from model_signing import verifying

    claim = _claim(signature)
    signer = _signer(claim, trust)
    try:
        with _memory_file(signer.public.pem()) as public:
            config = verifying.Config().use_elliptic_key_verifier(public_key=public)
            config.set_hashing_config(_every_file()).verify(folder, signature)
    except InvalidSignature as error:
        raise ModelUntrusted(f"the model's signature is not by the key of {signer.name}, which it names") from error
    except ValueError as error:
        what = _difference(folder, claim) or str(error)
        raise ModelUntrusted(f"the model is not what {signer.name} signed: {what}") from error
    return signer


def _claim(signature: Path) -> Claim:
    try:
        return claim_in(signature.read_bytes())
    except FileNotFoundError as error:
        raise ModelUntrusted("the model has no signature; publish it again") from error


def _signer(claim: Claim, trust: Trust) -> TrustedKey:
    for key in trust.keys.values():
        if hashlib.sha256(key.public.pem()).hexdigest() == claim.key_pem_sha256:
            return key
    raise ModelUntrusted(
        f"the model is signed by a key that is not trusted here (SHA-256 of its PEM: {claim.key_pem_sha256[:16]}…); "
        "add it to the folder of trusted keys if it should be"
    )


def _difference(folder: Path, claim: Claim) -> str:
    """In words; the library shows digests as bytes."""
    found = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    common = sorted(found.keys() & claim.files.keys())
    facts = {
        "was changed": [name for name in common if sha256_of(found[name]) != claim.files[name]],
        "is missing": sorted(claim.files.keys() - found.keys()),
        "was not signed": sorted(found.keys() - claim.files.keys()),
    }
    return "; ".join(f"{', '.join(names)} {how}" for how, names in facts.items() if names)


def _every_file() -> hashing.Config:
    from model_signing import hashing

    return hashing.Config().set_ignored_paths(paths=[], ignore_git_paths=False)


@contextmanager
def _memory_file(content: bytes) -> Iterator[Path]:
    # The library takes keys by path. A private key gets no second file, and one that was read is not read again.
    descriptor = os.memfd_create("key", os.MFD_CLOEXEC)
    try:
        os.write(descriptor, content)
        yield Path(f"/proc/self/fd/{descriptor}")
    finally:
        os.close(descriptor)
