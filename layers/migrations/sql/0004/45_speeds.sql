-- How fast roads really are: by the hour as the site says, and as its own vehicles drove.

-- A share of the free speed, for a class of road at an hour of a kind of day; said by the site.
CREATE TABLE road_speed (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    network VARCHAR NOT NULL,
    road_class VARCHAR NOT NULL,
    day_kind VARCHAR NOT NULL,
    hour BIGINT NOT NULL,
    factor FLOAT NOT NULL,
    source VARCHAR NOT NULL,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT road_speed_pkey PRIMARY KEY (id),
    CONSTRAINT road_speed_network_road_class_day_kind_hour_key UNIQUE (network, road_class, day_kind, hour),
    CONSTRAINT road_speed_day_kind_check CHECK (day_kind IN ('workday', 'weekend')),
    CONSTRAINT road_speed_hour_check CHECK (hour BETWEEN 0 AND 23),
    CONSTRAINT road_speed_factor_check CHECK (factor BETWEEN 0.05 AND 2)
);
SELECT onemap_watch('road_speed');

-- What tracks measured, from node u to node v of a way: telemetry. The harmonic mean speed is
-- passes / slowness_s_m, the mean of the times that a metre took.
CREATE TABLE measured_speed (
    network VARCHAR NOT NULL,
    way BIGINT NOT NULL,
    u BIGINT NOT NULL,
    v BIGINT NOT NULL,
    emergency BOOLEAN NOT NULL,
    day_kind VARCHAR NOT NULL,
    hour BIGINT NOT NULL,
    passes BIGINT NOT NULL,
    slowness_s_m FLOAT NOT NULL,
    measured_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT measured_speed_pkey PRIMARY KEY (network, emergency, day_kind, hour, way, u, v)
);

-- Until when the tracks have been measured, and a number that grows with every change of speeds.
CREATE TABLE speed_progress (
    network VARCHAR NOT NULL,
    measured_until TIMESTAMP WITH TIME ZONE,
    revision BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT speed_progress_pkey PRIMARY KEY (network)
);
