-- Layers of the full list: parks, tanks, experts, what nature and floods need, the past, cameras;
-- and what enterprises, hazard sources, stock and teams have more to say.

CREATE TABLE park (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    fid BIGINT GENERATED ALWAYS AS IDENTITY,
    name VARCHAR NOT NULL,
    name_en VARCHAR,
    code VARCHAR,
    level VARCHAR,
    risk_level VARCHAR,
    area_km2 FLOAT,
    people BIGINT,
    owner VARCHAR,
    address VARCHAR,
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
    CONSTRAINT park_pkey PRIMARY KEY (id),
    CONSTRAINT park_geom_range_check CHECK (ST_XMin(geom) >= -180 AND ST_XMax(geom) <= 180 AND ST_YMin(geom) >= -90 AND ST_YMax(geom) <= 90),
    CONSTRAINT park_geom_not_empty_check CHECK (NOT ST_IsEmpty(geom)),
    CONSTRAINT park_geom_size_check CHECK (ST_NPoints(geom) <= 200000),
    CONSTRAINT park_geom_valid_check CHECK (ST_Dimension(geom) < 2 OR ST_IsValid(geom)),
    CONSTRAINT park_fid_key UNIQUE (fid),
    CONSTRAINT park_code_key UNIQUE (code)
);
CREATE INDEX idx_park_geom ON park USING gist (geom);
CREATE INDEX idx_park_geom_3857 ON park USING gist (geom_3857);
CREATE INDEX park_region_idx ON park (region);

CREATE TABLE tank (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    fid BIGINT GENERATED ALWAYS AS IDENTITY,
    name VARCHAR,
    name_en VARCHAR,
    hazard_source_id UUID,
    tag VARCHAR,
    container VARCHAR,
    substance VARCHAR,
    cas VARCHAR,
    hazard_class VARCHAR,
    quantity_t FLOAT,
    capacity_m3 FLOAT,
    pressure_pa FLOAT,
    temperature_k FLOAT,
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
    CONSTRAINT tank_pkey PRIMARY KEY (id),
    CONSTRAINT tank_geom_range_check CHECK (ST_XMin(geom) >= -180 AND ST_XMax(geom) <= 180 AND ST_YMin(geom) >= -90 AND ST_YMax(geom) <= 90),
    CONSTRAINT tank_geom_not_empty_check CHECK (NOT ST_IsEmpty(geom)),
    CONSTRAINT tank_geom_size_check CHECK (ST_NPoints(geom) <= 200000),
    CONSTRAINT tank_geom_valid_check CHECK (ST_Dimension(geom) < 2 OR ST_IsValid(geom)),
    CONSTRAINT tank_fid_key UNIQUE (fid),
    CONSTRAINT tank_hazard_source_id_fkey FOREIGN KEY(hazard_source_id) REFERENCES hazard_source (id) ON DELETE SET NULL
);
CREATE INDEX idx_tank_geom ON tank USING gist (geom);
CREATE INDEX idx_tank_geom_3857 ON tank USING gist (geom_3857);
CREATE INDEX tank_cas_idx ON tank (cas);
CREATE INDEX tank_hazard_source_id_idx ON tank (hazard_source_id);
CREATE INDEX tank_region_idx ON tank (region);

CREATE TABLE expert (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    fid BIGINT GENERATED ALWAYS AS IDENTITY,
    name VARCHAR NOT NULL,
    name_en VARCHAR,
    title VARCHAR,
    organisation VARCHAR,
    specialities VARCHAR[],
    tags VARCHAR[],
    region VARCHAR,
    source VARCHAR,
    source_date DATE,
    field_sources JSONB DEFAULT '{}'::jsonb NOT NULL,
    name_pinyin VARCHAR,
    geom geometry(POINT,4326),
    geom_3857 geometry(GEOMETRY,3857) GENERATED ALWAYS AS (onemap_mercator(geom)) STORED,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT expert_pkey PRIMARY KEY (id),
    CONSTRAINT expert_geom_range_check CHECK (ST_XMin(geom) >= -180 AND ST_XMax(geom) <= 180 AND ST_YMin(geom) >= -90 AND ST_YMax(geom) <= 90),
    CONSTRAINT expert_geom_not_empty_check CHECK (NOT ST_IsEmpty(geom)),
    CONSTRAINT expert_geom_size_check CHECK (ST_NPoints(geom) <= 200000),
    CONSTRAINT expert_geom_valid_check CHECK (ST_Dimension(geom) < 2 OR ST_IsValid(geom)),
    CONSTRAINT expert_fid_key UNIQUE (fid)
);
CREATE INDEX expert_region_idx ON expert (region);
CREATE INDEX idx_expert_geom ON expert USING gist (geom);
CREATE INDEX idx_expert_geom_3857 ON expert USING gist (geom_3857);

