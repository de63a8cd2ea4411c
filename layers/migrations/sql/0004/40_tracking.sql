-- Where vehicles and people are. What is registered, asked for and raised is journalled; positions
-- are telemetry: a history cut into days, and one row a tracker for where it was last.

CREATE TABLE tracker (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    number BIGINT GENERATED ALWAYS AS IDENTITY,
    device VARCHAR NOT NULL,
    kind VARCHAR DEFAULT 'vehicle' NOT NULL,
    name VARCHAR,
    plate VARCHAR,
    team_id UUID,
    vehicle_id UUID,
    profile VARCHAR DEFAULT 'fire_engine' NOT NULL,
    reporter VARCHAR,
    region VARCHAR,
    exercise BOOLEAN DEFAULT 'false' NOT NULL,
    active BOOLEAN DEFAULT 'true' NOT NULL,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT tracker_pkey PRIMARY KEY (id),
    CONSTRAINT tracker_number_key UNIQUE (number),
    CONSTRAINT tracker_device_key UNIQUE (device),
    CONSTRAINT tracker_team_id_fkey FOREIGN KEY (team_id) REFERENCES team (id) ON DELETE SET NULL,
    CONSTRAINT tracker_vehicle_id_fkey FOREIGN KEY (vehicle_id) REFERENCES vehicle (id) ON DELETE SET NULL,
    CONSTRAINT tracker_device_check CHECK (device ~ '^[^[:cntrl:][:space:]/]{1,64}$'),
    CONSTRAINT tracker_kind_check CHECK (kind IN ('vehicle', 'person'))
);
CREATE INDEX tracker_team_id_idx ON tracker (team_id);
CREATE INDEX tracker_vehicle_id_idx ON tracker (vehicle_id);
SELECT onemap_watch('tracker');

-- Devices that reported and that nobody has registered: seen, never stored as positions.
CREATE TABLE tracker_sighting (
    device VARCHAR NOT NULL,
    reported_by VARCHAR NOT NULL,
    first_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    last_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    reports BIGINT DEFAULT 1 NOT NULL,
    CONSTRAINT tracker_sighting_pkey PRIMARY KEY (device)
);

-- No foreign key to the tracker: it would be looked up for each of 28 million rows a day, and a
-- tracker is put out of use, not removed.
CREATE TABLE position (
    tracker BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    lon FLOAT NOT NULL,
    lat FLOAT NOT NULL,
    speed_m_s REAL,
    heading_deg REAL,
    accuracy_m REAL,
    flags SMALLINT DEFAULT 0 NOT NULL,
    CONSTRAINT position_pkey PRIMARY KEY (tracker, at),
    CONSTRAINT position_place_check CHECK (lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90)
) PARTITION BY RANGE (at);

