-- Every table of the first schema, as the models of that day declared it. Never edited: a later
-- change is a migration of its own; a test holds models and migrated schema equal.

CREATE TABLE building (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    fid BIGINT GENERATED ALWAYS AS IDENTITY,
    name VARCHAR,
    name_en VARCHAR,
    kind VARCHAR,
    levels BIGINT,
    region VARCHAR,
    source VARCHAR,
    geom geometry(GEOMETRY,4326) NOT NULL,
    geom_3857 geometry(GEOMETRY,3857) GENERATED ALWAYS AS (onemap_mercator(geom)) STORED,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT building_pkey PRIMARY KEY (id),
    CONSTRAINT building_geom_range_check CHECK (ST_XMin(geom) >= -180 AND ST_XMax(geom) <= 180 AND ST_YMin(geom) >= -90 AND ST_YMax(geom) <= 90),
    CONSTRAINT building_geom_not_empty_check CHECK (NOT ST_IsEmpty(geom)),
    CONSTRAINT building_geom_size_check CHECK (ST_NPoints(geom) <= 200000),
    CONSTRAINT building_geom_valid_check CHECK (ST_Dimension(geom) < 2 OR ST_IsValid(geom)),
    CONSTRAINT building_fid_key UNIQUE (fid)
);
CREATE INDEX building_region_idx ON building (region);
CREATE INDEX idx_building_geom ON building USING gist (geom);
CREATE INDEX idx_building_geom_3857 ON building USING gist (geom_3857);

CREATE TABLE contact (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    layer VARCHAR NOT NULL,
    feature_id UUID NOT NULL,
    name VARCHAR,
    post VARCHAR,
    phone VARCHAR NOT NULL,
    rank BIGINT DEFAULT '1' NOT NULL,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT contact_pkey PRIMARY KEY (id)
);
CREATE INDEX contact_layer_feature_idx ON contact (layer, feature_id);

CREATE TABLE disaster_point (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    fid BIGINT GENERATED ALWAYS AS IDENTITY,
    name VARCHAR,
    name_en VARCHAR,
    kind VARCHAR NOT NULL,
    occurred_at TIMESTAMP WITH TIME ZONE,
    description VARCHAR,
    region VARCHAR,
    source VARCHAR,
    geom geometry(GEOMETRY,4326) NOT NULL,
    geom_3857 geometry(GEOMETRY,3857) GENERATED ALWAYS AS (onemap_mercator(geom)) STORED,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT disaster_point_pkey PRIMARY KEY (id),
    CONSTRAINT disaster_point_geom_range_check CHECK (ST_XMin(geom) >= -180 AND ST_XMax(geom) <= 180 AND ST_YMin(geom) >= -90 AND ST_YMax(geom) <= 90),
    CONSTRAINT disaster_point_geom_not_empty_check CHECK (NOT ST_IsEmpty(geom)),
    CONSTRAINT disaster_point_geom_size_check CHECK (ST_NPoints(geom) <= 200000),
    CONSTRAINT disaster_point_geom_valid_check CHECK (ST_Dimension(geom) < 2 OR ST_IsValid(geom)),
    CONSTRAINT disaster_point_fid_key UNIQUE (fid)
);
CREATE INDEX disaster_point_region_idx ON disaster_point (region);
CREATE INDEX idx_disaster_point_geom ON disaster_point USING gist (geom);
CREATE INDEX idx_disaster_point_geom_3857 ON disaster_point USING gist (geom_3857);

