-- Tasks: who was told to do what, how far it is, what it takes; and the ledger of every stock.

CREATE TABLE task (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    incident_id UUID NOT NULL,
    region VARCHAR,
    exercise BOOLEAN DEFAULT 'false' NOT NULL,
    kind VARCHAR NOT NULL,
    title VARCHAR,
    note VARCHAR,
    layer VARCHAR,
    feature_id UUID,
    feature_name VARCHAR,
    vehicle VARCHAR,
    travel_time_s FLOAT,
    expected_at TIMESTAMP WITH TIME ZONE,
    state VARCHAR DEFAULT 'proposed' NOT NULL,
    state_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    state_recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    state_by VARCHAR,
    state_reason VARCHAR,
    correction BOOLEAN DEFAULT 'false' NOT NULL,
    ordered_by VARCHAR,
    ordered_at TIMESTAMP WITH TIME ZONE,
    accepted_at TIMESTAMP WITH TIME ZONE,
    departed_at TIMESTAMP WITH TIME ZONE,
    arrived_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    geom geometry(POINT,4326),
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT task_pkey PRIMARY KEY (id),
    CONSTRAINT task_incident_id_fkey FOREIGN KEY (incident_id) REFERENCES incident (id) ON DELETE RESTRICT,
    CONSTRAINT task_kind_check CHECK (kind IN ('go', 'bring', 'evacuate', 'close_road', 'monitor', 'warn', 'other')),
    CONSTRAINT task_state_check CHECK (state IN ('proposed', 'ordered', 'accepted', 'departed', 'arrived', 'done', 'cancelled', 'refused')),
    CONSTRAINT task_layer_check CHECK ((layer IS NULL) = (feature_id IS NULL)),
    CONSTRAINT task_vehicle_check CHECK (vehicle ~ '^[a-z_]{1,40}$'),
    CONSTRAINT task_travel_time_s_check CHECK (travel_time_s BETWEEN 0 AND 864000),
    CONSTRAINT task_geom_check CHECK (ST_X(geom) BETWEEN -180 AND 180 AND ST_Y(geom) BETWEEN -90 AND 90)
);
CREATE INDEX task_incident_id_idx ON task (incident_id);
CREATE INDEX task_open_idx ON task (layer, feature_id) WHERE state IN ('ordered', 'accepted', 'departed', 'arrived');
CREATE INDEX task_ordered_at_idx ON task (ordered_at);

CREATE TABLE task_item (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    task_id UUID NOT NULL,
    incident_id UUID NOT NULL,
    region VARCHAR,
    what VARCHAR NOT NULL,
    holder_id UUID NOT NULL,
    stock_id UUID,
    vehicle_id UUID,
    item VARCHAR,
    amount FLOAT NOT NULL,
    unit VARCHAR NOT NULL,
    drawn FLOAT DEFAULT 0 NOT NULL,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT task_item_pkey PRIMARY KEY (id),
    CONSTRAINT task_item_task_id_fkey FOREIGN KEY (task_id) REFERENCES task (id) ON DELETE RESTRICT,
    CONSTRAINT task_item_what_check CHECK (what IN ('team', 'people', 'vehicle', 'stock', 'places')),
    CONSTRAINT task_item_stock_id_check CHECK ((what = 'stock') = (stock_id IS NOT NULL)),
    CONSTRAINT task_item_vehicle_id_check CHECK (what = 'vehicle' OR vehicle_id IS NULL),
    CONSTRAINT task_item_amount_check CHECK (amount > 0 AND amount <= 1e9),
    CONSTRAINT task_item_whole_check CHECK (what = 'stock' OR amount = floor(amount)),
    CONSTRAINT task_item_drawn_check CHECK (drawn >= 0 AND drawn <= amount AND (what = 'stock' OR drawn = 0))
);
CREATE INDEX task_item_task_id_idx ON task_item (task_id);
CREATE INDEX task_item_stock_id_idx ON task_item (stock_id) WHERE stock_id IS NOT NULL;
CREATE INDEX task_item_vehicle_id_idx ON task_item (vehicle_id) WHERE vehicle_id IS NOT NULL;
CREATE INDEX task_item_holder_id_idx ON task_item (holder_id);

