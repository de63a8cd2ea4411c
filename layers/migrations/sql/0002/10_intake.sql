-- Staging: a table of its own for each layer of a batch, in a schema of its own.
--
-- The program's role may fill such a table and not make one; these functions run as the migrator,
-- take names and types from a list, and know only tables whose batch exists.

-- A point of the ordinary world, which is nearly every row of a load, without a call: SQL that is
-- inlined into the generated column. All else goes the long way, as before.
DO $$
BEGIN
  EXECUTE format(
    'CREATE FUNCTION public.onemap_mercator_of(shape public.geometry) RETURNS public.geometry '
    'LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS %L',
    (SELECT prosrc FROM pg_proc WHERE oid = 'public.onemap_mercator(public.geometry)'::regprocedure));
END
$$;
CREATE OR REPLACE FUNCTION public.onemap_mercator(shape public.geometry) RETURNS public.geometry
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT CASE
    WHEN public.ST_NPoints(shape) = 1
      AND shape OPERATOR(public.@) public.ST_MakeEnvelope(-180, -85.05, 180, 85.05, 4326)
    THEN public.ST_Transform(shape, 3857)
    ELSE public.onemap_mercator_of(shape)
  END
$$;

CREATE SCHEMA onemap_staging;
GRANT USAGE ON SCHEMA onemap_staging TO onemap_app;

-- What a batch replaced is found by the entry at which it ended.
CREATE INDEX row_history_layer_entry_to_idx ON row_history (layer, entry_to);

-- The rows of a statement have no statistics: compared one with each, sixty thousand changed rows
-- took minutes where a hash of them takes a second.
ALTER FUNCTION public.onemap_journal_bulk() SET enable_nestloop = off;

