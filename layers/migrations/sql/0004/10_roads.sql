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

-- Delete the roads and bans of a network with one journal row a table and no copies of the rows: a
-- million roads in row_history would take minutes and gigabytes, and the file that they came from
-- is named in the network's own row, whose history is kept.
CREATE FUNCTION public.onemap_forget_network(network uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  of_network constant text[] := ARRAY['road', 'road_turn'];
  table_name text;
  gone bigint;
BEGIN
  FOREACH table_name IN ARRAY of_network LOOP
    EXECUTE format('ALTER TABLE public.%I DISABLE TRIGGER USER', table_name);
    EXECUTE format('DELETE FROM public.%I WHERE network_id = $1', table_name) USING network;
    GET DIAGNOSTICS gone = ROW_COUNT;
    EXECUTE format('ALTER TABLE public.%I ENABLE TRIGGER USER', table_name);
    IF gone > 0 THEN
      INSERT INTO journal (entry, layer, op, actor, batch, count)
      OVERRIDING SYSTEM VALUE
      VALUES (nextval('public.journal_entry_seq'), table_name, 'load',
              nullif(current_setting('onemap.actor', true), ''), network, gone);
    END IF;
  END LOOP;
  PERFORM pg_notify('onemap_journal', '');
END
$$;
REVOKE EXECUTE ON FUNCTION public.onemap_forget_network(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.onemap_forget_network(uuid) TO onemap_app;
