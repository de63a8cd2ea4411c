"""The program's settings: defaults, then `ONEMAP_*` in the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from layers.errors import SetupError

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Config(BaseSettings):
    """Everything that a site can set; each field is `ONEMAP_<FIELD>` in the environment.

    `database_url` names a PostgreSQL server; left out, the program runs its own below `var`.
    `migrator_url` names the same database for the role that owns its schema; left out, the
    program's own role brings the schema up to date, and must be allowed to.
    `trusted_proxies` is how many proxies of ours stand in front (1 behind the bundle's Caddy):
    that many forwarding entries are believed, and none in demo mode.
    `chromium` is the browser that prints; `chromium_sandbox` lets it shut itself in, which it
    cannot do as root or where the system has no user namespaces.
    """

    model_config = SettingsConfigDict(env_prefix="ONEMAP_", extra="ignore", frozen=True)

    database_url: str | None = None
    migrator_url: str | None = None
    var: Path = Path("var")
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    demo: bool = False
    timezone: str = "Asia/Shanghai"
    site_name: str | None = None
    site_name_en: str | None = None
    trusted_proxies: int = Field(default=0, ge=0, le=3)
    workers: int = Field(default=2, ge=1, le=32)
    threads: int = Field(default=64, ge=4, le=1024)
    pool_size: int = Field(default=10, ge=2, le=100)
    statement_timeout_ms: int = Field(default=5000, ge=100)
    tile_cache_mb: int = Field(default=512, ge=0, le=1_000_000)
    max_body_bytes: int = Field(default=2 * 1024**2, ge=1024)
    max_upload_bytes: int = Field(default=1024**3, ge=1024)
    max_document_bytes: int = Field(default=100 * 1024**2, ge=1024)
    upload_days: int = Field(default=14, ge=1, le=3650)
    position_days: int = Field(default=90, ge=7, le=3650)
    pack_key: Path | None = None
    pack_max_bytes: int = Field(default=2 * 1024**3, ge=1024, le=4_000_000_000)
    packs_max_bytes: int = Field(default=20 * 1024**3, ge=1024)
    chromium: Path = Path("/usr/bin/chromium")
    chromium_sandbox: bool = True
    print_limit_s: float = Field(default=180.0, ge=5, le=600)
    heartbeat_s: float = Field(default=15.0, gt=0)
    recheck_s: float = Field(default=30.0, gt=0, le=60)
    session_idle_s: int = Field(default=30 * 60, ge=60)
    session_absolute_s: int = Field(default=12 * 3600, ge=60)

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        ZoneInfo(name)
        return name

    @field_validator("database_url", "migrator_url")
    @classmethod
    def _readable_url(cls, url: str | None) -> str | None:
        if not url:
            return None
        try:
            make_url(url)
        except (ArgumentError, ValueError):
            # Without the URL in the words: it holds a password.
            raise ValueError(
                "not a database address; wanted postgresql+psycopg://user:password@host:5432/name"
            ) from None
        return url

    @model_validator(mode="after")
    def _demo_stays_at_home(self) -> Self:
        if self.demo and self.host not in LOOPBACK:
            raise SetupError(
                f"demo mode signs every visitor in as commander, so it serves loopback only; "
                f"got host {self.host!r}, wanted one of {', '.join(LOOPBACK)}. "
                "Set ONEMAP_HOST=127.0.0.1, or unset ONEMAP_DEMO and sign in with a password.",
                code="demo_off_loopback",
                host=self.host,
            )
        return self

    @property
    def zone(self) -> ZoneInfo:
        """Return the site's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def networks_dir(self) -> Path:
        """Return where compiled road networks are cached."""
        return self.var / "networks"

    @property
    def tiles_dir(self) -> Path:
        """Return where tiles are cached."""
        return self.var / "tiles"

    @property
    def packs_dir(self) -> Path:
        """Return where packs lie until they expire."""
        return self.var / "packs"

    @property
    def prints_dir(self) -> Path:
        """Return where prints of the map lie for a day."""
        return self.var / "prints"

    @property
    def keys_dir(self) -> Path:
        """Return where the site keeps keys of its own."""
        return self.var / "keys"

    @property
    def rasters_dir(self) -> Path:
        """Return where the files that rasters are drawn from lie; they can be made anew."""
        return self.var / "rasters"

    @property
    def uploads_dir(self) -> Path:
        """Return where uploaded files wait for their check."""
        return self.var / "uploads"

    @property
    def documents_dir(self) -> Path:
        """Return where the contents of documents lie."""
        return self.var / "documents"
