-- Counted cells: how many rows of a layer lie in each cell of a grid over the world, by region and
-- grade, with exact sums. Kept by triggers, so that a tile of a million rows reads a few hundred.
--
-- Every change appends rows, nobody updates one: no two writers ever wait for each other here.
-- A cell holds the sum of its rows; folding (onemap_fold_cells) puts one row in the place of many,
-- in one statement, so that a reader sees either the many or the one.

-- The one place of a shape in EPSG:3857: the record's own point on it, or, where that lies beyond
-- the map's edge, a point on what the map shows of it.
CREATE FUNCTION public.onemap_anchor(shape public.geometry) RETURNS public.geometry
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
  place public.geometry;
BEGIN
  IF shape IS NULL OR public.ST_IsEmpty(shape)
     OR NOT (public.ST_XMin(shape) >= -180 AND public.ST_XMax(shape) <= 180
             AND public.ST_YMin(shape) >= -90 AND public.ST_YMax(shape) <= 90) THEN
    RETURN NULL;
  END IF;
  IF public.GeometryType(shape) = 'POINT' THEN
    RETURN public.onemap_mercator(shape);
  END IF;
  place := public.onemap_mercator(public.ST_PointOnSurface(shape));
  IF place IS NULL THEN
    place := public.ST_PointOnSurface(public.onemap_mercator(shape));
  END IF;
  RETURN CASE WHEN public.ST_IsEmpty(place) THEN NULL ELSE place END;
END
$$;