CREATE TABLE enterprise (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    fid BIGINT GENERATED ALWAYS AS IDENTITY,
    name VARCHAR NOT NULL,
    name_en VARCHAR,
    credit_code VARCHAR,
    own_code VARCHAR,
    class VARCHAR,
    address VARCHAR,
    employees BIGINT,
    candidate BOOLEAN DEFAULT 'false' NOT NULL,
    region VARCHAR,
    source VARCHAR,
    geom geometry(GEOMETRY,4326) NOT NULL,
    geom_3857 geometry(GEOMETRY,3857) GENERATED ALWAYS AS (onemap_mercator(geom)) STORED,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT enterprise_pkey PRIMARY KEY (id),
    CONSTRAINT enterprise_geom_range_check CHECK (ST_XMin(geom) >= -180 AND ST_XMax(geom) <= 180 AND ST_YMin(geom) >= -90 AND ST_YMax(geom) <= 90),
    CONSTRAINT enterprise_geom_not_empty_check CHECK (NOT ST_IsEmpty(geom)),
    CONSTRAINT enterprise_geom_size_check CHECK (ST_NPoints(geom) <= 200000),
    CONSTRAINT enterprise_geom_valid_check CHECK (ST_Dimension(geom) < 2 OR ST_IsValid(geom)),
    CONSTRAINT enterprise_fid_key UNIQUE (fid),
    CONSTRAINT enterprise_credit_code_key UNIQUE (credit_code)
);
CREATE INDEX enterprise_region_idx ON enterprise (region);
CREATE INDEX idx_enterprise_geom ON enterprise USING gist (geom);
CREATE INDEX idx_enterprise_geom_3857 ON enterprise USING gist (geom_3857);

CREATE TABLE epoch (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    begun_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT epoch_pkey PRIMARY KEY (id)
);

CREATE TABLE fire_water (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    fid BIGINT GENERATED ALWAYS AS IDENTITY,
    name VARCHAR,
    name_en VARCHAR,
    kind VARCHAR NOT NULL,
    volume_m3 FLOAT,
    flow_l_s FLOAT,
    region VARCHAR,
    source VARCHAR,
    geom geometry(POINT,4326) NOT NULL,
    geom_3857 geometry(GEOMETRY,3857) GENERATED ALWAYS AS (onemap_mercator(geom)) STORED,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT fire_water_pkey PRIMARY KEY (id),
    CONSTRAINT fire_water_geom_range_check CHECK (ST_XMin(geom) >= -180 AND ST_XMax(geom) <= 180 AND ST_YMin(geom) >= -90 AND ST_YMax(geom) <= 90),
    CONSTRAINT fire_water_geom_not_empty_check CHECK (NOT ST_IsEmpty(geom)),
    CONSTRAINT fire_water_geom_size_check CHECK (ST_NPoints(geom) <= 200000),
    CONSTRAINT fire_water_geom_valid_check CHECK (ST_Dimension(geom) < 2 OR ST_IsValid(geom)),
    CONSTRAINT fire_water_fid_key UNIQUE (fid)
);
CREATE INDEX fire_water_region_idx ON fire_water (region);
CREATE INDEX idx_fire_water_geom ON fire_water USING gist (geom);
CREATE INDEX idx_fire_water_geom_3857 ON fire_water USING gist (geom_3857);

CREATE TABLE import_batch (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    file_name VARCHAR NOT NULL,
    status VARCHAR DEFAULT 'reading' NOT NULL,
    progress JSONB DEFAULT '{}' NOT NULL,
    options JSONB DEFAULT '{}' NOT NULL,
    report JSONB DEFAULT '{}' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    created_by VARCHAR,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT import_batch_pkey PRIMARY KEY (id)
);

CREATE TABLE journal (
    entry BIGINT GENERATED ALWAYS AS IDENTITY,
    seq BIGINT,
    hash BYTEA,
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    layer VARCHAR NOT NULL,
    feature UUID,
    op VARCHAR NOT NULL,
    version BIGINT,
    region VARCHAR,
    incident UUID,
    actor VARCHAR,
    batch UUID,
    count BIGINT,
    before JSON,
    after JSON,
    CONSTRAINT journal_pkey PRIMARY KEY (entry)
);
CREATE INDEX journal_feature_idx ON journal (feature, entry);
CREATE INDEX journal_incident_idx ON journal (incident, seq);
CREATE INDEX journal_layer_idx ON journal (layer, entry);
CREATE UNIQUE INDEX journal_seq_key ON journal (seq);
CREATE INDEX journal_unsealed_idx ON journal (entry) WHERE seq IS NULL;

