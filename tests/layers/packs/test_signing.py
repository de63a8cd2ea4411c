"""The site's key: made once, read by nobody else, replaced by no second one."""

from __future__ import annotations

import base64
import stat
import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from layers.errors import SetupError
from layers.packs import signing

# RFC 8032, section 7.1, TEST 2.
SECRET = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"
PUBLIC = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
SIGNATURE = (
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


def test_a_signature_is_that_of_the_standard() -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(SECRET))
    assert base64.b64decode(signing.public(key)).hex() == PUBLIC
    assert base64.b64decode(signing.sign(key, b"\x72")).hex() == SIGNATURE
    assert signing.signed(signing.public(key), signing.sign(key, b"\x72"), b"\x72")
    assert not signing.signed(signing.public(key), signing.sign(key, b"\x72"), b"\x73")


def test_a_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    first = signing.site_key(tmp_path / "keys")
    again = signing.site_key(tmp_path / "keys")
    assert signing.public(first) == signing.public(again)
    (file,) = (tmp_path / "keys").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_programs_that_make_a_key_at_once_end_up_with_one(tmp_path: Path) -> None:
    found: list[str] = []
    gate = threading.Barrier(8)

    def make() -> None:
        gate.wait()
        found.append(signing.public(signing.site_key(tmp_path / "keys")))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    signing.site_key(tmp_path)
    (tmp_path / signing.KEY_FILE).chmod(0o640)
    with pytest.raises(SetupError) as caught:
        signing.site_key(tmp_path)
    assert caught.value.code == "pack_key_open"


def test_a_key_of_ones_own_is_used(tmp_path: Path) -> None:
    own = tmp_path / "own.pem"
    made = signing.site_key(tmp_path / "other")
    own.touch(0o600)
    own.write_bytes((tmp_path / "other" / signing.KEY_FILE).read_bytes())
    assert signing.public(signing.site_key(tmp_path, given=own)) == signing.public(made)
    assert not (tmp_path / signing.KEY_FILE).exists()


@pytest.mark.parametrize("held", ["nothing", "noise", "another kind"])
def test_a_file_that_is_no_key_is_refused(tmp_path: Path, held: str) -> None:
    path = tmp_path / "own.pem"
    if held != "nothing":
        path.touch(0o600)
        path.write_bytes(b"not a key")
    if held == "another kind":
        other = ec.generate_private_key(ec.SECP256R1())
        path.write_bytes(other.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ))  # fmt: skip
    with pytest.raises(SetupError) as caught:
        signing.site_key(tmp_path, given=path)
    assert caught.value.code == "pack_key"