CREATE TABLE sensitive_place (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    fid BIGINT GENERATED ALWAYS AS IDENTITY,
    name VARCHAR,
    name_en VARCHAR,
    kind VARCHAR NOT NULL,
    level VARCHAR,
    water_quality VARCHAR,
    people_served BIGINT,
    owner VARCHAR,
    description VARCHAR,
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
    CONSTRAINT sensitive_place_pkey PRIMARY KEY (id),
    CONSTRAINT sensitive_place_geom_range_check CHECK (ST_XMin(geom) >= -180 AND ST_XMax(geom) <= 180 AND ST_YMin(geom) >= -90 AND ST_YMax(geom) <= 90),
    CONSTRAINT sensitive_place_geom_not_empty_check CHECK (NOT ST_IsEmpty(geom)),
    CONSTRAINT sensitive_place_geom_size_check CHECK (ST_NPoints(geom) <= 200000),
    CONSTRAINT sensitive_place_geom_valid_check CHECK (ST_Dimension(geom) < 2 OR ST_IsValid(geom)),
    CONSTRAINT sensitive_place_fid_key UNIQUE (fid)
);
CREATE INDEX idx_sensitive_place_geom ON sensitive_place USING gist (geom);
CREATE INDEX idx_sensitive_place_geom_3857 ON sensitive_place USING gist (geom_3857);
CREATE INDEX sensitive_place_kind_idx ON sensitive_place (kind);
CREATE INDEX sensitive_place_region_idx ON sensitive_place (region);

CREATE TABLE geohazard (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    fid BIGINT GENERATED ALWAYS AS IDENTITY,
    name VARCHAR,
    name_en VARCHAR,
    own_code VARCHAR,
    kind VARCHAR NOT NULL,
    scale VARCHAR,
    risk_level VARCHAR,
    volume_m3 FLOAT,
    households BIGINT,
    people_threatened BIGINT,
    monitored BOOLEAN,
    description VARCHAR,
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
    CONSTRAINT geohazard_pkey PRIMARY KEY (id),
    CONSTRAINT geohazard_geom_range_check CHECK (ST_XMin(geom) >= -180 AND ST_XMax(geom) <= 180 AND ST_YMin(geom) >= -90 AND ST_YMax(geom) <= 90),
    CONSTRAINT geohazard_geom_not_empty_check CHECK (NOT ST_IsEmpty(geom)),
    CONSTRAINT geohazard_geom_size_check CHECK (ST_NPoints(geom) <= 200000),
    CONSTRAINT geohazard_geom_valid_check CHECK (ST_Dimension(geom) < 2 OR ST_IsValid(geom)),
    CONSTRAINT geohazard_fid_key UNIQUE (fid)
);
CREATE INDEX geohazard_kind_idx ON geohazard (kind);
CREATE INDEX geohazard_region_idx ON geohazard (region);
CREATE INDEX idx_geohazard_geom ON geohazard USING gist (geom);
CREATE INDEX idx_geohazard_geom_3857 ON geohazard USING gist (geom_3857);

CREATE TABLE reservoir (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    fid BIGINT GENERATED ALWAYS AS IDENTITY,
    name VARCHAR,
    name_en VARCHAR,
    own_code VARCHAR,
    grade VARCHAR,
    capacity_m3 FLOAT,
    dam_kind VARCHAR,
    dam_height_m FLOAT,
    flood_limit_m FLOAT,
    people_downstream BIGINT,
    owner VARCHAR,
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
    CONSTRAINT reservoir_pkey PRIMARY KEY (id),
    CONSTRAINT reservoir_geom_range_check CHECK (ST_XMin(geom) >= -180 AND ST_XMax(geom) <= 180 AND ST_YMin(geom) >= -90 AND ST_YMax(geom) <= 90),
    CONSTRAINT reservoir_geom_not_empty_check CHECK (NOT ST_IsEmpty(geom)),
    CONSTRAINT reservoir_geom_size_check CHECK (ST_NPoints(geom) <= 200000),
    CONSTRAINT reservoir_geom_valid_check CHECK (ST_Dimension(geom) < 2 OR ST_IsValid(geom)),
    CONSTRAINT reservoir_fid_key UNIQUE (fid)
);
CREATE INDEX idx_reservoir_geom ON reservoir USING gist (geom);
CREATE INDEX idx_reservoir_geom_3857 ON reservoir USING gist (geom_3857);
CREATE INDEX reservoir_region_idx ON reservoir (region);