CREATE TABLE land_use (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    fid BIGINT GENERATED ALWAYS AS IDENTITY,
    name VARCHAR,
    name_en VARCHAR,
    kind VARCHAR,
    region VARCHAR,
    source VARCHAR,
    geom geometry(GEOMETRY,4326) NOT NULL,
    geom_3857 geometry(GEOMETRY,3857) GENERATED ALWAYS AS (onemap_mercator(geom)) STORED,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT land_use_pkey PRIMARY KEY (id),
    CONSTRAINT land_use_geom_range_check CHECK (ST_XMin(geom) >= -180 AND ST_XMax(geom) <= 180 AND ST_YMin(geom) >= -90 AND ST_YMax(geom) <= 90),
    CONSTRAINT land_use_geom_not_empty_check CHECK (NOT ST_IsEmpty(geom)),
    CONSTRAINT land_use_geom_size_check CHECK (ST_NPoints(geom) <= 200000),
    CONSTRAINT land_use_geom_valid_check CHECK (ST_Dimension(geom) < 2 OR ST_IsValid(geom)),
    CONSTRAINT land_use_fid_key UNIQUE (fid)
);
CREATE INDEX idx_land_use_geom ON land_use USING gist (geom);
CREATE INDEX idx_land_use_geom_3857 ON land_use USING gist (geom_3857);
CREATE INDEX land_use_region_idx ON land_use (region);

CREATE TABLE layer_state (
    layer VARCHAR NOT NULL,
    revision BIGINT DEFAULT '0' NOT NULL,
    CONSTRAINT layer_state_pkey PRIMARY KEY (layer)
);

CREATE TABLE login_failure (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    name VARCHAR NOT NULL,
    address VARCHAR NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT login_failure_pkey PRIMARY KEY (id)
);
CREATE INDEX login_failure_address_at_idx ON login_failure (address, at);
CREATE INDEX login_failure_name_at_idx ON login_failure (name, at);

CREATE TABLE place (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    fid BIGINT GENERATED ALWAYS AS IDENTITY,
    name VARCHAR,
    name_en VARCHAR,
    kind VARCHAR,
    people BIGINT,
    region VARCHAR,
    source VARCHAR,
    geom geometry(POINT,4326) NOT NULL,
    geom_3857 geometry(GEOMETRY,3857) GENERATED ALWAYS AS (onemap_mercator(geom)) STORED,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT place_pkey PRIMARY KEY (id),
    CONSTRAINT place_geom_range_check CHECK (ST_XMin(geom) >= -180 AND ST_XMax(geom) <= 180 AND ST_YMin(geom) >= -90 AND ST_YMax(geom) <= 90),
    CONSTRAINT place_geom_not_empty_check CHECK (NOT ST_IsEmpty(geom)),
    CONSTRAINT place_geom_size_check CHECK (ST_NPoints(geom) <= 200000),
    CONSTRAINT place_geom_valid_check CHECK (ST_Dimension(geom) < 2 OR ST_IsValid(geom)),
    CONSTRAINT place_fid_key UNIQUE (fid)
);
CREATE INDEX idx_place_geom ON place USING gist (geom);
CREATE INDEX idx_place_geom_3857 ON place USING gist (geom_3857);
CREATE INDEX place_region_idx ON place (region);

CREATE TABLE protection_target (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    fid BIGINT GENERATED ALWAYS AS IDENTITY,
    name VARCHAR,
    name_en VARCHAR,
    kind VARCHAR NOT NULL,
    people_day BIGINT,
    people_night BIGINT,
    address VARCHAR,
    region VARCHAR,
    source VARCHAR,
    geom geometry(GEOMETRY,4326) NOT NULL,
    geom_3857 geometry(GEOMETRY,3857) GENERATED ALWAYS AS (onemap_mercator(geom)) STORED,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT protection_target_pkey PRIMARY KEY (id),
    CONSTRAINT protection_target_geom_range_check CHECK (ST_XMin(geom) >= -180 AND ST_XMax(geom) <= 180 AND ST_YMin(geom) >= -90 AND ST_YMax(geom) <= 90),
    CONSTRAINT protection_target_geom_not_empty_check CHECK (NOT ST_IsEmpty(geom)),
    CONSTRAINT protection_target_geom_size_check CHECK (ST_NPoints(geom) <= 200000),
    CONSTRAINT protection_target_geom_valid_check CHECK (ST_Dimension(geom) < 2 OR ST_IsValid(geom)),
    CONSTRAINT protection_target_fid_key UNIQUE (fid)
);
CREATE INDEX idx_protection_target_geom ON protection_target USING gist (geom);
CREATE INDEX idx_protection_target_geom_3857 ON protection_target USING gist (geom_3857);
CREATE INDEX protection_target_kind_idx ON protection_target (kind);
CREATE INDEX protection_target_region_idx ON protection_target (region);

