-- What a vehicle meets on a road, and the turns that are banned.
ALTER TABLE road
    ADD COLUMN walk BOOLEAN DEFAULT true NOT NULL,
    ADD COLUMN hgv BOOLEAN DEFAULT true NOT NULL,
    ADD COLUMN hazmat BOOLEAN DEFAULT true NOT NULL,
    ADD COLUMN max_height_m FLOAT,
    ADD COLUMN max_weight_t FLOAT,
    ADD COLUMN ferry BOOLEAN DEFAULT false NOT NULL,
    ADD COLUMN barrier VARCHAR;

-- What a version of a network holds, and what was counted when it was read. Of one name only one
-- version is in use, whoever activates at the same time.
ALTER TABLE road_network
    ADD COLUMN edge_count BIGINT DEFAULT 0 NOT NULL,
    ADD COLUMN ban_count BIGINT DEFAULT 0 NOT NULL,
    ADD COLUMN barrier_count BIGINT DEFAULT 0 NOT NULL,
    ADD COLUMN told JSONB DEFAULT '{}'::jsonb NOT NULL;
CREATE UNIQUE INDEX road_network_active_key ON road_network (name) WHERE active;

-- A banned sequence of roads: k ways, and the k + 1 junctions that it passes.
CREATE TABLE road_turn (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    network_id UUID NOT NULL,
    ways BIGINT[] NOT NULL,
    nodes BIGINT[] NOT NULL,
    binds VARCHAR NOT NULL,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT road_turn_pkey PRIMARY KEY (id),
    CONSTRAINT road_turn_network_id_fkey FOREIGN KEY (network_id)
        REFERENCES road_network (id) ON DELETE CASCADE,
    CONSTRAINT road_turn_path_check CHECK (
        cardinality(ways) BETWEEN 2 AND 100 AND cardinality(nodes) = cardinality(ways) + 1),
    CONSTRAINT road_turn_binds_check CHECK (binds IN ('all', 'hgv', 'hazmat', 'not_emergency'))
);
CREATE INDEX road_turn_network_id_idx ON road_turn (network_id);
SELECT onemap_watch('road_turn');
