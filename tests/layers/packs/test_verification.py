"""A pack is believed whole or not at all: every byte, the signer, the date."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import io
import json
import random
import uuid
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from layers.errors import DamagedError, InvalidInputError, OneMapError, TooLargeError
from layers.packs import container, signing
from layers.packs.container import Entry
from layers.packs.manifest import Part, written
from layers.packs.sealing import Made, seal
from layers.packs.verification import verify

NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SAID: dict[str, Any] = {
    "id": str(uuid.UUID(int=7)), "name": "一包", "made_at": "2026-05-01T00:00:00+00:00",
    "expires_at": "2026-07-01T00:00:00+00:00", "epoch": str(uuid.UUID(int=9)), "revision": 12,
}  # fmt: skip
PARTS = {
    "basemap.pmtiles": random.Random(1).randbytes(700),
    "features/team.json.gz": b"",
    "forms.json": b'{"layers": []}',
}


def sealed(
    tmp_path: Path, *, parts: dict[str, bytes] = PARTS, max_bytes: int = 10**9, **said: Any
) -> Path:
    made = []
    for number, (name, body) in enumerate(parts.items()):
        path = tmp_path / str(number)
        path.write_bytes(body)
        made.append(Made(path, name, "application/octet-stream", "test"))
    target = tmp_path / "a.onemap"
    seal(target, made, SAID | said, key=KEY, site="某市", max_bytes=max_bytes)
    return target


def checked(path: Path, *, now: dt.datetime = NOW, trusted: Any = None) -> Any:
    return verify(path, now=now, trusted=trusted)


def refused(path: Path, **options: Any) -> str:
    with pytest.raises(OneMapError) as caught:
        checked(path, **options)
    return caught.value.code


def forged(
    path: Path, *, parts: dict[str, bytes], listed: dict[str, bytes] | None = None, **said: Any
) -> Path:
    """Write a pack signed by KEY whose file holds other entries than a careful writer's."""
    described = [
        Part(name, len(body), hashlib.sha256(body).hexdigest(), "x/y", "test")
        for name, body in (parts if listed is None else listed).items()
    ]
    body = written(SAID | said, described, key=signing.public(KEY), site=None)
    whole = {"manifest.json": body, "manifest.sig": signing.sign(KEY, body), **parts}
    with path.open("wb") as file:
        container.write(
            file, [(Entry(name, len(b), zlib.crc32(b)), b) for name, b in whole.items()]
        )
    return path


def test_what_was_sealed_is_believed_and_read_by_another_reader(tmp_path: Path) -> None:
    path = sealed(tmp_path)
    manifest = checked(path, trusted={signing.public(KEY)})
    assert (manifest.name, manifest.site, manifest.body["revision"]) == ("一包", "某市", 12)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["manifest.json", "manifest.sig", *PARTS]
        assert all(info.compress_type == zipfile.ZIP_STORED for info in archive.infolist())
        for name, body in PARTS.items():
            assert archive.read(name) == body
        for part, info in zip(manifest.parts, archive.infolist()[2:], strict=True):
            assert (part.name, part.size) == (info.filename, info.file_size)


def test_the_same_parts_make_the_same_file(tmp_path: Path) -> None:
    assert sealed(tmp_path).read_bytes() == sealed(tmp_path).read_bytes()


def test_a_flipped_bit_is_found_wherever_it_lies(tmp_path: Path) -> None:
    path = sealed(tmp_path)
    good = path.read_bytes()
    bits = random.Random(3)
    for at in range(len(good)):
        bad = bytearray(good)
        bad[at] ^= 1 << bits.randrange(8)
        path.write_bytes(bad)
        with pytest.raises(OneMapError):
            checked(path)
    path.write_bytes(good)
    checked(path)


def test_a_file_cut_at_any_byte_is_refused(tmp_path: Path) -> None:
    path = sealed(tmp_path)
    good = path.read_bytes()
    for length in range(len(good)):
        path.write_bytes(good[:length])
        assert refused(path) in ("pack_cut", "pack_no_zip")


@pytest.mark.parametrize("extra", [b"\0", b"PK\x05\x06" + bytes(18)])
def test_bytes_after_the_end_are_refused(tmp_path: Path, extra: bytes) -> None:
    path = sealed(tmp_path)
    path.write_bytes(path.read_bytes() + extra)
    assert refused(path) in ("pack_cut", "pack_no_zip", "pack_manifest")