CREATE TABLE tailings_pond (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    fid BIGINT GENERATED ALWAYS AS IDENTITY,
    name VARCHAR,
    name_en VARCHAR,
    own_code VARCHAR,
    enterprise_id UUID,
    grade VARCHAR,
    volume_m3 FLOAT,
    dam_height_m FLOAT,
    people_downstream BIGINT,
    status VARCHAR,
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
    CONSTRAINT tailings_pond_pkey PRIMARY KEY (id),
    CONSTRAINT tailings_pond_geom_range_check CHECK (ST_XMin(geom) >= -180 AND ST_XMax(geom) <= 180 AND ST_YMin(geom) >= -90 AND ST_YMax(geom) <= 90),
    CONSTRAINT tailings_pond_geom_not_empty_check CHECK (NOT ST_IsEmpty(geom)),
    CONSTRAINT tailings_pond_geom_size_check CHECK (ST_NPoints(geom) <= 200000),
    CONSTRAINT tailings_pond_geom_valid_check CHECK (ST_Dimension(geom) < 2 OR ST_IsValid(geom)),
    CONSTRAINT tailings_pond_fid_key UNIQUE (fid),
    CONSTRAINT tailings_pond_enterprise_id_fkey FOREIGN KEY(enterprise_id) REFERENCES enterprise (id) ON DELETE SET NULL
);
CREATE INDEX idx_tailings_pond_geom ON tailings_pond USING gist (geom);
CREATE INDEX idx_tailings_pond_geom_3857 ON tailings_pond USING gist (geom_3857);
CREATE INDEX tailings_pond_enterprise_id_idx ON tailings_pond (enterprise_id);
CREATE INDEX tailings_pond_region_idx ON tailings_pond (region);

CREATE TABLE flood_work (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    fid BIGINT GENERATED ALWAYS AS IDENTITY,
    name VARCHAR,
    name_en VARCHAR,
    own_code VARCHAR,
    kind VARCHAR NOT NULL,
    grade VARCHAR,
    return_period_years FLOAT,
    crest_m FLOAT,
    flow_m3_s FLOAT,
    owner VARCHAR,
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
    CONSTRAINT flood_work_pkey PRIMARY KEY (id),
    CONSTRAINT flood_work_geom_range_check CHECK (ST_XMin(geom) >= -180 AND ST_XMax(geom) <= 180 AND ST_YMin(geom) >= -90 AND ST_YMax(geom) <= 90),
    CONSTRAINT flood_work_geom_not_empty_check CHECK (NOT ST_IsEmpty(geom)),
    CONSTRAINT flood_work_geom_size_check CHECK (ST_NPoints(geom) <= 200000),
    CONSTRAINT flood_work_geom_valid_check CHECK (ST_Dimension(geom) < 2 OR ST_IsValid(geom)),
    CONSTRAINT flood_work_fid_key UNIQUE (fid)
);
CREATE INDEX flood_work_kind_idx ON flood_work (kind);
CREATE INDEX flood_work_region_idx ON flood_work (region);
CREATE INDEX idx_flood_work_geom ON flood_work USING gist (geom);
CREATE INDEX idx_flood_work_geom_3857 ON flood_work USING gist (geom_3857);

