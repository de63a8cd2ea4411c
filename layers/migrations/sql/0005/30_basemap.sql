-- Base maps of a site and map services of others. The archives are files below `var/basemaps`, named
-- by their SHA-256; here is the register, so that every server and a restored site know which they are.
CREATE TABLE basemap_file (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    name VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL,
    bytes BIGINT NOT NULL,
    tiles BIGINT NOT NULL,
    min_zoom BIGINT NOT NULL,
    max_zoom BIGINT NOT NULL,
    extent geometry(POLYGON,4326) NOT NULL,
    layers VARCHAR[] NOT NULL,
    source VARCHAR NOT NULL,
    source_sha256 VARCHAR NOT NULL,
    attribution VARCHAR NOT NULL,
    osm_timestamp TIMESTAMP WITH TIME ZONE,
    made_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT basemap_file_pkey PRIMARY KEY (id),
    CONSTRAINT basemap_file_name_key UNIQUE (name),
    CONSTRAINT basemap_file_sha256_check CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT basemap_file_zoom_check CHECK (0 <= min_zoom AND min_zoom <= max_zoom AND max_zoom <= 22)
);
CREATE INDEX idx_basemap_file_extent ON basemap_file USING gist (extent);
SELECT onemap_watch('basemap_file');

-- A map service of others. `host` is the only one that is ever asked.
CREATE TABLE external_source (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    name VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    title_en VARCHAR,
    kind VARCHAR NOT NULL,
    address VARCHAR NOT NULL,
    host VARCHAR NOT NULL,
    subdomains VARCHAR[] DEFAULT '{}'::character varying[] NOT NULL,
    layer VARCHAR,
    style VARCHAR,
    matrix_set VARCHAR,
    format VARCHAR DEFAULT 'image/png'::character varying NOT NULL,
    datum VARCHAR DEFAULT 'wgs84'::character varying NOT NULL,
    min_zoom BIGINT DEFAULT 0 NOT NULL,
    max_zoom BIGINT DEFAULT 18 NOT NULL,
    attribution VARCHAR NOT NULL,
    opacity FLOAT DEFAULT 1 NOT NULL,
    has_key BOOLEAN DEFAULT false NOT NULL,
    intranet BOOLEAN DEFAULT false NOT NULL,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT external_source_pkey PRIMARY KEY (id),
    CONSTRAINT external_source_name_key UNIQUE (name),
    CONSTRAINT external_source_name_check CHECK (name ~ '^[a-z][a-z0-9_-]{0,39}$'),
    CONSTRAINT external_source_kind_check CHECK (kind IN ('xyz', 'wmts', 'wms')),
    CONSTRAINT external_source_datum_check CHECK (datum IN ('wgs84', 'gcj02', 'bd09')),
    CONSTRAINT external_source_zoom_check CHECK (0 <= min_zoom AND min_zoom <= max_zoom AND max_zoom <= 22),
    CONSTRAINT external_source_opacity_check CHECK (opacity > 0 AND opacity <= 1)
);
SELECT onemap_watch('external_source');

-- The key of a service, apart from what is told of it: no journal row, no answer, no event holds it.
CREATE TABLE external_key (
    source_id UUID NOT NULL,
    key VARCHAR NOT NULL,
    CONSTRAINT external_key_pkey PRIMARY KEY (source_id),
    CONSTRAINT external_key_source_id_fkey FOREIGN KEY (source_id)
        REFERENCES external_source (id) ON DELETE CASCADE
);