CREATE TABLE railway (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    fid BIGINT GENERATED ALWAYS AS IDENTITY,
    name VARCHAR,
    name_en VARCHAR,
    kind VARCHAR,
    region VARCHAR,
    source VARCHAR,
    geom geometry(GEOMETRY,4326) NOT NULL,
    geom_3857 geometry(GEOMETRY,3857) GENERATED ALWAYS AS (onemap_mercator(geom)) STORED,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT railway_pkey PRIMARY KEY (id),
    CONSTRAINT railway_geom_range_check CHECK (ST_XMin(geom) >= -180 AND ST_XMax(geom) <= 180 AND ST_YMin(geom) >= -90 AND ST_YMax(geom) <= 90),
    CONSTRAINT railway_geom_not_empty_check CHECK (NOT ST_IsEmpty(geom)),
    CONSTRAINT railway_geom_size_check CHECK (ST_NPoints(geom) <= 200000),
    CONSTRAINT railway_geom_valid_check CHECK (ST_Dimension(geom) < 2 OR ST_IsValid(geom)),
    CONSTRAINT railway_fid_key UNIQUE (fid)
);
CREATE INDEX idx_railway_geom ON railway USING gist (geom);
CREATE INDEX idx_railway_geom_3857 ON railway USING gist (geom_3857);
CREATE INDEX railway_region_idx ON railway (region);

CREATE TABLE region (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    fid BIGINT GENERATED ALWAYS AS IDENTITY,
    name VARCHAR,
    name_en VARCHAR,
    code VARCHAR NOT NULL,
    parent VARCHAR,
    level VARCHAR,
    scheme VARCHAR,
    people BIGINT,
    region VARCHAR,
    source VARCHAR,
    geom geometry(MULTIPOLYGON,4326) NOT NULL,
    geom_3857 geometry(GEOMETRY,3857) GENERATED ALWAYS AS (onemap_mercator(geom)) STORED,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT region_pkey PRIMARY KEY (id),
    CONSTRAINT region_geom_range_check CHECK (ST_XMin(geom) >= -180 AND ST_XMax(geom) <= 180 AND ST_YMin(geom) >= -90 AND ST_YMax(geom) <= 90),
    CONSTRAINT region_geom_not_empty_check CHECK (NOT ST_IsEmpty(geom)),
    CONSTRAINT region_geom_size_check CHECK (ST_NPoints(geom) <= 200000),
    CONSTRAINT region_geom_valid_check CHECK (ST_Dimension(geom) < 2 OR ST_IsValid(geom)),
    CONSTRAINT region_fid_key UNIQUE (fid),
    CONSTRAINT region_code_key UNIQUE (code)
);
CREATE INDEX idx_region_geom ON region USING gist (geom);
CREATE INDEX idx_region_geom_3857 ON region USING gist (geom_3857);
CREATE INDEX region_region_idx ON region (region);

CREATE TABLE resource (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    fid BIGINT GENERATED ALWAYS AS IDENTITY,
    name VARCHAR,
    name_en VARCHAR,
    kind VARCHAR NOT NULL,
    beds BIGINT,
    specialties VARCHAR[],
    capacity_people BIGINT,
    owner VARCHAR,
    address VARCHAR,
    region VARCHAR,
    source VARCHAR,
    geom geometry(GEOMETRY,4326) NOT NULL,
    geom_3857 geometry(GEOMETRY,3857) GENERATED ALWAYS AS (onemap_mercator(geom)) STORED,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT resource_pkey PRIMARY KEY (id),
    CONSTRAINT resource_geom_range_check CHECK (ST_XMin(geom) >= -180 AND ST_XMax(geom) <= 180 AND ST_YMin(geom) >= -90 AND ST_YMax(geom) <= 90),
    CONSTRAINT resource_geom_not_empty_check CHECK (NOT ST_IsEmpty(geom)),
    CONSTRAINT resource_geom_size_check CHECK (ST_NPoints(geom) <= 200000),
    CONSTRAINT resource_geom_valid_check CHECK (ST_Dimension(geom) < 2 OR ST_IsValid(geom)),
    CONSTRAINT resource_fid_key UNIQUE (fid)
);
CREATE INDEX idx_resource_geom ON resource USING gist (geom);
CREATE INDEX idx_resource_geom_3857 ON resource USING gist (geom_3857);
CREATE INDEX resource_kind_idx ON resource (kind);
CREATE INDEX resource_region_idx ON resource (region);