def test_bytes_hidden_between_two_parts_are_refused(tmp_path: Path) -> None:
    """An archive that another program repacked may be sound and yet hold what nobody signed."""
    path = sealed(tmp_path)
    with zipfile.ZipFile(path) as archive:
        held = [(name, archive.read(name)) for name in archive.namelist()]
    with zipfile.ZipFile(path, "w") as archive:
        for name, body in held:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.extra = b"\xfe\xca\x04\x00evil"
            archive.writestr(info, body)
    assert refused(path) == "pack_changed"


def test_a_changed_part_is_named(tmp_path: Path) -> None:
    path = sealed(tmp_path)
    raw = path.read_bytes()
    at = raw.index(PARTS["basemap.pmtiles"])
    path.write_bytes(raw[: at + 5] + bytes([raw[at + 5] ^ 1]) + raw[at + 6 :])
    with pytest.raises(DamagedError) as caught:
        checked(path)
    assert (caught.value.code, caught.value.details["part"]) == ("pack_part", "basemap.pmtiles")


def test_a_changed_manifest_does_not_fit_its_signature(tmp_path: Path) -> None:
    path = sealed(tmp_path)
    raw = path.read_bytes()
    path.write_bytes(raw.replace(b'"revision": 12', b'"revision": 13'))
    assert refused(path) == "pack_signature"


def test_another_signer_is_refused_and_told(tmp_path: Path) -> None:
    path = sealed(tmp_path)
    assert refused(path, trusted=set()) == "pack_signer"
    other = signing.public(Ed25519PrivateKey.generate())
    with pytest.raises(InvalidInputError) as caught:
        checked(path, trusted={other})
    assert caught.value.details["key"] == signing.public(KEY)


def test_a_manifest_signed_by_another_than_it_names_is_refused(tmp_path: Path) -> None:
    path = sealed(tmp_path)
    raw = path.read_bytes()
    own = signing.public(KEY).encode()
    other = signing.public(Ed25519PrivateKey.generate()).encode()
    path.write_bytes(raw.replace(own, other))
    assert refused(path, trusted={other.decode()}) == "pack_signature"


def test_a_signature_written_in_another_way_is_not_the_same(tmp_path: Path) -> None:
    body = b"manifest"
    good = signing.sign(KEY, body)
    assert signing.signed(signing.public(KEY), good, body)
    assert good.endswith(b"==")
    # The last letter before the padding has four bits that say nothing.
    letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    spelled = good[:-3] + letters[letters.index(good[-3]) | 1 :][:1] + b"=="
    assert base64.b64decode(spelled) == base64.b64decode(good)
    assert not signing.signed(signing.public(KEY), spelled, body)


def test_a_pack_past_its_date_is_refused(tmp_path: Path) -> None:
    path = sealed(tmp_path)
    assert refused(path, now=dt.datetime(2026, 7, 1, tzinfo=dt.UTC)) == "pack_expired"


def test_a_pack_of_a_later_format_is_refused_as_such(tmp_path: Path) -> None:
    path = forged(tmp_path / "b.onemap", parts={"forms.json": b"{}"})
    raw = path.read_bytes().replace(b'"format_version": 1', b'"format_version": 2')
    path.write_bytes(raw)
    with pytest.raises(InvalidInputError) as caught:
        checked(path)
    assert (caught.value.code, caught.value.details["got"]) == ("pack_future", 2)


@pytest.mark.parametrize(
    "name",
    ["../out.txt", "/etc/passwd", "a/../../b", "a\\b", "C:evil", "a//b", ".hidden", "a/./b", "a/",
     "名.txt", "a b", "nul\0x"],
)  # fmt: skip
def test_a_name_that_leads_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr("manifest.json", "{}")
        info = zipfile.ZipInfo("placeholder")
        info.filename = name
        archive.writestr(info, b"x")
    path = tmp_path / "c.onemap"
    path.write_bytes(raw.getvalue())
    assert refused(path) == "pack_name"


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("other", ["forms.json", "FORMS.json"])
def test_a_name_that_comes_twice_is_refused(tmp_path: Path, other: str) -> None:
    path = tmp_path / "d.onemap"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("forms.json", b"1")
        archive.writestr(other, b"2")
    assert refused(path) == "pack_doubled"


def test_a_compressed_entry_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "e.onemap"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", "{}" * 100)
    assert refused(path) == "pack_compressed"