-- Give a table of shapes the column that holds their anchors.
CREATE FUNCTION public.onemap_give_anchor(given regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  EXECUTE format(
    'ALTER TABLE %s ADD COLUMN IF NOT EXISTS anchor public.geometry(POINT, 3857) '
    'GENERATED ALWAYS AS (public.onemap_anchor(geom)) STORED', given);
END
$$;

-- Where a coordinate of EPSG:3857 lies on a line of 2^31 steps across the world, from its edge.
-- A cell of level n is such a number without its last 31 - n bits, so levels nest exactly; the
-- division is by a length that differs from a tile's by a power of two, which loses nothing: a
-- place lies in the tile that tiles.mvt.Frame.holds names.
CREATE FUNCTION public.onemap_step(from_edge_m double precision) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT least(greatest(
    floor(from_edge_m / (40075016.685578488::float8 / 2147483648::float8)), 0), 2147483647)::int4
$$;

CREATE TABLE counted_layer (
    layer VARCHAR NOT NULL,
    place VARCHAR NOT NULL,
    worst VARCHAR,
    summed VARCHAR[] DEFAULT '{}' NOT NULL,
    judged_rows BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT counted_layer_pkey PRIMARY KEY (layer)
);

-- Where a layer is counted deeper than everywhere: a tile of level 9 with more than 20,000 rows has
-- cells of level 16, one of level 13 has those of level 20.
CREATE TABLE dense_area (
    layer VARCHAR NOT NULL,
    level SMALLINT NOT NULL,
    cx INTEGER NOT NULL,
    cy INTEGER NOT NULL,
    CONSTRAINT dense_area_pkey PRIMARY KEY (layer, level, cx, cy),
    CONSTRAINT dense_area_level_check CHECK (level IN (9, 13))
);

CREATE TABLE cell (
    layer VARCHAR NOT NULL,
    level SMALLINT NOT NULL,
    cx INTEGER NOT NULL,
    cy INTEGER NOT NULL,
    region VARCHAR,
    grade VARCHAR,
    n BIGINT NOT NULL,
    x BIGINT NOT NULL,
    y BIGINT NOT NULL,
    sums BIGINT[] NOT NULL,
    known BIGINT[] NOT NULL,
    fresh BOOLEAN NOT NULL
);
CREATE INDEX cell_place_idx ON cell (layer, level, cx, cy);
CREATE INDEX cell_fresh_idx ON cell (layer) WHERE fresh;
ALTER TABLE cell SET (autovacuum_vacuum_scale_factor = 0.05);

-- The rows of a table or transition table that count, as SQL: once (sign 1) or taken away (-1).
CREATE FUNCTION public.onemap_counted_rows(spec public.counted_layer, sign integer, source text)
RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT format(
    'SELECT (%s)::int4 AS sign, public.ST_X(t.%2$I) AS x_m, public.ST_Y(t.%2$I) AS y_m, '
    't.region::varchar AS region, %3$s::varchar AS grade%4$s FROM %5$s t WHERE t.%2$I IS NOT NULL',
    sign, spec.place, CASE WHEN spec.worst IS NULL THEN 'NULL' ELSE format('t.%I', spec.worst) END,
    (SELECT coalesce(string_agg(format(', t.%I::bigint AS s%s', name, nr), '' ORDER BY nr), '')
     FROM unnest(spec.summed) WITH ORDINALITY AS s(name, nr)),
    source)
$$;

-- Rows with the steps at which they lie, as SQL.
CREATE FUNCTION public.onemap_gridded(counted text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT format(
    'SELECT r.*, onemap_step(x_m + 20037508.342789244::float8) AS gx, '
    'onemap_step(20037508.342789244::float8 - y_m) AS gy FROM (%s) r', counted)
$$;

-- Sums of gridded rows by the cells of a level, as SQL; changes that cancel out add nothing.
CREATE FUNCTION public.onemap_summed_cells(spec public.counted_layer, level integer, gridded text)
RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT format(
    'SELECT %1$s AS level, gx >> %2$s AS cx, gy >> %2$s AS cy, region, grade, sum(sign) AS n, '
    'sum(sign * gx) AS x, sum(sign * gy) AS y, '
    'ARRAY[%3$s]::bigint[] AS sums, ARRAY[%4$s]::bigint[] AS known FROM (%5$s) g '
    'GROUP BY gx >> %2$s, gy >> %2$s, region, grade '
    'HAVING sum(sign) <> 0 OR sum(sign * gx) <> 0 OR sum(sign * gy) <> 0%6$s',
    level, 31 - level, each.sums, each.known, gridded, each.changed)
  FROM (
    SELECT
      coalesce(string_agg(format('coalesce(sum(sign * s%s), 0)', nr), ', ' ORDER BY nr), '')
        AS sums,
      coalesce(string_agg(format('coalesce(sum(sign) FILTER (WHERE s%s IS NOT NULL), 0)', nr), ', '
                          ORDER BY nr), '') AS known,
      coalesce(string_agg(format(' OR sum(sign * s%1$s) <> 0 '
                                 'OR sum(sign) FILTER (WHERE s%1$s IS NOT NULL) <> 0', nr), ''
                          ORDER BY nr), '') AS changed
    FROM generate_series(1, cardinality(spec.summed)) AS nr) each
$$;

-- The statement that adds what some rows count to the cells of every level. Text, because only a
-- trigger itself sees its transition tables.
CREATE FUNCTION public.onemap_adding_cells(spec public.counted_layer, counted text, fresh boolean)
RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  dense text := '';
  area record;
  sums text;
  known text;
BEGIN
  SELECT coalesce(string_agg(format('sum(sums[%s])', nr), ', ' ORDER BY nr), ''),
         coalesce(string_agg(format('sum(known[%s])', nr), ', ' ORDER BY nr), '')
  INTO sums, known FROM generate_series(1, cardinality(spec.summed)) AS nr;
  FOR area IN SELECT DISTINCT a.level FROM dense_area a WHERE a.layer = spec.layer LOOP
    dense := dense || ' UNION ALL ' || onemap_summed_cells(spec, area.level + 7, format(
      'SELECT i.* FROM gridded i JOIN dense_area a ON a.layer = %L AND a.level = %2$s '
      'AND a.cx = i.gx >> %3$s AND a.cy = i.gy >> %3$s',
      spec.layer, area.level, 31 - area.level));
  END LOOP;
  RETURN format(
    'WITH gridded AS (%1$s), deep AS MATERIALIZED (%2$s) '
    'INSERT INTO cell (layer, level, cx, cy, region, grade, n, x, y, sums, known, fresh) '
    'SELECT %3$L, added.*, %4$L::boolean FROM (SELECT * FROM deep UNION ALL '
    'SELECT level, cx >> (12 - level), cy >> (12 - level), region, grade, sum(n)::bigint, '
    'sum(x)::bigint, sum(y)::bigint, ARRAY[%5$s]::bigint[], ARRAY[%6$s]::bigint[] '
    'FROM (SELECT upper.level, cx, cy, region, grade, n, x, y, sums, known '
    'FROM deep, (VALUES (4), (8)) AS upper(level)) d '
    'GROUP BY level, cx >> (12 - level), cy >> (12 - level), region, grade%7$s) added',
    onemap_gridded(counted), onemap_summed_cells(spec, 12, 'SELECT * FROM gridded'),
    spec.layer, fresh, sums, known, dense);
END
$$;

-- After a statement: what its rows add and take away.
CREATE FUNCTION public.onemap_count_rows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  spec counted_layer;
  first boolean;
BEGIN
  SELECT * INTO spec FROM counted_layer c WHERE c.layer = TG_TABLE_NAME::text;
  IF TG_OP = 'TRUNCATE' THEN
    -- As in onemap_recount: what is being folded now would be put back after it is deleted here.
    PERFORM pg_advisory_xact_lock(1869507950, hashtext(spec.layer));
    DELETE FROM cell c WHERE c.layer = spec.layer;
    DELETE FROM dense_area d WHERE d.layer = spec.layer;
  ELSIF TG_OP = 'INSERT' THEN
    first := NOT EXISTS (SELECT FROM cell c WHERE c.layer = spec.layer);
    EXECUTE onemap_adding_cells(spec, onemap_counted_rows(spec, 1, 'new_rows'), NOT first);
  ELSIF TG_OP = 'DELETE' THEN
    EXECUTE onemap_adding_cells(spec, onemap_counted_rows(spec, -1, 'old_rows'), true);
  ELSE
    EXECUTE onemap_adding_cells(
      spec, onemap_counted_rows(spec, -1, 'old_rows') || ' UNION ALL '
            || onemap_counted_rows(spec, 1, 'new_rows'), true);
  END IF;
  RETURN NULL;
END
$$;

-- Count deeper where an area has become dense, in at most so many areas; return in how many. Writers
-- of the layer wait meanwhile, readers do not. The layer is judged when no more such area is left.
CREATE FUNCTION public.onemap_deepen_cells(counted text, most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  spec counted_layer;
  opened record;
  above integer;
  done integer := 0;
BEGIN
  SELECT * INTO spec FROM counted_layer c WHERE c.layer = counted;
  EXECUTE format('LOCK TABLE public.%I IN SHARE ROW EXCLUSIVE MODE', spec.layer);
  FOREACH above IN ARRAY ARRAY[9, 13] LOOP
    FOR opened IN
      INSERT INTO dense_area (layer, level, cx, cy)
      SELECT spec.layer, above, c.cx >> 3, c.cy >> 3 FROM cell c
      WHERE c.layer = spec.layer AND c.level = above + 3 AND NOT EXISTS (
        SELECT FROM dense_area d WHERE d.layer = spec.layer AND d.level = above
        AND d.cx = c.cx >> 3 AND d.cy = c.cy >> 3)
      GROUP BY c.cx >> 3, c.cy >> 3 HAVING sum(c.n) > 20000
      LIMIT most - done
      ON CONFLICT DO NOTHING RETURNING *
    LOOP
      EXECUTE format(
        'INSERT INTO cell (layer, level, cx, cy, region, grade, n, x, y, sums, known, fresh) '
        'SELECT %L, added.*, false FROM (%s) added', spec.layer,
        onemap_summed_cells(spec, opened.level + 7, format(
          'SELECT * FROM (%s) i WHERE gx >> %2$s = %3$s AND gy >> %2$s = %4$s',
          onemap_gridded(onemap_counted_rows(spec, 1, format(
            '(SELECT * FROM public.%I WHERE geom_3857 && %L::geometry)', spec.layer,
            ST_Expand(ST_TileEnvelope(opened.level, opened.cx, opened.cy), 20000)))),
          31 - opened.level, opened.cx, opened.cy)));
      done := done + 1;
    END LOOP;
  END LOOP;
  IF done < most THEN
    UPDATE counted_layer c SET judged_rows = coalesce(
      (SELECT sum(n) FROM cell WHERE cell.layer = spec.layer AND cell.level = 4), 0)
    WHERE c.layer = spec.layer;
  END IF;
  RETURN done;
END
$$;

-- Count a layer anew. Writers of the layer wait meanwhile.
CREATE FUNCTION public.onemap_recount(counted text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  spec counted_layer;
BEGIN
  SELECT * INTO spec FROM counted_layer c WHERE c.layer = counted;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'layer % is not counted', counted USING ERRCODE = '42P01';
  END IF;
  EXECUTE format('LOCK TABLE public.%I IN SHARE ROW EXCLUSIVE MODE', spec.layer);
  -- As in onemap_fold_cells, which would otherwise put back what is deleted here.
  PERFORM pg_advisory_xact_lock(1869507950, hashtext(spec.layer));
  DELETE FROM dense_area d WHERE d.layer = spec.layer;
  DELETE FROM cell c WHERE c.layer = spec.layer;
  EXECUTE onemap_adding_cells(
    spec, onemap_counted_rows(spec, 1, format('public.%I', spec.layer)), false);
  PERFORM onemap_deepen_cells(counted, 2147483647);
END
$$;

-- Begin to count a layer: what it holds already, and every change from now on.
CREATE FUNCTION public.onemap_count_layer(counted text, worst text, summed text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  stored constant regclass := format('public.%I', counted)::regclass;
  shapes constant boolean := EXISTS (
    SELECT FROM pg_attribute WHERE attrelid = stored AND attname = 'anchor' AND NOT attisdropped);
BEGIN
  INSERT INTO counted_layer (layer, place, worst, summed)
  VALUES (counted, CASE WHEN shapes THEN 'anchor' ELSE 'geom_3857' END, worst, summed)
  ON CONFLICT (layer) DO UPDATE
  SET place = excluded.place, worst = excluded.worst, summed = excluded.summed;
  PERFORM onemap_recount(counted);
  EXECUTE format(
    'CREATE TRIGGER onemap_count_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows '
    'FOR EACH STATEMENT EXECUTE FUNCTION public.onemap_count_rows()', stored);
  EXECUTE format(
    'CREATE TRIGGER onemap_count_update AFTER UPDATE ON %s '
    'REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows '
    'FOR EACH STATEMENT EXECUTE FUNCTION public.onemap_count_rows()', stored);
  EXECUTE format(
    'CREATE TRIGGER onemap_count_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows '
    'FOR EACH STATEMENT EXECUTE FUNCTION public.onemap_count_rows()', stored);
  EXECUTE format(
    'CREATE TRIGGER onemap_count_truncate AFTER TRUNCATE ON %s '
    'FOR EACH STATEMENT EXECUTE FUNCTION public.onemap_count_rows()', stored);
END
$$;

-- Put one row in the place of many, for at most so many cells of one layer; return how many cells.
-- Where the layer is being counted anew or folded by another, nothing.
CREATE FUNCTION public.onemap_fold_cells(folded text, most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  spec counted_layer;
  sums text;
  known text;
  done integer;
BEGIN
  SELECT * INTO spec FROM counted_layer c WHERE c.layer = folded;
  IF NOT FOUND OR NOT pg_try_advisory_xact_lock(1869507950, hashtext(folded)) THEN
    RETURN 0;
  END IF;
  SELECT coalesce(string_agg(format('sum(sums[%s])', nr), ', ' ORDER BY nr), ''),
         coalesce(string_agg(format('sum(known[%s])', nr), ', ' ORDER BY nr), '')
  INTO sums, known FROM generate_series(1, cardinality(spec.summed)) AS nr;
  EXECUTE format(
    'WITH keys AS (SELECT DISTINCT level, cx, cy FROM cell WHERE layer = $1 AND fresh LIMIT $2), '
    'gone AS (DELETE FROM cell c USING keys k WHERE c.layer = $1 '
    'AND (c.level, c.cx, c.cy) = (k.level, k.cx, k.cy) RETURNING c.*), '
    'put AS (INSERT INTO cell (layer, level, cx, cy, region, grade, n, x, y, sums, known, fresh) '
    'SELECT $1, level, cx, cy, region, grade, sum(n), sum(x), sum(y), ARRAY[%s]::bigint[], '
    'ARRAY[%s]::bigint[], false FROM gone GROUP BY level, cx, cy, region, grade '
    'HAVING sum(n) <> 0) SELECT count(*) FROM keys', sums, known)
  INTO done USING folded, most;
  RETURN done;
END
$$;

-- Whether a layer has grown so much since it was last judged that areas may have become dense.
CREATE FUNCTION public.onemap_outgrown(counted text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT coalesce(bool_or(s.n > 20000 AND s.n > 1.1 * c.judged_rows), false)
  FROM counted_layer c, LATERAL (
    SELECT sum(n) AS n FROM cell WHERE cell.layer = c.layer AND cell.level = 4) s
  WHERE c.layer = counted
$$;

-- The journal does not keep what is derived from another column.
CREATE OR REPLACE FUNCTION public.onemap_document(anyelement) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT to_jsonb($1) - '{geom_3857,anchor,entry,password_hash,name_pinyin}'::text[]
         #- '{geom,crs}' #- '{extent,crs}'
$$;

-- As before, with a second derived column on tables of shapes (argument `shape`).
CREATE OR REPLACE FUNCTION public.onemap_stamp() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off
AS $$
DECLARE
  bulk constant boolean := coalesce(current_setting('onemap.bulk', true), '') <> '';
  -- In the collation of the index: TG_TABLE_NAME itself is a `name`, which would not use it.
  this_layer constant text := TG_TABLE_NAME;
  feature constant boolean := TG_ARGV[0] IN ('feature', 'shape');
  touched boolean := false;
  pinyin text;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    -- Asked for its next version and nothing else: something that hangs on the row has changed.
    touched := NEW.version = OLD.version + 1;
    NEW.id := OLD.id;
    NEW.version := OLD.version;
    NEW.updated_at := OLD.updated_at;
    NEW.entry := OLD.entry;
    IF feature THEN
      NEW.geom_3857 := OLD.geom_3857;  -- computed after this trigger
      pinyin := NEW.name_pinyin;
      NEW.name_pinyin := OLD.name_pinyin;
    END IF;
    IF TG_ARGV[0] = 'shape' THEN
      NEW.anchor := OLD.anchor;
    END IF;
    IF NEW *= OLD AND NOT touched THEN
      IF feature THEN
        NEW.name_pinyin := pinyin;
      END IF;
      RETURN NEW;  -- nothing said anew: the same version, and nothing in the journal
    END IF;
    IF feature THEN
      NEW.name_pinyin := pinyin;
    END IF;
    NEW.version := OLD.version + 1;
  ELSE
    NEW.version := 1;
    IF NOT bulk THEN
      -- A row that comes back after its removal goes on where it was: If-Match stays honest.
      NEW.version := 1 + coalesce((
        SELECT (past.row ->> 'version')::bigint FROM row_history past
        WHERE past.layer = this_layer AND past.feature = NEW.id
        ORDER BY past.entry_from DESC LIMIT 1), 0);
    END IF;
  END IF;
  NEW.updated_at := clock_timestamp();
  IF bulk THEN
    NEW.entry := current_setting('onemap.entry_' || lower(TG_OP) || TG_RELID)::bigint;
  ELSE
    NEW.entry := nextval('public.journal_entry_seq');
  END IF;
  RETURN NEW;
END
$$;

-- Tell the stamp that a table has anchors.
CREATE FUNCTION public.onemap_stamp_shapes(stamped regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  EXECUTE format(
    'CREATE OR REPLACE TRIGGER onemap_stamp BEFORE INSERT OR UPDATE ON %s '
    'FOR EACH ROW EXECUTE FUNCTION public.onemap_stamp(%L)', stamped, 'shape');
END
$$;

-- Layers of a user's own: made with anchors, counted when they are complete, forgotten when dropped.
ALTER FUNCTION public.onemap_make_layer(text) RENAME TO onemap_make_layer_table;
ALTER FUNCTION public.onemap_finish_layer(text) RENAME TO onemap_finish_layer_table;
ALTER FUNCTION public.onemap_drop_layer(text) RENAME TO onemap_drop_layer_table;
ALTER FUNCTION public.onemap_make_staging(uuid, text, jsonb, text) RENAME TO onemap_make_staging_table;
ALTER FUNCTION public.onemap_adopt_staging(uuid, text) RENAME TO onemap_adopt_staging_table;

CREATE FUNCTION public.onemap_make_layer(made text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  PERFORM onemap_make_layer_table(made);
  IF (onemap_user_layer(made)).geometry_type <> 'POINT' THEN
    PERFORM onemap_give_anchor(format('public.%I', made)::regclass);
  END IF;
END
$$;

CREATE FUNCTION public.onemap_finish_layer(made text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  loaded constant bigint := onemap_finish_layer_table(made);
BEGIN
  IF (onemap_user_layer(made)).geometry_type <> 'POINT' THEN
    PERFORM onemap_stamp_shapes(format('public.%I', made)::regclass);
    PERFORM onemap_watch_outlines(format('public.%I', made)::regclass);
  END IF;
  PERFORM onemap_count_layer(made, NULL, '{}');
  RETURN loaded;
END
$$;

CREATE FUNCTION public.onemap_drop_layer(dropped text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  PERFORM onemap_drop_layer_table(dropped);
  PERFORM pg_advisory_xact_lock(1869507950, hashtext(dropped));
  DELETE FROM cell WHERE layer = dropped;
  DELETE FROM dense_area WHERE layer = dropped;
  DELETE FROM outline WHERE layer = dropped;
  DELETE FROM counted_layer WHERE layer = dropped;
END
$$;

CREATE FUNCTION public.onemap_make_staging(batch uuid, layer text, columns jsonb, shape text)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  made constant text := onemap_make_staging_table(batch, layer, columns, shape);
BEGIN
  IF shape <> 'POINT' THEN
    PERFORM onemap_give_anchor(format('onemap_staging.%I', made)::regclass);
  END IF;
  RETURN made;
END
$$;

CREATE FUNCTION public.onemap_adopt_staging(batch uuid, layer text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF (onemap_user_layer(layer)).geometry_type <> 'POINT' THEN
    -- One that was staged before there were anchors.
    PERFORM onemap_give_anchor(
      format('onemap_staging.%I', onemap_staging_name(batch, layer))::regclass);
  END IF;
  PERFORM onemap_adopt_staging_table(batch, layer);
END
$$;

-- Layers that there are already.
DO $$
DECLARE
  named record;
BEGIN
  FOR named IN
    SELECT * FROM (VALUES
      ('incident', 'accident_grade', '{}'::text[]),
      ('hazard_source', 'grade', '{}'),
      ('enterprise', NULL, '{employees}'),
      ('tank', NULL, '{}'),
      ('park', NULL, '{people}'),
      ('tailings_pond', NULL, '{people_downstream}'),
      ('geohazard', NULL, '{people_threatened}'),
      ('disaster_point', NULL, '{}'),
      ('accident', NULL, '{}'),
      ('road_closure', NULL, '{}'),
      ('protection_target', NULL, '{people_day,people_night}'),
      ('sensitive_place', NULL, '{}'),
      ('reservoir', NULL, '{}'),
      ('team', NULL, '{people}'),
      ('expert', NULL, '{}'),
      ('resource', NULL, '{beds}'),
      ('fire_water', NULL, '{}'),
      ('flood_work', NULL, '{}'),
      ('video_point', NULL, '{}'),
      ('weather_station', NULL, '{}')) AS product(layer, worst, summed)
    UNION ALL SELECT name, NULL, '{}' FROM user_layer
  LOOP
    CONTINUE WHEN to_regclass(format('public.%I', named.layer)) IS NULL;
    IF postgis_typmod_type((SELECT atttypmod FROM pg_attribute
        WHERE attrelid = format('public.%I', named.layer)::regclass AND attname = 'geom')) <> 'Point'
    THEN
      PERFORM onemap_give_anchor(format('public.%I', named.layer)::regclass);
      PERFORM onemap_stamp_shapes(format('public.%I', named.layer)::regclass);
    END IF;
    PERFORM onemap_count_layer(named.layer, named.worst, named.summed);
  END LOOP;
END
$$;

-- The program reads cells; it changes them by changing rows, or by folding.
REVOKE INSERT, UPDATE, DELETE ON cell, counted_layer, dense_area FROM onemap_app;
DO $$
DECLARE
  made regprocedure;
BEGIN
  FOREACH made IN ARRAY ARRAY[
    'onemap_give_anchor(regclass)', 'onemap_stamp_shapes(regclass)',
    'onemap_counted_rows(counted_layer, integer, text)',
    'onemap_adding_cells(counted_layer, text, boolean)', 'onemap_count_layer(text, text, text[])',
    'onemap_gridded(text)', 'onemap_summed_cells(counted_layer, integer, text)',
    'onemap_recount(text)', 'onemap_fold_cells(text, integer)', 'onemap_outgrown(text)',
    'onemap_deepen_cells(text, integer)', 'onemap_make_layer(text)', 'onemap_finish_layer(text)',
    'onemap_drop_layer(text)', 'onemap_make_staging(uuid, text, jsonb, text)',
    'onemap_adopt_staging(uuid, text)', 'onemap_make_layer_table(text)',
    'onemap_finish_layer_table(text)', 'onemap_drop_layer_table(text)',
    'onemap_make_staging_table(uuid, text, jsonb, text)',
    'onemap_adopt_staging_table(uuid, text)']::regprocedure[]
  LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC, onemap_app', made);
  END LOOP;
  FOREACH made IN ARRAY ARRAY[
    'onemap_recount(text)', 'onemap_fold_cells(text, integer)', 'onemap_outgrown(text)',
    'onemap_deepen_cells(text, integer)', 'onemap_make_layer(text)', 'onemap_finish_layer(text)',
    'onemap_drop_layer(text)', 'onemap_make_staging(uuid, text, jsonb, text)',
    'onemap_adopt_staging(uuid, text)']::regprocedure[]
  LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO onemap_app', made);
  END LOOP;
END
$$;