CREATE TABLE road_network (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    name VARCHAR NOT NULL,
    source VARCHAR,
    attribution VARCHAR,
    active BOOLEAN DEFAULT 'false' NOT NULL,
    node_count BIGINT NOT NULL,
    arc_count BIGINT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    extent geometry(POLYGON,4326) NOT NULL,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT road_network_pkey PRIMARY KEY (id)
);
CREATE INDEX idx_road_network_extent ON road_network USING gist (extent);

CREATE TABLE row_history (
    layer VARCHAR NOT NULL,
    feature UUID NOT NULL,
    entry_from BIGINT NOT NULL,
    entry_to BIGINT NOT NULL,
    row JSON NOT NULL,
    CONSTRAINT row_history_pkey PRIMARY KEY (layer, feature, entry_from)
);

CREATE TABLE site (
    id BIGINT DEFAULT '1' NOT NULL,
    name VARCHAR,
    name_en VARCHAR,
    fictional BOOLEAN DEFAULT 'false' NOT NULL,
    attributions VARCHAR[] DEFAULT '{}' NOT NULL,
    CONSTRAINT site_pkey PRIMARY KEY (id),
    CONSTRAINT site_single_check CHECK (id = 1)
);

CREATE TABLE team (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    fid BIGINT GENERATED ALWAYS AS IDENTITY,
    name VARCHAR,
    name_en VARCHAR,
    kind VARCHAR NOT NULL,
    people BIGINT,
    vehicles BIGINT,
    base VARCHAR,
    skills VARCHAR[],
    region VARCHAR,
    source VARCHAR,
    geom geometry(GEOMETRY,4326) NOT NULL,
    geom_3857 geometry(GEOMETRY,3857) GENERATED ALWAYS AS (onemap_mercator(geom)) STORED,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT team_pkey PRIMARY KEY (id),
    CONSTRAINT team_geom_range_check CHECK (ST_XMin(geom) >= -180 AND ST_XMax(geom) <= 180 AND ST_YMin(geom) >= -90 AND ST_YMax(geom) <= 90),
    CONSTRAINT team_geom_not_empty_check CHECK (NOT ST_IsEmpty(geom)),
    CONSTRAINT team_geom_size_check CHECK (ST_NPoints(geom) <= 200000),
    CONSTRAINT team_geom_valid_check CHECK (ST_Dimension(geom) < 2 OR ST_IsValid(geom)),
    CONSTRAINT team_fid_key UNIQUE (fid)
);
CREATE INDEX idx_team_geom ON team USING gist (geom);
CREATE INDEX idx_team_geom_3857 ON team USING gist (geom_3857);
CREATE INDEX team_kind_idx ON team (kind);
CREATE INDEX team_region_idx ON team (region);

CREATE TABLE user_account (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    name VARCHAR NOT NULL,
    title VARCHAR,
    password_hash VARCHAR,
    disabled BOOLEAN DEFAULT 'false' NOT NULL,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT user_account_pkey PRIMARY KEY (id),
    CONSTRAINT user_account_name_key UNIQUE (name)
);

CREATE TABLE water (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    fid BIGINT GENERATED ALWAYS AS IDENTITY,
    name VARCHAR,
    name_en VARCHAR,
    kind VARCHAR,
    region VARCHAR,
    source VARCHAR,
    geom geometry(GEOMETRY,4326) NOT NULL,
    geom_3857 geometry(GEOMETRY,3857) GENERATED ALWAYS AS (onemap_mercator(geom)) STORED,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT water_pkey PRIMARY KEY (id),
    CONSTRAINT water_geom_range_check CHECK (ST_XMin(geom) >= -180 AND ST_XMax(geom) <= 180 AND ST_YMin(geom) >= -90 AND ST_YMax(geom) <= 90),
    CONSTRAINT water_geom_not_empty_check CHECK (NOT ST_IsEmpty(geom)),
    CONSTRAINT water_geom_size_check CHECK (ST_NPoints(geom) <= 200000),
    CONSTRAINT water_geom_valid_check CHECK (ST_Dimension(geom) < 2 OR ST_IsValid(geom)),
    CONSTRAINT water_fid_key UNIQUE (fid)
);
CREATE INDEX idx_water_geom ON water USING gist (geom);
CREATE INDEX idx_water_geom_3857 ON water USING gist (geom_3857);
CREATE INDEX water_region_idx ON water (region);

