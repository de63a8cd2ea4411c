-- Documents of features, and plan images laid on the map. Contents lie in files under their hash.

CREATE TABLE document (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    layer VARCHAR NOT NULL,
    feature_id UUID NOT NULL,
    kind VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    file_name VARCHAR NOT NULL,
    media_type VARCHAR NOT NULL,
    size_bytes BIGINT NOT NULL,
    sha256 VARCHAR NOT NULL,
    width_px BIGINT,
    height_px BIGINT,
    taken_at VARCHAR,
    lon FLOAT,
    lat FLOAT,
    region VARCHAR,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    created_by VARCHAR,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT document_pkey PRIMARY KEY (id),
    CONSTRAINT document_sha256_check CHECK (sha256 ~ '^[0-9a-f]{64}$')
);
CREATE INDEX document_layer_feature_idx ON document (layer, feature_id);
CREATE INDEX document_sha256_idx ON document (sha256);
SELECT onemap_watch('document');

CREATE TABLE site_plan (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    document_id UUID NOT NULL,
    title VARCHAR NOT NULL,
    corners JSONB NOT NULL,
    opacity FLOAT DEFAULT '0.7' NOT NULL,
    residual_m FLOAT,
    region VARCHAR,
    geom geometry(POLYGON,4326) NOT NULL,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT site_plan_pkey PRIMARY KEY (id),
    CONSTRAINT site_plan_document_id_fkey FOREIGN KEY (document_id) REFERENCES document (id) ON DELETE CASCADE
);
CREATE INDEX site_plan_document_id_idx ON site_plan (document_id);
CREATE INDEX idx_site_plan_geom ON site_plan USING gist (geom);
SELECT onemap_watch('site_plan');