CREATE TABLE accident (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    fid BIGINT GENERATED ALWAYS AS IDENTITY,
    name VARCHAR,
    name_en VARCHAR,
    occurred_at TIMESTAMP WITH TIME ZONE,
    kind VARCHAR NOT NULL,
    enterprise_id UUID,
    substance VARCHAR,
    cas VARCHAR,
    grade VARCHAR,
    dead BIGINT,
    serious BIGINT,
    evacuated BIGINT,
    loss_yuan FLOAT,
    cause VARCHAR,
    description VARCHAR,
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
    CONSTRAINT accident_pkey PRIMARY KEY (id),
    CONSTRAINT accident_geom_range_check CHECK (ST_XMin(geom) >= -180 AND ST_XMax(geom) <= 180 AND ST_YMin(geom) >= -90 AND ST_YMax(geom) <= 90),
    CONSTRAINT accident_geom_not_empty_check CHECK (NOT ST_IsEmpty(geom)),
    CONSTRAINT accident_geom_size_check CHECK (ST_NPoints(geom) <= 200000),
    CONSTRAINT accident_geom_valid_check CHECK (ST_Dimension(geom) < 2 OR ST_IsValid(geom)),
    CONSTRAINT accident_fid_key UNIQUE (fid),
    CONSTRAINT accident_enterprise_id_fkey FOREIGN KEY(enterprise_id) REFERENCES enterprise (id) ON DELETE SET NULL
);
CREATE INDEX accident_cas_idx ON accident (cas);
CREATE INDEX accident_enterprise_id_idx ON accident (enterprise_id);
CREATE INDEX accident_kind_idx ON accident (kind);
CREATE INDEX accident_occurred_at_idx ON accident (occurred_at);
CREATE INDEX accident_region_idx ON accident (region);
CREATE INDEX idx_accident_geom ON accident USING gist (geom);
CREATE INDEX idx_accident_geom_3857 ON accident USING gist (geom_3857);

CREATE TABLE video_point (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    fid BIGINT GENERATED ALWAYS AS IDENTITY,
    name VARCHAR,
    name_en VARCHAR,
    own_code VARCHAR,
    kind VARCHAR,
    url VARCHAR,
    bearing_deg FLOAT,
    view_deg FLOAT,
    turns BOOLEAN,
    owner VARCHAR,
    region VARCHAR,
    source VARCHAR,
    source_date DATE,
    field_sources JSONB DEFAULT '{}'::jsonb NOT NULL,
    name_pinyin VARCHAR,
    geom geometry(POINT,4326) NOT NULL,
    geom_3857 geometry(GEOMETRY,3857) GENERATED ALWAYS AS (onemap_mercator(geom)) STORED,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT video_point_pkey PRIMARY KEY (id),
    CONSTRAINT video_point_geom_range_check CHECK (ST_XMin(geom) >= -180 AND ST_XMax(geom) <= 180 AND ST_YMin(geom) >= -90 AND ST_YMax(geom) <= 90),
    CONSTRAINT video_point_geom_not_empty_check CHECK (NOT ST_IsEmpty(geom)),
    CONSTRAINT video_point_geom_size_check CHECK (ST_NPoints(geom) <= 200000),
    CONSTRAINT video_point_geom_valid_check CHECK (ST_Dimension(geom) < 2 OR ST_IsValid(geom)),
    CONSTRAINT video_point_fid_key UNIQUE (fid)
);
CREATE INDEX idx_video_point_geom ON video_point USING gist (geom);
CREATE INDEX idx_video_point_geom_3857 ON video_point USING gist (geom_3857);
CREATE INDEX video_point_region_idx ON video_point (region);

CREATE TABLE vehicle (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    team_id UUID NOT NULL,
    kind VARCHAR NOT NULL,
    count BIGINT DEFAULT '1' NOT NULL,
    plate VARCHAR,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT vehicle_pkey PRIMARY KEY (id),
    CONSTRAINT vehicle_team_id_fkey FOREIGN KEY(team_id) REFERENCES team (id) ON DELETE CASCADE
);
CREATE INDEX vehicle_team_id_idx ON vehicle (team_id);

ALTER TABLE enterprise
    ADD COLUMN park_id UUID,
    ADD COLUMN risk_level VARCHAR,
    ADD COLUMN processes VARCHAR[],
    ADD COLUMN legal_person VARCHAR,
    ADD COLUMN licence_no VARCHAR,
    ADD CONSTRAINT enterprise_park_id_fkey FOREIGN KEY (park_id) REFERENCES park (id) ON DELETE SET NULL;
CREATE INDEX enterprise_park_id_idx ON enterprise (park_id);

ALTER TABLE hazard_source
    ADD COLUMN hazard_class VARCHAR,
    ADD COLUMN filing_no VARCHAR,
    ADD COLUMN people_500m BIGINT;

ALTER TABLE stock ADD COLUMN owner VARCHAR;

DO $$
DECLARE
  layer text;
BEGIN
  FOREACH layer IN ARRAY '{park,tank,expert,sensitive_place,geohazard,reservoir,tailings_pond,flood_work,accident,video_point,vehicle}'::text[]
  LOOP
    PERFORM onemap_watch(layer::regclass);
  END LOOP;
END
$$;