-- The name of the table in which a batch's records for a layer wait.
CREATE FUNCTION public.onemap_staging_name(batch uuid, layer text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT 's_' || replace(batch::text, '-', '') || '_'
         || left(encode(sha256(convert_to(layer, 'UTF8')), 'hex'), 16)
$$;

-- Make the empty table. `columns` is [{"name", "type"}]; `shape` the layer's geometry type, given
-- only where no row of the layer is stored and the table may become the layer's own: the checks
-- of a layer and its Mercator geometry are then worked out as the rows come in.
CREATE FUNCTION public.onemap_make_staging(batch uuid, layer text, columns jsonb, shape text)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  made constant text := onemap_staging_name(batch, layer);
  own text;
BEGIN
  PERFORM FROM import_batch WHERE id = batch FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no batch %', batch USING ERRCODE = '22023';
  END IF;
  IF EXISTS (SELECT FROM jsonb_array_elements(columns) AS c(spec)
             WHERE NOT coalesce(spec ->> 'name' ~ '^[a-z][a-z0-9_]{0,62}$', false)
                OR NOT coalesce(spec ->> 'type' IN ('varchar', 'bigint', 'double precision',
                   'boolean', 'timestamptz', 'date', 'varchar[]'), false))
     OR NOT coalesce(shape IN ('POINT', 'LINESTRING', 'POLYGON', 'MULTIPOLYGON', 'GEOMETRY'), true)
  THEN
    RAISE EXCEPTION 'not columns of a layer: %', left(columns::text, 200) USING ERRCODE = '42611';
  END IF;
  SELECT coalesce(string_agg(format(', %I %s', spec ->> 'name', spec ->> 'type'), ''
                             ORDER BY place), '')
  INTO own FROM jsonb_array_elements(columns) WITH ORDINALITY AS c(spec, place);
  EXECUTE format('DROP TABLE IF EXISTS onemap_staging.%I', made);
  IF shape IS NULL THEN
    EXECUTE format(
      'CREATE TABLE onemap_staging.%I (row bigint NOT NULL, given uuid, id uuid, children jsonb, '
      'geom public.geometry(GEOMETRY, 4326)%s)', made, own);
  ELSE
    EXECUTE format(
      'CREATE TABLE onemap_staging.%1$I (row bigint NOT NULL, id uuid NOT NULL, '
      'geom public.geometry(%2$s, 4326) NOT NULL%3$s, '
      'geom_3857 public.geometry(GEOMETRY, 3857) GENERATED ALWAYS AS (%4$s) STORED)',
      made, shape, own,
      (SELECT pg_get_expr(d.adbin, d.adrelid)
       FROM pg_attribute a JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
       WHERE a.attrelid = format('public.%I', layer)::regclass AND a.attname = 'geom_3857'));
  END IF;
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON onemap_staging.%I TO onemap_app', made);
  RETURN made;
END
$$;

-- Complete a filled table: values that are the same in every row are told once and take no room.
CREATE FUNCTION public.onemap_complete_staging(batch uuid, layer text, constants jsonb)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  made constant text := onemap_staging_name(batch, layer);
  spec jsonb;
BEGIN
  FOR spec IN SELECT c FROM jsonb_array_elements(constants) AS c LOOP
    IF NOT coalesce(spec ->> 'name' ~ '^[a-z][a-z0-9_]{0,62}$', false)
       OR NOT coalesce(spec ->> 'type' IN ('varchar', 'bigint', 'double precision', 'boolean',
          'timestamptz', 'date', 'varchar[]'), false) THEN
      RAISE EXCEPTION 'not a column of a layer: %', left(spec::text, 200) USING ERRCODE = '42611';
    END IF;
    EXECUTE format('ALTER TABLE onemap_staging.%I ADD COLUMN %I %s DEFAULT %L',
                   made, spec ->> 'name', spec ->> 'type', spec ->> 'value');
  END LOOP;
  -- A table that may become the layer's own gets its keys when it does.
  IF NOT EXISTS (SELECT FROM pg_attribute
                 WHERE attrelid = format('onemap_staging.%I', made)::regclass
                   AND attname = 'geom_3857') THEN
    EXECUTE format('ALTER TABLE onemap_staging.%I ADD PRIMARY KEY (row)', made);
    EXECUTE format('ANALYZE onemap_staging.%I', made);
  END IF;
END
$$;

-- Drop the tables of a batch.
CREATE FUNCTION public.onemap_drop_staging(batch uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  dropped text;
BEGIN
  FOR dropped IN
    SELECT relname FROM pg_class
    WHERE relnamespace = 'onemap_staging'::regnamespace AND relkind = 'r'
      AND starts_with(relname, 's_' || replace(batch::text, '-', '') || '_')
  LOOP
    EXECUTE format('DROP TABLE onemap_staging.%I', dropped);
  END LOOP;
END
$$;

-- A batch that goes takes its tables with it.
CREATE FUNCTION public.onemap_forget_staging() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  PERFORM onemap_drop_staging(OLD.id);
  RETURN NULL;
END
$$;
CREATE TRIGGER onemap_forget_staging AFTER DELETE ON import_batch
FOR EACH ROW EXECUTE FUNCTION public.onemap_forget_staging();

-- Build one of the two spatial indexes of a batch's table that is about to become a layer's own;
-- says whether it is there now. Two sessions build one each at the same time. Where the table is
-- not to be seen or not to be had yet, onemap_finish_layer builds it.
CREATE FUNCTION public.onemap_index_staging(batch uuid, layer text, indexed text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '200ms'
AS $$
DECLARE
  made constant text := onemap_staging_name(batch, layer);
  staged constant regclass := to_regclass(format('onemap_staging.%I', made));
BEGIN
  IF staged IS NULL OR indexed NOT IN ('geom', 'geom_3857') THEN
    RETURN false;
  END IF;
  IF NOT onemap_has_index(staged, indexed) THEN
    EXECUTE format('CREATE INDEX ON %s USING gist (%I)', staged, indexed);
  END IF;
  RETURN true;
EXCEPTION WHEN lock_not_available THEN
  RETURN false;
END
$$;

-- Let a batch's table become that of a user's layer of which no row is stored. What the layer's
-- table has and this one does not comes as a constant, which takes no room and no time.
-- onemap_finish_layer must follow in the same transaction.
CREATE FUNCTION public.onemap_adopt_staging(batch uuid, layer text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  made constant text := onemap_staging_name(batch, layer);
  staged constant regclass := format('onemap_staging.%I', made)::regclass;
  stored constant regclass := format('public.%I', layer)::regclass;
  defined constant user_layer := onemap_user_layer(layer);
  missing record;
  filled boolean;
BEGIN
  -- When a row was written, and as which version, is the database's to say.
  IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = staged AND NOT attisdropped
             AND attname IN ('entry', 'version', 'updated_at')) THEN
    RAISE EXCEPTION 'rows of % carry versions of their own', layer USING ERRCODE = '42809';
  END IF;
  EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', stored);
  EXECUTE format('SELECT EXISTS (SELECT FROM %s)', stored) INTO filled;
  IF filled THEN
    RAISE EXCEPTION 'layer % has rows', layer USING ERRCODE = '55006';
  END IF;
  EXECUTE format('ALTER TABLE %s RENAME COLUMN row TO fid', staged);
  FOR missing IN
    SELECT a.attname, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull,
           pg_get_expr(d.adbin, d.adrelid) AS original
    FROM pg_attribute a LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
    WHERE a.attrelid = stored AND a.attnum > 0 AND NOT a.attisdropped
      AND a.attname NOT IN (SELECT attname FROM pg_attribute
                            WHERE attrelid = staged AND NOT attisdropped)
    ORDER BY a.attnum
  LOOP
    EXECUTE format(
      'ALTER TABLE %s ADD COLUMN %I %s %s DEFAULT %s', staged, missing.attname, missing.type,
      CASE WHEN missing.attnotnull THEN 'NOT NULL' ELSE '' END,
      CASE missing.attname WHEN 'entry' THEN nextval('public.journal_entry_seq')::text
      ELSE coalesce(missing.original, 'NULL') END);
  END LOOP;
  -- Constants of the batch are no defaults of the layer.
  FOR missing IN
    SELECT a.attname, pg_get_expr(d.adbin, d.adrelid) AS original
    FROM pg_attribute a LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
    WHERE a.attrelid = stored AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
      AND a.attname NOT IN ('entry', 'fid')
  LOOP
    EXECUTE format(
      'ALTER TABLE %s ALTER COLUMN %I %s', staged, missing.attname,
      CASE WHEN missing.original IS NULL THEN 'DROP DEFAULT'
      ELSE 'SET DEFAULT ' || missing.original END);
  END LOOP;
  EXECUTE format('ALTER TABLE %s ALTER COLUMN fid ADD GENERATED ALWAYS AS IDENTITY', staged);
  EXECUTE format('SELECT setval(pg_get_serial_sequence(%L, ''fid''), coalesce(max(fid), 1)) FROM %s',
                 staged, staged);
  EXECUTE format('DROP TABLE %s', stored);
  EXECUTE format('ALTER TABLE %s SET SCHEMA public', staged);
  EXECUTE format('ALTER TABLE public.%I RENAME TO %I', made, layer);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON public.%I TO onemap_app', layer);
  EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE %s TO onemap_app',
                 pg_get_serial_sequence(format('public.%I', layer), 'fid'));
END
$$;

DO $$
DECLARE
  made regprocedure;
BEGIN
  FOREACH made IN ARRAY ARRAY[
    'onemap_make_staging(uuid, text, jsonb, text)',
    'onemap_complete_staging(uuid, text, jsonb)', 'onemap_drop_staging(uuid)',
    'onemap_index_staging(uuid, text, text)',
    'onemap_adopt_staging(uuid, text)']::regprocedure[]
  LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', made);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO onemap_app', made);
  END LOOP;
END
$$;