CREATE TABLE task_route (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    task_id UUID NOT NULL,
    incident_id UUID NOT NULL,
    region VARCHAR,
    geom geometry(LINESTRING,4326) NOT NULL,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT task_route_pkey PRIMARY KEY (id),
    CONSTRAINT task_route_task_id_key UNIQUE (task_id),
    CONSTRAINT task_route_task_id_fkey FOREIGN KEY (task_id) REFERENCES task (id) ON DELETE RESTRICT,
    CONSTRAINT task_route_geom_check CHECK (ST_NPoints(geom) BETWEEN 2 AND 20000
        AND ST_XMin(geom) >= -180 AND ST_XMax(geom) <= 180 AND ST_YMin(geom) >= -90 AND ST_YMax(geom) <= 90)
);

CREATE TABLE stock_movement (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    stock_id UUID NOT NULL,
    resource_id UUID NOT NULL,
    item VARCHAR NOT NULL,
    unit VARCHAR NOT NULL,
    before FLOAT NOT NULL,
    after FLOAT NOT NULL,
    why VARCHAR NOT NULL,
    task_item_id UUID,
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    actor VARCHAR,
    batch UUID,
    CONSTRAINT stock_movement_pkey PRIMARY KEY (id),
    CONSTRAINT stock_movement_why_check CHECK (why IN ('opening', 'added', 'edited', 'removed', 'ordered', 'returned')),
    CONSTRAINT stock_movement_task_item_id_check CHECK ((why IN ('ordered', 'returned')) = (task_item_id IS NOT NULL))
);
CREATE INDEX stock_movement_stock_id_id_idx ON stock_movement (stock_id, id);
CREATE INDEX stock_movement_task_item_id_idx ON stock_movement (task_item_id) WHERE task_item_id IS NOT NULL;
-- The ledger is written by the trigger of stock alone, which runs as the migrator.
REVOKE INSERT, UPDATE, DELETE ON stock_movement FROM onemap_app;

-- NaN is greater than every number to PostgreSQL, so the upper bound is what refuses it.
ALTER TABLE stock ADD CONSTRAINT stock_quantity_check CHECK (quantity >= 0 AND quantity < 'Infinity');
INSERT INTO stock_movement (stock_id, resource_id, item, unit, before, after, why)
SELECT id, resource_id, item, unit, 0, quantity, 'opening' FROM stock ORDER BY id;