CREATE TABLE weather_station (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    fid BIGINT GENERATED ALWAYS AS IDENTITY,
    name VARCHAR,
    name_en VARCHAR,
    own_code VARCHAR,
    elevation_m FLOAT,
    region VARCHAR,
    source VARCHAR,
    geom geometry(POINT,4326) NOT NULL,
    geom_3857 geometry(GEOMETRY,3857) GENERATED ALWAYS AS (onemap_mercator(geom)) STORED,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT weather_station_pkey PRIMARY KEY (id),
    CONSTRAINT weather_station_geom_range_check CHECK (ST_XMin(geom) >= -180 AND ST_XMax(geom) <= 180 AND ST_YMin(geom) >= -90 AND ST_YMax(geom) <= 90),
    CONSTRAINT weather_station_geom_not_empty_check CHECK (NOT ST_IsEmpty(geom)),
    CONSTRAINT weather_station_geom_size_check CHECK (ST_NPoints(geom) <= 200000),
    CONSTRAINT weather_station_geom_valid_check CHECK (ST_Dimension(geom) < 2 OR ST_IsValid(geom)),
    CONSTRAINT weather_station_fid_key UNIQUE (fid),
    CONSTRAINT weather_station_own_code_key UNIQUE (own_code)
);
CREATE INDEX idx_weather_station_geom ON weather_station USING gist (geom);
CREATE INDEX idx_weather_station_geom_3857 ON weather_station USING gist (geom_3857);
CREATE INDEX weather_station_region_idx ON weather_station (region);

CREATE TABLE hazard_source (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    fid BIGINT GENERATED ALWAYS AS IDENTITY,
    name VARCHAR,
    name_en VARCHAR,
    enterprise_id UUID,
    substance VARCHAR,
    cas VARCHAR,
    quantity_t FLOAT,
    unit_kind VARCHAR,
    container VARCHAR,
    pressure_pa FLOAT,
    temperature_k FLOAT,
    grade VARCHAR,
    candidate BOOLEAN DEFAULT 'false' NOT NULL,
    region VARCHAR,
    source VARCHAR,
    geom geometry(GEOMETRY,4326) NOT NULL,
    geom_3857 geometry(GEOMETRY,3857) GENERATED ALWAYS AS (onemap_mercator(geom)) STORED,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT hazard_source_pkey PRIMARY KEY (id),
    CONSTRAINT hazard_source_geom_range_check CHECK (ST_XMin(geom) >= -180 AND ST_XMax(geom) <= 180 AND ST_YMin(geom) >= -90 AND ST_YMax(geom) <= 90),
    CONSTRAINT hazard_source_geom_not_empty_check CHECK (NOT ST_IsEmpty(geom)),
    CONSTRAINT hazard_source_geom_size_check CHECK (ST_NPoints(geom) <= 200000),
    CONSTRAINT hazard_source_geom_valid_check CHECK (ST_Dimension(geom) < 2 OR ST_IsValid(geom)),
    CONSTRAINT hazard_source_fid_key UNIQUE (fid),
    CONSTRAINT hazard_source_enterprise_id_fkey FOREIGN KEY(enterprise_id) REFERENCES enterprise (id) ON DELETE SET NULL
);
CREATE INDEX hazard_source_cas_idx ON hazard_source (cas);
CREATE INDEX hazard_source_enterprise_id_idx ON hazard_source (enterprise_id);
CREATE INDEX hazard_source_region_idx ON hazard_source (region);
CREATE INDEX idx_hazard_source_geom ON hazard_source USING gist (geom);
CREATE INDEX idx_hazard_source_geom_3857 ON hazard_source USING gist (geom_3857);

