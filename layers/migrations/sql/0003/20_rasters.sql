-- Rasters of a site: terrain, fuel, people. Pixels lie in tiles of their own rows, so a backup, a
-- second server and a rollback need no rule for them; only the register is in the journal.

CREATE TABLE raster (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    kind VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    period VARCHAR,
    unit VARCHAR NOT NULL,
    crs VARCHAR NOT NULL,
    west FLOAT NOT NULL,
    north FLOAT NOT NULL,
    pixel_width FLOAT NOT NULL,
    pixel_height FLOAT NOT NULL,
    columns BIGINT NOT NULL,
    rows BIGINT NOT NULL,
    resolution_m FLOAT NOT NULL,
    minimum FLOAT,
    maximum FLOAT,
    source VARCHAR NOT NULL,
    source_date VARCHAR,
    licence VARCHAR,
    file_name VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL,
    region VARCHAR,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    geom geometry(POLYGON,4326) NOT NULL,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT raster_pkey PRIMARY KEY (id),
    CONSTRAINT raster_sha256_check CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT raster_kind_check CHECK (kind IN ('dem', 'fuel', 'population'))
);
CREATE INDEX idx_raster_geom ON raster USING gist (geom);

CREATE TABLE raster_tile (
    raster_id UUID NOT NULL,
    tile_row BIGINT NOT NULL,
    tile_column BIGINT NOT NULL,
    content BYTEA NOT NULL,
    CONSTRAINT raster_tile_pkey PRIMARY KEY (raster_id, tile_row, tile_column),
    CONSTRAINT raster_tile_raster_id_fkey FOREIGN KEY (raster_id) REFERENCES raster (id) ON DELETE CASCADE
);
-- Contents are packed already.
ALTER TABLE raster_tile ALTER COLUMN content SET STORAGE EXTERNAL;

SELECT onemap_watch('raster');