@pytest.mark.parametrize("header", ["local", "directory"])
def test_a_size_that_lies_is_refused(tmp_path: Path, header: str) -> None:
    path = sealed(tmp_path)
    raw = bytearray(path.read_bytes())
    name, body = b"forms.json", PARTS["forms.json"]
    at = raw.index(name + body) - 8 if header == "local" else raw.rindex(name) - 22
    raw[at : at + 4] = (2**31).to_bytes(4, "little")
    path.write_bytes(raw)
    assert refused(path) == "pack_size"


def test_sizes_that_lie_alike_everywhere_are_refused(tmp_path: Path) -> None:
    body = b"{}"
    path = forged(tmp_path / "f.onemap", parts={"forms.json": body}, listed={"forms.json": b"{"})
    assert refused(path) == "pack_size"


@pytest.mark.parametrize(
    ("parts", "listed"),
    [({"a": b"1", "b": b"2"}, {"a": b"1"}), ({"a": b"1"}, {"a": b"1", "b": b"2"}),
     ({"a": b"1", "b": b"2"}, {"b": b"2", "a": b"1"})],
)  # fmt: skip
def test_parts_that_the_manifest_does_not_name_are_refused(
    tmp_path: Path, parts: dict[str, bytes], listed: dict[str, bytes]
) -> None:
    assert refused(forged(tmp_path / "g.onemap", parts=parts, listed=listed)) == "pack_parts"


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b'{"format": "other"}', b'{"format": "onemap-pack"}', b"[" * 100_000,
     b'{"format": "onemap-pack", "format_version": true}',
     b'{"format": "onemap-pack", "format_version": 1}',
     b'{"format": "onemap-pack", "format_version": 1, "parts": 4}', b"\xff\xfe", b"NaN"],
)  # fmt: skip
def test_a_manifest_that_is_none_is_refused(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "h.onemap"
    signature = signing.sign(KEY, body)
    with path.open("wb") as file:
        container.write(file, [
            (Entry("manifest.json", len(body), zlib.crc32(body)), body),
            (Entry("manifest.sig", len(signature), zlib.crc32(signature)), signature),
        ])  # fmt: skip
    assert refused(path) == "pack_manifest"


@pytest.mark.parametrize(
    "change",
    [lambda m: m.update(made_at="yesterday"), lambda m: m.update(made_at="2026-01-01T00:00:00"),
     lambda m: m.update(id="x"), lambda m: m.update(revision="12"), lambda m: m.pop("epoch"),
     lambda m: m["signer"].pop("key"), lambda m: m["parts"][0].update(name="../x"),
     lambda m: m["parts"][0].update(bytes=-1), lambda m: m["parts"][0].update(sha256="0" * 63)],
)  # fmt: skip
def test_a_manifest_with_a_word_that_cannot_be_is_refused(
    tmp_path: Path, change: Callable[[dict[str, Any]], Any]
) -> None:
    part = Part("forms.json", 2, "0" * 64, "x/y", "test")
    manifest = json.loads(written(SAID, [part], key=signing.public(KEY), site=None))
    change(manifest)
    body = json.dumps(manifest).encode()
    path = tmp_path / "i.onemap"
    signature = signing.sign(KEY, body)
    with path.open("wb") as file:
        container.write(file, [
            (Entry("manifest.json", len(body), zlib.crc32(body)), body),
            (Entry("manifest.sig", len(signature), zlib.crc32(signature)), signature),
        ])  # fmt: skip
    assert refused(path) == "pack_manifest"


def test_a_file_that_is_no_pack_is_refused(tmp_path: Path) -> None:
    noise = random.Random(5)
    path = tmp_path / "j.onemap"
    for length in (0, 1, 21, 22, 23, 1000, 100_000):
        path.write_bytes(noise.randbytes(length))
        assert refused(path) == "pack_no_zip"


def test_a_directory_that_promises_the_moon_takes_no_memory(tmp_path: Path) -> None:
    path = sealed(tmp_path)
    raw = bytearray(path.read_bytes())
    raw[-12:-8] = raw[-14:-12] = b"\xff\xff"
    path.write_bytes(raw)
    assert refused(path) in ("pack_cut", "pack_no_zip")


def test_a_pack_over_its_bound_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(TooLargeError) as caught:
        sealed(tmp_path, max_bytes=500)
    assert caught.value.code == "pack_too_large"
    assert not list(tmp_path.glob("*.onemap*")) and not list(tmp_path.glob(".*"))
