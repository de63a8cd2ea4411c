"""Places that a phone shares: links of map apps, texts around a pair of numbers, MGRS.

A link is read and never fetched. Which system its numbers are in follows from the app: what amap
and qq share is in GCJ-02, what baidu shares in BD-09 unless the link says otherwise.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import mgrs  # type: ignore[import-untyped]

from layers.crs.shifted import CHINA_BOX
from layers.crs.systems import BD09, GCJ02, WGS84, Crs
from layers.errors import InvalidInputError

LONGEST = 2000
_LINK = re.compile(
    r"(?:https?://|(?:androidamap|iosamap|qqmap|baidumap|bdapp)://)[^\s<>\"'，。）)]+", re.I
)
_PAIR = re.compile(r"(?<![\w.])(-?\d{1,3}(?:\.\d+)?)\s*[,，]\s*(-?\d{1,3}(?:\.\d+)?)")
_LOOSE = re.compile(r"(?<![\d.])(-?\d{1,3}\.\d{3,})\s*[,，;\s]\s*(-?\d{1,3}\.\d{3,})(?![\d.])")
_SHORT = ("surl.amap.com", "j.map.baidu.com", "url.cn", "maps.app.goo.gl", "goo.gl")
_MGRS = re.compile(r"(?:\d{1,2}\s*[C-HJ-NP-X]|[ABYZ])\s*[A-HJ-NP-Z]{2}((?:\s*\d){2,10})", re.I)
_MGRS_DIGITS = 5

Query = Mapping[str, list[str]]


@dataclass(frozen=True)
class Shared:
    """Two numbers that were shared: lon and lat in `crs`, by which app or form."""

    lon: float
    lat: float
    crs: Crs
    by: str
    precision_m: float | None = None


def shared(text: str) -> Shared | None:
    """Return the place of a shared text, or None where it is none: neither link nor MGRS.

    Raises
    ------
    InvalidInputError
        `"share_short"`: a short link, which holds no place and is not followed; `"share_unknown"`:
        no app that we know, or no place in it; `"mgrs"`: such a square there is not.
    """
    if len(text) > LONGEST:
        return None
    stripped = text.strip()
    if _MGRS.fullmatch(stripped):
        return _of_mgrs(stripped)
    link = _LINK.search(text)
    if link is None:
        return None
    # Some apps write the place beside a link that holds none.
    beside = _LOOSE.search(text[: link.start()] + " " + text[link.end() :])
    try:
        return _of_link(link.group())
    except InvalidInputError:
        if beside is None:
            raise
    lon, lat = _in_order(float(beside[1]), float(beside[2]))
    return Shared(lon, lat, _shifted_in_china(lon, lat), "text")


def _of_link(link: str) -> Shared:
    try:
        parts = urlsplit(link)
        host = (parts.hostname or "").lower()
        query = parse_qs(parts.query, max_num_fields=40)
    except ValueError as error:  # brackets without an address, or fields without end
        raise InvalidInputError(
            f"this is no link: {error}", code="share_unknown", got=link[:100],
            wanted=", ".join(_NAMES),
        ) from error  # fmt: skip
    if parts.scheme not in ("http", "https"):
        host = parts.scheme.lower()
    if any(host == each or host.endswith("." + each) for each in _SHORT):
        raise InvalidInputError(
            f"{host}: a short link holds no place", code="share_short", got=host
        )
    for name, read in _APPS.items():
        if host == name or host.endswith("." + name):
            found = read(query, parts.path)
            if found is not None and _on_earth(found):
                return found
    raise InvalidInputError(
        f"{host}: no place in this link", code="share_unknown", got=host[:100],
        wanted=", ".join(_NAMES),
    )  # fmt: skip


def _amap(query: Query, path: str) -> Shared | None:
    crs = WGS84 if _first(query, "coordinate") == "wgs84" or _first(query, "dev") == "1" else GCJ02
    for name in ("position", "to", "from", "lnglat", "location"):
        pair = _pair(_first(query, name))
        if pair:
            return Shared(pair[0], pair[1], crs, "amap")
    # p=<id>,lat,lon,name,address and q=lat,lon,name
    for name in ("p", "q"):
        pair = _pair(_first(query, name))
        if pair:
            return Shared(pair[1], pair[0], crs, "amap")
    pair = _named(query, ("lon", "lng", "dlon"), ("lat", "dlat"))
    return Shared(*pair, crs, "amap") if pair else None


def _qq(query: Query, path: str) -> Shared | None:
    crs = WGS84 if _first(query, "coord_type") == "1" else GCJ02
    for name in ("marker", "coord", "center", "tocoord", "fromcoord", "location"):
        pair = _pair(_first(query, name))
        if pair:
            return Shared(pair[1], pair[0], crs, "qq")
    pair = _named(query, ("pointx",), ("pointy",))
    return Shared(*pair, crs, "qq") if pair else None


def _baidu(query: Query, path: str) -> Shared | None:
    told = (_first(query, "coord_type") or "").lower()
    crs = {"gcj02": GCJ02, "wgs84": WGS84}.get(told, BD09)
    for name in ("location", "latlng", "center", "destination", "origin"):
        pair = _pair(_first(query, name))
        if pair:
            return Shared(pair[1], pair[0], crs, "baidu")
    return None


def _apple(query: Query, path: str) -> Shared | None:
    for name in ("ll", "coordinate", "q", "daddr"):
        pair = _pair(_first(query, name))
        if pair:
            lon, lat = pair[1], pair[0]
            return Shared(lon, lat, _shifted_in_china(lon, lat), "apple")
    return None


_APPS: Mapping[str, Callable[[Query, str], Shared | None]] = {
    "amap.com": _amap, "gaode.com": _amap, "androidamap": _amap, "iosamap": _amap,
    "map.qq.com": _qq, "qqmap": _qq, "map.baidu.com": _baidu, "baidumap": _baidu, "bdapp": _baidu,
    "maps.apple.com": _apple,
}  # fmt: skip
_NAMES = ("amap", "qq", "baidu", "apple")


def _of_mgrs(text: str) -> Shared:
    """Return the middle of a square of the Military Grid Reference System."""
    squeezed = "".join(text.split()).upper()
    found = re.fullmatch(r"(\D*\d{0,2}\D+)(\d*)", squeezed)
    digits = found[2] if found else ""
    if found is None or len(digits) % 2:
        raise InvalidInputError(
            f"{text!r} is no MGRS square", code="mgrs", got=text[:60], wanted="50S MK 63912 16986"
        )
    half = len(digits) // 2
    middle = [
        (part + "5").ljust(_MGRS_DIGITS, "0")[:_MGRS_DIGITS]
        for part in (digits[:half], digits[half:])
    ]
    try:
        lat, lon = mgrs.MGRS().toLatLon(found[1] + "".join(middle))
    except mgrs.core.MGRSError:
        raise InvalidInputError(
            f"{text!r} is no MGRS square", code="mgrs", got=text[:60], wanted="50S MK 63912 16986"
        ) from None
    return Shared(lon, lat, WGS84, "mgrs", precision_m=10.0 ** (_MGRS_DIGITS - half))


def _first(query: Query, name: str) -> str | None:
    return query[name][0] if query.get(name) else None


def _pair(value: str | None) -> tuple[float, float] | None:
    """Return the first two numbers with a comma between, as they are written."""
    found = _PAIR.search(value or "")
    return (float(found[1]), float(found[2])) if found else None


def _named(
    query: Query, lons: tuple[str, ...], lats: tuple[str, ...]
) -> tuple[float, float] | None:
    values = []
    for names in (lons, lats):
        said = next((_first(query, name) for name in names if query.get(name)), None)
        try:
            values.append(float(said or ""))
        except ValueError:
            return None
    return values[0], values[1]


def _in_order(first: float, second: float) -> tuple[float, float]:
    """Return lon, lat of two numbers: what cannot be a latitude is the longitude."""
    west, south, east, north = CHINA_BOX
    if abs(first) > 90 or (west <= first <= east and south <= second <= north):
        return first, second
    return second, first


def _shifted_in_china(lon: float, lat: float) -> Crs:
    west, south, east, north = CHINA_BOX
    return GCJ02 if west <= lon <= east and south <= lat <= north else WGS84


def _on_earth(found: Shared) -> bool:
    return (
        math.isfinite(found.lon) and math.isfinite(found.lat)
        and abs(found.lon) <= 180 and abs(found.lat) <= 90
    )  # fmt: skip