CREATE TABLE observation (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    kind VARCHAR NOT NULL,
    station_id UUID,
    quantity VARCHAR NOT NULL,
    value FLOAT NOT NULL,
    unit VARCHAR NOT NULL,
    instrument VARCHAR,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    geom geometry(POINT,4326),
    CONSTRAINT observation_pkey PRIMARY KEY (id),
    CONSTRAINT observation_station_id_fkey FOREIGN KEY(station_id) REFERENCES weather_station (id) ON DELETE CASCADE
);
CREATE INDEX idx_observation_geom ON observation USING gist (geom);
CREATE INDEX observation_station_id_quantity_at_idx ON observation (station_id, quantity, at);

CREATE TABLE road (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    fid BIGINT GENERATED ALWAYS AS IDENTITY,
    name VARCHAR,
    name_en VARCHAR,
    network_id UUID,
    u BIGINT,
    v BIGINT,
    way BIGINT,
    class VARCHAR NOT NULL,
    ref VARCHAR,
    access VARCHAR DEFAULT 'open' NOT NULL,
    forward BOOLEAN DEFAULT 'true' NOT NULL,
    backward BOOLEAN DEFAULT 'true' NOT NULL,
    length_m FLOAT NOT NULL,
    speed_kph FLOAT NOT NULL,
    bridge BOOLEAN DEFAULT 'false' NOT NULL,
    tunnel BOOLEAN DEFAULT 'false' NOT NULL,
    level BIGINT DEFAULT '0' NOT NULL,
    core BOOLEAN DEFAULT 'true' NOT NULL,
    region VARCHAR,
    source VARCHAR,
    geom geometry(LINESTRING,4326) NOT NULL,
    geom_3857 geometry(GEOMETRY,3857) GENERATED ALWAYS AS (onemap_mercator(geom)) STORED,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT road_pkey PRIMARY KEY (id),
    CONSTRAINT road_geom_range_check CHECK (ST_XMin(geom) >= -180 AND ST_XMax(geom) <= 180 AND ST_YMin(geom) >= -90 AND ST_YMax(geom) <= 90),
    CONSTRAINT road_geom_not_empty_check CHECK (NOT ST_IsEmpty(geom)),
    CONSTRAINT road_geom_size_check CHECK (ST_NPoints(geom) <= 200000),
    CONSTRAINT road_geom_valid_check CHECK (ST_Dimension(geom) < 2 OR ST_IsValid(geom)),
    CONSTRAINT road_fid_key UNIQUE (fid),
    CONSTRAINT road_network_id_fkey FOREIGN KEY(network_id) REFERENCES road_network (id) ON DELETE CASCADE
);
CREATE INDEX idx_road_geom ON road USING gist (geom);
CREATE INDEX idx_road_geom_3857 ON road USING gist (geom_3857);
CREATE INDEX road_network_id_idx ON road (network_id);
CREATE INDEX road_region_idx ON road (region);

CREATE TABLE role_grant (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    user_id UUID NOT NULL,
    role VARCHAR NOT NULL,
    region VARCHAR DEFAULT '' NOT NULL,
    until TIMESTAMP WITH TIME ZONE,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT role_grant_pkey PRIMARY KEY (id),
    CONSTRAINT role_grant_role_check CHECK (role IN ('viewer','field','duty','planner','commander','admin')),
    CONSTRAINT role_grant_region_check CHECK (region ~ '^[0-9A-Za-z._-]{0,128}$'),
    CONSTRAINT role_grant_user_id_fkey FOREIGN KEY(user_id) REFERENCES user_account (id) ON DELETE CASCADE
);
CREATE INDEX role_grant_user_id_idx ON role_grant (user_id);

CREATE TABLE session (
    token_sha256 BYTEA NOT NULL,
    user_id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT session_pkey PRIMARY KEY (token_sha256),
    CONSTRAINT session_user_id_fkey FOREIGN KEY(user_id) REFERENCES user_account (id) ON DELETE CASCADE
);
CREATE INDEX session_user_id_idx ON session (user_id);

