"""One blueprint a noun: parse, call, serialise."""

from __future__ import annotations

from flask_openapi import OpenAPI

from gis_server.views import (
    alerts,
    asked_grade,
    assessments,
    basemap_file,
    bulletins,
    calls,
    cards,
    closures,
    coordinates,
    deadlines,
    decisions,
    digest,
    dispatch,
    docs,
    documents,
    dossier,
    duplicates,
    events,
    exports,
    external,
    features,
    grading,
    ground,
    handovers,
    health,
    import_sheets,
    imports,
    incident_file,
    incidents,
    layers,
    log,
    models,
    networks,
    notes,
    observations,
    ogc,
    ogc_items,
    ogc_tiles,
    packs,
    pages,
    places,
    plot_files,
    plot_signs,
    plots,
    positions,
    prints,
    proposals,
    queries,
    raster_tiles,
    rasters,
    readings,
    replay,
    resilience,
    roads,
    saved_views,
    session,
    sheets,
    situation_report,
    speeds,
    statistics,
    styles,
    tasks,
    themes,
    tiles,
    tracks,
    user_layers,
    walls,
    wmts,
)

NOUNS = (
    health, session, layers, log, features, grading, places, queries, statistics, themes, exports,
    roads, models, incidents, assessments, sheets, observations, imports, import_sheets, events,
    tiles, documents, dossier, user_layers, coordinates, duplicates, closures, dispatch,
    positions, tracks, alerts, speeds, tasks, resilience, networks, rasters, raster_tiles,
    ogc, ogc_items, ogc_tiles, wmts,
    ground, basemap_file, external, styles,
    packs, prints, situation_report,
    saved_views, walls,
    notes, decisions, calls, readings, proposals, cards, plots, plot_files, plot_signs,
    replay,
    incident_file, asked_grade, bulletins, deadlines, handovers, digest,
)  # fmt: skip


def register(app: OpenAPI) -> None:
    """Register every noun, the API's description, and the pages, which take what is left."""
    for noun in NOUNS:
        app.register_api(noun.bp)
    app.register_api(external.tiles_bp)
    docs.register(app)
    pages.register(app)