-- No index but the key, and room in each page: an update then stays on its page (HOT). A box is
-- found by reading all of it, a millisecond for some thousand trackers.
-- held_*: a place too far from the last one to be believed, until a second one agrees.
CREATE TABLE position_latest (
    tracker BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE,
    received_at TIMESTAMP WITH TIME ZONE,
    lon FLOAT,
    lat FLOAT,
    speed_m_s REAL,
    heading_deg REAL,
    accuracy_m REAL,
    flags SMALLINT DEFAULT 0 NOT NULL,
    held_at TIMESTAMP WITH TIME ZONE,
    held_lon FLOAT,
    held_lat FLOAT,
    CONSTRAINT position_latest_pkey PRIMARY KEY (tracker),
    CONSTRAINT position_latest_tracker_fkey FOREIGN KEY (tracker) REFERENCES tracker (number) ON DELETE CASCADE
) WITH (fillfactor = 40, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

CREATE FUNCTION public.onemap_begin_latest() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  INSERT INTO position_latest (tracker) VALUES (NEW.number);
  RETURN NULL;
END
$$;
CREATE TRIGGER tracker_latest AFTER INSERT ON tracker
FOR EACH ROW EXECUTE FUNCTION public.onemap_begin_latest();

-- Days lie in a schema of their own, so that a list of the program's tables stays what it is.
CREATE SCHEMA onemap_position;

-- Make the days (UTC) that positions need. ATTACH, not PARTITION OF: it holds up no writer.
CREATE FUNCTION public.onemap_make_position_days(days date[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
  day date;
  made bigint := 0;
  name text;
BEGIN
  FOREACH day IN ARRAY days LOOP
    name := 'd' || to_char(day, 'YYYYMMDD');
    CONTINUE WHEN to_regclass('onemap_position.' || name) IS NOT NULL;
    IF day NOT BETWEEN current_date - 3660 AND current_date + 3 THEN
      RAISE EXCEPTION 'no positions are kept of %', day USING ERRCODE = '22008';
    END IF;
    PERFORM pg_advisory_xact_lock(31365104320737300);  -- layers.locks.Lock.POSITION_DAYS
    -- The table itself is asked: the catalogue's cache does not hear of others at such a lock.
    CONTINUE WHEN EXISTS (
      SELECT FROM pg_class c
      WHERE c.relnamespace = 'onemap_position'::regnamespace AND c.relname = name);
    EXECUTE format('CREATE TABLE onemap_position.%I (LIKE public.position INCLUDING ALL)', name);
    EXECUTE format(
      'ALTER TABLE public.position ATTACH PARTITION onemap_position.%I FOR VALUES FROM (%L) TO (%L)',
      name, day::timestamptz, (day + 1)::timestamptz);
    made := made + 1;
  END LOOP;
  RETURN made;
END
$$;

-- Drop whole days that are older than so many days; never the last seven, whoever asks.
CREATE FUNCTION public.onemap_drop_position_days(kept_days integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' SET lock_timeout = '500ms'
AS $$
DECLARE
  name text;
  dropped bigint := 0;
BEGIN
  IF kept_days IS NULL OR kept_days < 7 THEN
    RAISE EXCEPTION 'positions are kept for 7 days at least' USING ERRCODE = '22023';
  END IF;
  FOR name IN
    SELECT c.relname FROM pg_class c
    WHERE c.relnamespace = 'onemap_position'::regnamespace AND c.relkind = 'r'
      AND c.relname ~ '^d[0-9]{8}$'
      AND to_date(substr(c.relname, 2), 'YYYYMMDD') < current_date - kept_days
    ORDER BY c.relname
  LOOP
    EXECUTE format('DROP TABLE onemap_position.%I', name);
    dropped := dropped + 1;
  END LOOP;
  RETURN dropped;
END
$$;

-- An area that somebody wants to be told about: who comes in, who goes out.
CREATE TABLE watch_area (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    name VARCHAR NOT NULL,
    incident_id UUID,
    region VARCHAR,
    kind VARCHAR,
    on_enter BOOLEAN DEFAULT 'true' NOT NULL,
    on_leave BOOLEAN DEFAULT 'true' NOT NULL,
    exercise BOOLEAN DEFAULT 'false' NOT NULL,
    active BOOLEAN DEFAULT 'true' NOT NULL,
    created_by VARCHAR,
    geom geometry(GEOMETRY,4326) NOT NULL,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT watch_area_pkey PRIMARY KEY (id),
    CONSTRAINT watch_area_incident_id_fkey FOREIGN KEY (incident_id) REFERENCES incident (id) ON DELETE CASCADE,
    CONSTRAINT watch_area_kind_check CHECK (kind IN ('vehicle', 'person')),
    CONSTRAINT watch_area_geom_check CHECK (ST_Dimension(geom) = 2 AND ST_IsValid(geom) AND ST_NPoints(geom) <= 2000)
);
CREATE INDEX idx_watch_area_geom ON watch_area USING gist (geom);
SELECT onemap_watch('watch_area');

-- Who is in which watched area now: telemetry.
CREATE TABLE presence (
    watch_area_id UUID NOT NULL,
    tracker BIGINT NOT NULL,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT presence_pkey PRIMARY KEY (watch_area_id, tracker),
    CONSTRAINT presence_watch_area_id_fkey FOREIGN KEY (watch_area_id) REFERENCES watch_area (id) ON DELETE CASCADE
);

-- What a position raised. One of a kind is open a tracker and task at a time.
CREATE TABLE alert (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    kind VARCHAR NOT NULL,
    tracker_id UUID NOT NULL,
    task_id UUID,
    incident_id UUID,
    watch_area_id UUID,
    region VARCHAR,
    exercise BOOLEAN DEFAULT 'false' NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    lon FLOAT,
    lat FLOAT,
    details JSONB DEFAULT '{}' NOT NULL,
    acknowledged_at TIMESTAMP WITH TIME ZONE,
    acknowledged_by VARCHAR,
    closed_at TIMESTAMP WITH TIME ZONE,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT alert_pkey PRIMARY KEY (id),
    CONSTRAINT alert_tracker_id_fkey FOREIGN KEY (tracker_id) REFERENCES tracker (id) ON DELETE CASCADE,
    CONSTRAINT alert_kind_check CHECK (kind IN ('off_route', 'stopped', 'silent', 'overdue', 'arrived', 'no_way', 'entered', 'left'))
);
CREATE UNIQUE INDEX alert_open_key ON alert (tracker_id, kind, task_id, watch_area_id)
  NULLS NOT DISTINCT WHERE closed_at IS NULL;
CREATE INDEX alert_opened_at_idx ON alert (opened_at);
CREATE INDEX alert_incident_id_idx ON alert (incident_id);
SELECT onemap_watch('alert');

-- When who follows a task arrives, from where it is: telemetry, made anew all the time.
CREATE TABLE eta (
    task_id UUID NOT NULL,
    tracker BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    computed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expected_at TIMESTAMP WITH TIME ZONE,
    remaining_s FLOAT,
    distance_m FLOAT,
    off_route_m FLOAT,
    state VARCHAR NOT NULL,
    memory JSONB DEFAULT '{}' NOT NULL,
    CONSTRAINT eta_pkey PRIMARY KEY (task_id, tracker)
) WITH (fillfactor = 40);

DO $$
DECLARE
  made regprocedure;
BEGIN
  FOREACH made IN ARRAY ARRAY[
    'onemap_make_position_days(date[])', 'onemap_drop_position_days(integer)']::regprocedure[]
  LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', made);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO onemap_app', made);
  END LOOP;
END
$$;