CREATE TABLE staged_row (
    batch_id UUID NOT NULL,
    layer VARCHAR NOT NULL,
    row BIGINT NOT NULL,
    record JSONB NOT NULL,
    geom geometry(GEOMETRY,4326),
    faults JSONB DEFAULT '[]' NOT NULL,
    CONSTRAINT staged_row_pkey PRIMARY KEY (batch_id, layer, row),
    CONSTRAINT staged_row_batch_id_fkey FOREIGN KEY(batch_id) REFERENCES import_batch (id) ON DELETE CASCADE
);

CREATE TABLE stock (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    resource_id UUID NOT NULL,
    item VARCHAR NOT NULL,
    quantity FLOAT NOT NULL,
    unit VARCHAR NOT NULL,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT stock_pkey PRIMARY KEY (id),
    CONSTRAINT stock_resource_id_fkey FOREIGN KEY(resource_id) REFERENCES resource (id) ON DELETE CASCADE
);
CREATE INDEX stock_resource_id_idx ON stock (resource_id);

CREATE TABLE incident (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    fid BIGINT GENERATED ALWAYS AS IDENTITY,
    name VARCHAR,
    name_en VARCHAR,
    kind VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    substance VARCHAR,
    cas VARCHAR,
    enterprise_id UUID,
    hazard_source_id UUID,
    release JSONB DEFAULT '{}' NOT NULL,
    weather JSONB DEFAULT '{}' NOT NULL,
    casualties JSONB DEFAULT '[]' NOT NULL,
    status VARCHAR DEFAULT 'open' NOT NULL,
    accident_grade VARCHAR,
    response_level VARCHAR,
    warning_level VARCHAR,
    exercise BOOLEAN DEFAULT 'false' NOT NULL,
    region VARCHAR,
    source VARCHAR,
    geom geometry(POINT,4326) NOT NULL,
    geom_3857 geometry(GEOMETRY,3857) GENERATED ALWAYS AS (onemap_mercator(geom)) STORED,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT incident_pkey PRIMARY KEY (id),
    CONSTRAINT incident_geom_range_check CHECK (ST_XMin(geom) >= -180 AND ST_XMax(geom) <= 180 AND ST_YMin(geom) >= -90 AND ST_YMax(geom) <= 90),
    CONSTRAINT incident_geom_not_empty_check CHECK (NOT ST_IsEmpty(geom)),
    CONSTRAINT incident_geom_size_check CHECK (ST_NPoints(geom) <= 200000),
    CONSTRAINT incident_geom_valid_check CHECK (ST_Dimension(geom) < 2 OR ST_IsValid(geom)),
    CONSTRAINT incident_fid_key UNIQUE (fid),
    CONSTRAINT incident_enterprise_id_fkey FOREIGN KEY(enterprise_id) REFERENCES enterprise (id) ON DELETE SET NULL,
    CONSTRAINT incident_hazard_source_id_fkey FOREIGN KEY(hazard_source_id) REFERENCES hazard_source (id) ON DELETE SET NULL
);
CREATE INDEX idx_incident_geom ON incident USING gist (geom);
CREATE INDEX idx_incident_geom_3857 ON incident USING gist (geom_3857);
CREATE INDEX incident_region_idx ON incident (region);

CREATE TABLE assessment (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    incident_id UUID NOT NULL,
    region VARCHAR,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    created_by VARCHAR,
    body JSONB NOT NULL,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT assessment_pkey PRIMARY KEY (id),
    CONSTRAINT assessment_incident_id_fkey FOREIGN KEY(incident_id) REFERENCES incident (id) ON DELETE CASCADE
);
CREATE INDEX assessment_incident_id_idx ON assessment (incident_id);

CREATE TABLE call (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    incident_id UUID NOT NULL,
    region VARCHAR,
    rank BIGINT DEFAULT '1000' NOT NULL,
    layer VARCHAR,
    feature_id UUID,
    feature_name VARCHAR,
    name VARCHAR,
    phone VARCHAR,
    purpose VARCHAR NOT NULL,
    result VARCHAR DEFAULT 'waiting' NOT NULL,
    note VARCHAR,
    called_at TIMESTAMP WITH TIME ZONE,
    called_by VARCHAR,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT call_pkey PRIMARY KEY (id),
    CONSTRAINT call_incident_id_fkey FOREIGN KEY(incident_id) REFERENCES incident (id) ON DELETE CASCADE
);
CREATE INDEX call_incident_id_idx ON call (incident_id);
