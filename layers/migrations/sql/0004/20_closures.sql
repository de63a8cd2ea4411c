-- What closes roads besides the zones of a plan: a layer like others, so it is on every map, in the
-- journal and in the event stream.
CREATE TABLE road_closure (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    fid BIGINT GENERATED ALWAYS AS IDENTITY,
    name VARCHAR,
    name_en VARCHAR,
    kind VARCHAR NOT NULL,
    reason VARCHAR,
    incident_id UUID,
    since TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    until TIMESTAMP WITH TIME ZONE,
    closed_by VARCHAR,
    lifted_at TIMESTAMP WITH TIME ZONE,
    lifted_by VARCHAR,
    ways BIGINT[] DEFAULT '{}'::bigint[] NOT NULL,
    region VARCHAR,
    source VARCHAR,
    source_date DATE,
    field_sources JSONB DEFAULT '{}'::jsonb NOT NULL,
    name_pinyin VARCHAR,
    geom geometry(GEOMETRY,4326) NOT NULL,
    geom_3857 geometry(GEOMETRY,3857) GENERATED ALWAYS AS (onemap_mercator(geom)) STORED,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT road_closure_pkey PRIMARY KEY (id),
    CONSTRAINT road_closure_geom_range_check CHECK (ST_XMin(geom) >= -180 AND ST_XMax(geom) <= 180 AND ST_YMin(geom) >= -90 AND ST_YMax(geom) <= 90),
    CONSTRAINT road_closure_geom_not_empty_check CHECK (NOT ST_IsEmpty(geom)),
    CONSTRAINT road_closure_geom_size_check CHECK (ST_NPoints(geom) <= 200000),
    CONSTRAINT road_closure_geom_valid_check CHECK (ST_Dimension(geom) < 2 OR ST_IsValid(geom)),
    CONSTRAINT road_closure_times_check CHECK (until > since),
    CONSTRAINT road_closure_ways_check CHECK (cardinality(ways) <= 20),
    CONSTRAINT road_closure_fid_key UNIQUE (fid),
    CONSTRAINT road_closure_incident_id_fkey FOREIGN KEY (incident_id)
        REFERENCES incident (id) ON DELETE CASCADE
);
CREATE INDEX idx_road_closure_geom ON road_closure USING gist (geom);
CREATE INDEX idx_road_closure_geom_3857 ON road_closure USING gist (geom_3857);
CREATE INDEX road_closure_region_idx ON road_closure (region);
CREATE INDEX road_closure_incident_id_idx ON road_closure (incident_id);
SELECT onemap_watch('road_closure');
