"""The site's own key: Ed25519 (RFC 8032), made once, kept in a file that nobody else may read."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import stat
import tempfile
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from layers.errors import SetupError

KEY_FILE = "pack.pem"


def site_key(folder: Path, *, given: Path | None = None) -> Ed25519PrivateKey:
    """Return the key that signs this site's packs, made now where there is none yet.

    Parameters
    ----------
    folder
        Where the site keeps its keys.
    given
        A file of the site's own instead, with the private key as PEM (PKCS #8, without password).

    Raises
    ------
    SetupError
        The file is not there, holds no Ed25519 key, or others may read it.
    """
    path = given or folder / KEY_FILE
    if given is None and not path.exists():
        _make(path)
    return _read(path)


def public(key: Ed25519PrivateKey) -> str:
    """Return the public half as packs name it: 32 raw bytes in base64."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def fingerprint(key: str) -> str:
    """Return a public key as people compare it: 16 hexadecimal digits of its SHA-256."""
    digest = hashlib.sha256(key.encode()).hexdigest()[:16]
    return " ".join(digest[at : at + 4] for at in range(0, 16, 4))


def sign(key: Ed25519PrivateKey, body: bytes) -> bytes:
    """Return the signature over exact bytes, in base64."""
    return base64.b64encode(key.sign(body))


def signed(key: str, signature: bytes, body: bytes) -> bool:
    """Tell whether a signature, in base64 as `sign` writes it, is the key's over these bytes."""
    try:
        raw = base64.b64decode(signature, validate=True)
        public_key = Ed25519PublicKey.from_public_bytes(base64.b64decode(key, validate=True))
        public_key.verify(raw, body)
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return base64.b64encode(raw) == signature  # of several spellings only ours


def _make(path: Path) -> None:
    """Write a new key so that two programs at once end up with one."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".key-")  # mode 0600
    fresh = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.link(fresh, path)
    except FileExistsError:
        pass  # another process was faster: its key is the site's
    finally:
        fresh.unlink()


def _read(path: Path) -> Ed25519PrivateKey:
    try:
        mode = path.stat().st_mode
        text = path.read_bytes()
    except OSError as error:
        raise SetupError(
            f"the key of packs cannot be read: {path}: {error.strerror}",
            code="pack_key", file=str(path), reason=error.strerror or "",
        ) from error  # fmt: skip
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SetupError(
            f"others may read the key of packs, {path}: chmod 600 it, and make a new one if "
            "somebody may have read it",
            code="pack_key_open", file=str(path),
        )  # fmt: skip
    try:
        key = serialization.load_pem_private_key(text, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        key, reason = None, str(error)[:200]
    else:
        reason = "it is of another kind"
    if not isinstance(key, Ed25519PrivateKey):
        raise SetupError(
            f"{path} holds no Ed25519 key as PEM without password: {reason}",
            code="pack_key", file=str(path), reason=reason,
        )  # fmt: skip
    return key