-- Whether somebody is out with it: a real task holds a team, a place, a vehicle or a stock.
CREATE FUNCTION public.onemap_is_committed(wanted text, feature uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT CASE
    WHEN wanted IN ('team', 'resource') THEN EXISTS (
      SELECT FROM task t WHERE t.layer = wanted AND t.feature_id = feature AND NOT t.exercise
        AND t.state IN ('ordered', 'accepted', 'departed', 'arrived'))
    ELSE EXISTS (
      SELECT FROM task_item i JOIN task t ON t.id = i.task_id
      WHERE (i.stock_id = feature OR i.vehicle_id = feature) AND NOT t.exercise
        AND t.state IN ('ordered', 'accepted', 'departed', 'arrived')) END
$$;

-- Every change of a quantity is a line of the ledger, whoever made it. The program says for which
-- item of a task by onemap.task_item; where it says nothing, somebody counted or edited.
CREATE FUNCTION public.onemap_keep_ledger() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  item_of_task constant uuid := nullif(current_setting('onemap.task_item', true), '')::uuid;
  line stock;
  had double precision := 0;
  has double precision := 0;
BEGIN
  IF TG_OP <> 'INSERT' THEN
    line := OLD;
    had := OLD.quantity;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    line := NEW;
    has := NEW.quantity;
  END IF;
  IF TG_OP = 'UPDATE' AND had = has AND OLD.unit = NEW.unit AND OLD.item = NEW.item
     AND OLD.resource_id = NEW.resource_id THEN
    RETURN NULL;
  END IF;
  INSERT INTO stock_movement (stock_id, resource_id, item, unit, before, after, why, task_item_id, actor, batch)
  VALUES (
    line.id, line.resource_id, line.item, line.unit, had, has,
    CASE WHEN item_of_task IS NOT NULL THEN CASE WHEN has < had THEN 'ordered' ELSE 'returned' END
         ELSE (CASE TG_OP WHEN 'INSERT' THEN 'added' WHEN 'UPDATE' THEN 'edited' ELSE 'removed' END) END,
    item_of_task,
    nullif(current_setting('onemap.actor', true), ''),
    nullif(current_setting('onemap.bulk', true), '')::uuid);
  RETURN NULL;
END
$$;
CREATE TRIGGER stock_ledger AFTER INSERT OR UPDATE OR DELETE ON stock
FOR EACH ROW EXECUTE FUNCTION public.onemap_keep_ledger();

-- What a task holds is neither removed nor turned into something else under its hands.
CREATE FUNCTION public.onemap_keep_committed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF onemap_is_committed(TG_TABLE_NAME, OLD.id) THEN
    RAISE EXCEPTION 'a task holds this %', TG_TABLE_NAME
      USING ERRCODE = 'foreign_key_violation', CONSTRAINT = TG_TABLE_NAME || '_committed';
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER team_committed BEFORE DELETE ON team
FOR EACH ROW EXECUTE FUNCTION public.onemap_keep_committed();
CREATE TRIGGER resource_committed BEFORE DELETE ON resource
FOR EACH ROW EXECUTE FUNCTION public.onemap_keep_committed();
CREATE TRIGGER vehicle_committed BEFORE DELETE ON vehicle
FOR EACH ROW EXECUTE FUNCTION public.onemap_keep_committed();
CREATE TRIGGER stock_committed BEFORE DELETE ON stock
FOR EACH ROW EXECUTE FUNCTION public.onemap_keep_committed();
CREATE TRIGGER stock_committed_update BEFORE UPDATE ON stock
FOR EACH ROW WHEN (OLD.unit <> NEW.unit OR OLD.item <> NEW.item OR OLD.resource_id <> NEW.resource_id)
EXECUTE FUNCTION public.onemap_keep_committed();

-- A real incident with tasks has drawn real stock, an exercise with tasks has not.
CREATE FUNCTION public.onemap_keep_exercise() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF EXISTS (SELECT FROM task t WHERE t.incident_id = OLD.id) THEN
    RAISE EXCEPTION 'an incident with tasks stays an exercise, or real, as it is'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'incident_exercise_kept';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER incident_exercise BEFORE UPDATE ON incident
FOR EACH ROW WHEN (OLD.exercise <> NEW.exercise) EXECUTE FUNCTION public.onemap_keep_exercise();

-- The steps of a task: forward; back only by a correction with its reason; past a step only with a
-- reason. layers/tasks/states.py says the same to people; this holds whoever writes.
CREATE FUNCTION public.onemap_step_task() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  steps constant text[] := '{proposed,ordered,accepted,departed,arrived,done}';
  place int := array_position(steps, NEW.state::text);
  was int;
  reasoned constant boolean := coalesce(btrim(NEW.state_reason), '') <> '';
  allowed boolean;
  held incident;
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT * INTO held FROM incident i WHERE i.id = NEW.incident_id;
    NEW.exercise := coalesce(held.exercise, false);
    NEW.region := held.region;
    NEW.correction := false;
    allowed := place <= 2;
    IF held.status = 'closed' THEN
      RAISE EXCEPTION 'the incident is closed'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'task_incident_closed';
    END IF;
  ELSE
    was := array_position(steps, OLD.state::text);
    NEW.incident_id := OLD.incident_id;
    NEW.exercise := OLD.exercise;
    IF (NEW.layer, NEW.feature_id) IS DISTINCT FROM (OLD.layer, OLD.feature_id)
       AND OLD.state <> 'proposed' THEN
      RAISE EXCEPTION 'a task that was ordered stays with whom it was given to'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'task_holder';
    END IF;
    IF NEW.state = OLD.state THEN
      NEW.state_at := OLD.state_at;
      NEW.state_recorded_at := OLD.state_recorded_at;
      NEW.state_by := OLD.state_by;
      NEW.state_reason := OLD.state_reason;
      NEW.correction := OLD.correction;
      NEW.ordered_by := OLD.ordered_by;
      NEW.ordered_at := OLD.ordered_at;
      NEW.accepted_at := OLD.accepted_at;
      NEW.departed_at := OLD.departed_at;
      NEW.arrived_at := OLD.arrived_at;
      NEW.ended_at := OLD.ended_at;
      RETURN NEW;
    END IF;
    allowed := CASE
      WHEN NEW.correction THEN reasoned AND place IS NOT NULL AND (was IS NULL OR place < was)
      WHEN was IS NULL OR OLD.state = 'done' THEN false
      WHEN NEW.state = 'cancelled' THEN true
      WHEN NEW.state = 'refused' THEN OLD.state = 'ordered'
      ELSE place = was + 1 OR (place > was + 1 AND reasoned) END;
    IF NEW.state_at < OLD.state_at AND NOT NEW.correction THEN
      RAISE EXCEPTION 'a state cannot begin before the one that it follows'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'task_state_order';
    END IF;
  END IF;
  IF NOT coalesce(allowed, false) THEN
    RAISE EXCEPTION 'a task does not go from % to %', coalesce(OLD.state, 'nothing'), NEW.state
      USING ERRCODE = 'check_violation', CONSTRAINT = 'task_step';
  END IF;
  NEW.state_recorded_at := clock_timestamp();
  IF NEW.state_at IS NULL THEN
    NEW.state_at := NEW.state_recorded_at;
  END IF;
  IF NEW.state_at > NEW.state_recorded_at + interval '2 minutes' THEN
    RAISE EXCEPTION 'a state cannot begin in the future'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'task_state_future';
  END IF;
  NEW.state_by := nullif(current_setting('onemap.actor', true), '');
  -- The moments of the states that the task has been through; what a correction took back is empty.
  NEW.ordered_at := CASE WHEN place = 2 THEN NEW.state_at WHEN place < 2 THEN NULL ELSE OLD.ordered_at END;
  NEW.ordered_by := CASE WHEN place = 2 THEN NEW.state_by WHEN place < 2 THEN NULL ELSE OLD.ordered_by END;
  NEW.accepted_at := CASE WHEN place = 3 THEN NEW.state_at WHEN place < 3 THEN NULL ELSE OLD.accepted_at END;
  NEW.departed_at := CASE WHEN place = 4 THEN NEW.state_at WHEN place < 4 THEN NULL ELSE OLD.departed_at END;
  NEW.arrived_at := CASE WHEN place = 5 THEN NEW.state_at WHEN place < 5 THEN NULL ELSE OLD.arrived_at END;
  NEW.ended_at := CASE WHEN place BETWEEN 1 AND 5 THEN NULL ELSE NEW.state_at END;
  RETURN NEW;
END
$$;
CREATE TRIGGER task_step BEFORE INSERT OR UPDATE ON task
FOR EACH ROW EXECUTE FUNCTION public.onemap_step_task();

-- What belongs to a task is of its incident and region, and stays with it.
CREATE FUNCTION public.onemap_follow_task() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    NEW.task_id := OLD.task_id;
  END IF;
  SELECT t.incident_id, t.region INTO NEW.incident_id, NEW.region FROM task t WHERE t.id = NEW.task_id;
  RETURN NEW;
END
$$;
-- What an item is stays; only how much of it may change.
CREATE FUNCTION public.onemap_fix_item() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  RAISE EXCEPTION 'an item of a task stays what it is'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'task_item_fixed';
END
$$;
CREATE TRIGGER task_item_fixed BEFORE UPDATE ON task_item
FOR EACH ROW WHEN ((OLD.what, OLD.holder_id, OLD.stock_id, OLD.vehicle_id, OLD.item, OLD.unit)
  IS DISTINCT FROM (NEW.what, NEW.holder_id, NEW.stock_id, NEW.vehicle_id, NEW.item, NEW.unit))
EXECUTE FUNCTION public.onemap_fix_item();
CREATE TRIGGER task_item_follow BEFORE INSERT OR UPDATE ON task_item
FOR EACH ROW EXECUTE FUNCTION public.onemap_follow_task();
CREATE TRIGGER task_route_follow BEFORE INSERT OR UPDATE ON task_route
FOR EACH ROW EXECUTE FUNCTION public.onemap_follow_task();

-- An incident that moves into another district takes its tasks along: they are read by its region.
CREATE FUNCTION public.onemap_move_tasks() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  UPDATE task SET region = NEW.region WHERE incident_id = NEW.id;
  UPDATE task_item SET region = NEW.region WHERE incident_id = NEW.id;
  UPDATE task_route SET region = NEW.region WHERE incident_id = NEW.id;
  RETURN NULL;
END
$$;
CREATE TRIGGER incident_moved AFTER UPDATE ON incident
FOR EACH ROW WHEN (OLD.region IS DISTINCT FROM NEW.region) EXECUTE FUNCTION public.onemap_move_tasks();

-- At the end of a transaction: what an item has drawn is what its task's state asks for, and what
-- the ledger says of it, to a millionth of a unit; an exercise has drawn nothing of what is real.
CREATE FUNCTION public.onemap_check_item(wanted uuid) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  held record;
  booked numeric;
BEGIN
  SELECT i.amount, i.drawn, i.what, t.state, t.exercise INTO held
  FROM task_item i JOIN task t ON t.id = i.task_id WHERE i.id = wanted;
  SELECT coalesce(sum(m.before::numeric - m.after::numeric), 0) INTO booked
  FROM stock_movement m WHERE m.task_item_id = wanted;
  IF held IS NULL AND booked = 0 THEN
    RETURN;
  END IF;
  IF held IS NULL OR abs(booked - CASE WHEN held.exercise THEN 0 ELSE held.drawn::numeric END) > 1e-6 THEN
    RAISE EXCEPTION 'the ledger has % drawn for an item of a task that says %', booked, held.drawn
      USING ERRCODE = 'check_violation', CONSTRAINT = 'task_item_booked';
  END IF;
  IF held.what = 'stock' AND (
      (held.state IN ('ordered', 'accepted', 'departed', 'arrived') AND held.drawn <> held.amount)
      OR (held.state = 'proposed' AND held.drawn <> 0)) THEN
    RAISE EXCEPTION 'a task that is % has drawn % of %', held.state, held.drawn, held.amount
      USING ERRCODE = 'check_violation', CONSTRAINT = 'task_item_drawn';
  END IF;
END
$$;
CREATE FUNCTION public.onemap_settle() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  CASE TG_TABLE_NAME
    WHEN 'task' THEN
      PERFORM onemap_check_item(i.id) FROM task_item i WHERE i.task_id = NEW.id AND i.what = 'stock';
    WHEN 'task_item' THEN
      PERFORM onemap_check_item(coalesce(NEW.id, OLD.id));
    WHEN 'stock_movement' THEN
      PERFORM onemap_check_item(NEW.task_item_id);
  END CASE;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER task_settled AFTER UPDATE OF state ON task
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.onemap_settle();
CREATE CONSTRAINT TRIGGER task_item_settled AFTER INSERT OR UPDATE OR DELETE ON task_item
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.onemap_settle();
CREATE CONSTRAINT TRIGGER stock_movement_settled AFTER INSERT ON stock_movement
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.task_item_id IS NOT NULL)
EXECUTE FUNCTION public.onemap_settle();

