"""The application: read this file as the table of contents of the server."""

from __future__ import annotations

from typing import Any

from flask.json.provider import DefaultJSONProvider
from flask_openapi import Info, OpenAPI
from sqlalchemy import Engine

from gis_server import __version__, auth, errors, guard, headers, views
from gis_server.config import Config
from gis_server.guard import GuardedRequest
from gis_server.state import State, attach, commit
from gis_server.tiling.short import ShortWay
from gis_server.tiling.supply import supply_of
from gis_server.wire.base import ErrorBody


class FiniteJson(DefaultJSONProvider):
    """JSON that every browser parses: a NaN is an error here, not a blank map there."""

    ensure_ascii = False
    sort_keys = False
    compact = True

    def dumps(self, obj: Any, **options: Any) -> str:
        """Return the text of a value; a number that is not finite raises."""
        return super().dumps(obj, **{"separators": (",", ":"), **options, "allow_nan": False})


class Application(OpenAPI):
    """Flask with guarded JSON in, finite JSON out, and one commit at the end of a good request."""

    request_class = GuardedRequest
    json_provider_class = FiniteJson

    def dispatch_request(self) -> Any:
        """Run the view, then commit: what fails to commit is answered as an error, not as done."""
        answer = super().dispatch_request()
        commit()
        return answer


def create_app(config: Config, engine: Engine) -> Application:
    """Return the application over a migrated database."""
    app = Application(
        "gis_server",
        info=Info(title="onemap", version=__version__),
        doc_ui=False,
        static_folder=None,
        validation_error_model=ErrorBody,
        validation_error_callback=errors.refuse,
    )
    app.openapi_version = "3.1.0"
    app.config.update(
        MAX_CONTENT_LENGTH=config.max_upload_bytes,
        MAX_FORM_MEMORY_SIZE=512 * 1024,
        MAX_FORM_PARTS=20,
        PROPAGATE_EXCEPTIONS=False,
    )
    state = State(config, engine, supply_of(config))
    attach(app, state)
    app.wsgi_app = ShortWay(app.wsgi_app, state)  # type: ignore[method-assign, assignment]
    _trust(app, config)
    errors.register(app)
    guard.register(app)
    auth.register(app)
    headers.register(app)
    views.register(app)
    return app


def _trust(app: Application, config: Config) -> None:
    """Believe as many forwarding entries as there are proxies of ours in front."""
    if config.trusted_proxies and not config.demo:
        from werkzeug.middleware.proxy_fix import ProxyFix

        n = config.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=n, x_proto=n, x_host=n
        )