-- An item leaves only a task that is still a proposal.
CREATE FUNCTION public.onemap_keep_item() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF EXISTS (SELECT FROM task t WHERE t.id = OLD.task_id AND t.state <> 'proposed') THEN
    RAISE EXCEPTION 'an item of a task that was ordered stays on record'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'task_item_kept';
  END IF;
  RETURN OLD;
END
$$;
CREATE TRIGGER task_item_kept BEFORE DELETE ON task_item
FOR EACH ROW EXECUTE FUNCTION public.onemap_keep_item();

-- Move a stock for an item of a task, in decimals: 0.3 t less 0.1 t is 0.2 t. NULL: no such stock.
CREATE FUNCTION public.onemap_draw(item_of_task uuid, wanted uuid, amount double precision)
RETURNS double precision
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  remaining double precision;
BEGIN
  PERFORM set_config('onemap.task_item', item_of_task::text, true);
  UPDATE stock SET quantity = (quantity::numeric - amount::numeric)::double precision
  WHERE id = wanted RETURNING quantity INTO remaining;
  PERFORM set_config('onemap.task_item', '', true);
  RETURN remaining;
END
$$;

-- A task is cancelled, not removed.
REVOKE DELETE ON task FROM onemap_app;

SELECT onemap_watch('task');
SELECT onemap_watch('task_item');
SELECT onemap_watch('task_route');
