-- Layers of a user's own: what each is, and the functions that make and take away its table.
--
-- The program's role owns no table and cannot make one. These functions run as the migrator: they
-- read the definition in `user_layer`, so nobody can ask for a table that no row describes, and
-- every identifier is checked and quoted.

CREATE TABLE user_layer (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    name VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    title_en VARCHAR,
    geometry_type VARCHAR NOT NULL,
    fields JSONB DEFAULT '[]' NOT NULL,
    group_name VARCHAR DEFAULT 'target' NOT NULL,
    access VARCHAR DEFAULT 'region' NOT NULL,
    readers JSONB DEFAULT '{}' NOT NULL,
    style JSONB DEFAULT '{}' NOT NULL,
    owner VARCHAR,
    source VARCHAR,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    removed_at TIMESTAMP WITH TIME ZONE,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT user_layer_pkey PRIMARY KEY (id),
    CONSTRAINT user_layer_name_key UNIQUE (name),
    CONSTRAINT user_layer_name_check CHECK (name ~ '^u_[a-z0-9_]{1,40}$'),
    CONSTRAINT user_layer_geometry_type_check CHECK (geometry_type IN ('POINT', 'LINESTRING', 'MULTIPOLYGON', 'GEOMETRY')),
    CONSTRAINT user_layer_group_name_check CHECK (group_name IN ('risk', 'help', 'target', 'ground')),
    CONSTRAINT user_layer_access_check CHECK (access IN ('open', 'region', 'restricted'))
);
SELECT onemap_watch('user_layer');

-- The definition of a layer, held until the transaction ends.
CREATE FUNCTION public.onemap_user_layer(wanted text) RETURNS public.user_layer
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  stored user_layer;
BEGIN
  IF wanted !~ '^u_[a-z0-9_]{1,40}$' THEN
    RAISE EXCEPTION 'not the name of a layer of a user''s own' USING ERRCODE = '42602';
  END IF;
  SELECT * INTO stored FROM user_layer WHERE name = wanted FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no layer % is defined', wanted USING ERRCODE = '42P01';
  END IF;
  RETURN stored;
END
$$;

-- One column of a layer's table as DDL, from the stored definition of its field.
CREATE FUNCTION public.onemap_user_column(field jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  type_ constant text := CASE field ->> 'type'
    WHEN 'text' THEN 'varchar' WHEN 'integer' THEN 'bigint' WHEN 'number' THEN 'double precision'
    WHEN 'boolean' THEN 'boolean' WHEN 'time' THEN 'timestamptz' WHEN 'date' THEN 'date'
    WHEN 'list' THEN 'varchar[]' END;
BEGIN
  IF type_ IS NULL OR NOT coalesce(field ->> 'name' ~ '^f_[0-9]{1,4}(_[a-z0-9_]{1,40})?$', false) THEN
    RAISE EXCEPTION 'not a field of a layer: %', left(field::text, 200) USING ERRCODE = '42611';
  END IF;
  RETURN format('%I %s', field ->> 'name', type_);
END
$$;

-- Make the table of a defined layer: the spine and its fields, without index, check or trigger, to
-- be filled fast (COPY with id and fid given takes a third of the time of one without).
-- onemap_finish_layer must follow in the same transaction. Every row carries one entry of the
-- journal, taken here: that of the load.
CREATE FUNCTION public.onemap_make_layer(made text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  layer constant user_layer := onemap_user_layer(made);
  own text;
  -- What onemap_mercator gives for a point, without its cost: 1.3 s for 1.2 million, not 2.8 s.
  mercator constant text := CASE WHEN layer.geometry_type = 'POINT'
    THEN 'CASE WHEN public.ST_X(geom) BETWEEN -180 AND 180 '
      'AND public.ST_Y(geom) BETWEEN -85.06 AND 85.06 THEN public.ST_Transform(geom, 3857) END'
    ELSE 'public.onemap_mercator(geom)' END;
BEGIN
  IF jsonb_array_length(layer.fields) > 500 THEN
    RAISE EXCEPTION 'a layer has at most 500 fields' USING ERRCODE = '54011';
  END IF;
  SELECT coalesce(string_agg(onemap_user_column(f.field) || ', ', '' ORDER BY f.place), '') INTO own
  FROM jsonb_array_elements(layer.fields) WITH ORDINALITY AS f(field, place);
  EXECUTE format(
    'CREATE TABLE public.%I ('
    'id uuid NOT NULL DEFAULT public.onemap_uuid_v7(), '
    'fid bigint GENERATED ALWAYS AS IDENTITY, '
    'name varchar, name_en varchar, %s'
    'region varchar, source varchar, source_date date, '
    'field_sources jsonb NOT NULL DEFAULT ''{}'', name_pinyin varchar, '
    'geom public.geometry(%s, 4326) NOT NULL, '
    'geom_3857 public.geometry(GEOMETRY, 3857) '
    'GENERATED ALWAYS AS (%s) STORED, '
    'version bigint NOT NULL DEFAULT 1, updated_at timestamptz NOT NULL DEFAULT now(), '
    'entry bigint NOT NULL DEFAULT %s)',
    made, own, layer.geometry_type, mercator, nextval('public.journal_entry_seq'));
END
$$;

-- Whether a table has a spatial index of this column already.
CREATE FUNCTION public.onemap_has_index(indexed regclass, attribute text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT EXISTS (
    SELECT FROM pg_index i JOIN pg_attribute a ON (a.attrelid, a.attnum) = (i.indrelid, i.indkey[0])
    WHERE i.indrelid = indexed AND a.attname = attribute AND i.indisvalid)
$$;

-- Complete a table that onemap_make_layer made: keys, checks, indexes and the journal's triggers.
-- What it was filled with is one load in the journal.
CREATE FUNCTION public.onemap_finish_layer(made text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  layer constant user_layer := onemap_user_layer(made);
  loaded bigint;
  first_entry bigint;
  last_entry bigint;
  last_version bigint;
  indexed text;
BEGIN
  EXECUTE format('SELECT count(*), min(entry), max(entry), max(version) FROM public.%I', made)
  INTO loaded, first_entry, last_entry, last_version;
  -- Nothing watched the table until here; whoever filled it must not have written history.
  IF loaded > 0 AND (first_entry <> last_entry OR last_version <> 1 OR first_entry IS DISTINCT FROM (
      SELECT pg_get_expr(d.adbin, d.adrelid)::bigint
      FROM pg_attrdef d JOIN pg_attribute a ON (a.attrelid, a.attnum) = (d.adrelid, d.adnum)
      WHERE d.adrelid = format('public.%I', made)::regclass AND a.attname = 'entry')) THEN
    RAISE EXCEPTION 'rows of % carry versions of their own', made USING ERRCODE = '42809';
  END IF;
  EXECUTE format(
    'ALTER TABLE public.%1$I '
    'ALTER COLUMN entry SET DEFAULT 0, '
    'ADD CONSTRAINT %2$I PRIMARY KEY (id), '
    'ADD CONSTRAINT %3$I UNIQUE (fid), '
    'ADD CONSTRAINT %4$I CHECK (public.ST_XMin(geom) >= -180 AND public.ST_XMax(geom) <= 180 '
    'AND public.ST_YMin(geom) >= -90 AND public.ST_YMax(geom) <= 90), '
    'ADD CONSTRAINT %5$I CHECK (NOT public.ST_IsEmpty(geom))',
    made, made || '_pkey', made || '_fid_key', made || '_geom_range_check',
    made || '_geom_not_empty_check');
  IF layer.geometry_type <> 'POINT' THEN
    EXECUTE format(
      'ALTER TABLE public.%I '
      'ADD CONSTRAINT %I CHECK (public.ST_NPoints(geom) <= 200000), '
      'ADD CONSTRAINT %I CHECK (public.ST_Dimension(geom) < 2 OR public.ST_IsValid(geom))',
      made, made || '_geom_size_check', made || '_geom_valid_check');
  END IF;
  EXECUTE format(
    'SELECT setval(pg_get_serial_sequence(%L, ''fid''), max(fid)) FROM public.%I HAVING max(fid) > 0',
    format('public.%I', made), made);
  FOREACH indexed IN ARRAY ARRAY['geom', 'geom_3857'] LOOP
    IF NOT onemap_has_index(format('public.%I', made)::regclass, indexed) THEN
      EXECUTE format('CREATE INDEX %I ON public.%I USING gist (%I)',
                     format('idx_%s_%s', made, indexed), made, indexed);
    END IF;
  END LOOP;
  EXECUTE format('CREATE INDEX %I ON public.%I (region) WHERE region IS NOT NULL',
                 made || '_region_idx', made);
  PERFORM onemap_watch(format('public.%I', made)::regclass);
  EXECUTE format('ANALYZE public.%I', made);
  IF loaded > 0 THEN
    INSERT INTO journal (entry, layer, op, incident, actor, batch, count)
    OVERRIDING SYSTEM VALUE
    VALUES (
      first_entry, made, 'load',
      nullif(current_setting('onemap.incident', true), '')::uuid,
      nullif(current_setting('onemap.actor', true), ''),
      nullif(current_setting('onemap.bulk', true), '')::uuid, loaded
    );
    PERFORM pg_notify('onemap_journal', '');
  END IF;
  RETURN loaded;
END
$$;

-- Give the table of a layer the columns that its definition has got since. A field that was taken
-- out of the definition keeps its column: what was typed is not lost, and who reads meanwhile does
-- not fall over it.
CREATE FUNCTION public.onemap_change_layer(changed text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  layer constant user_layer := onemap_user_layer(changed);
  field jsonb;
BEGIN
  IF jsonb_array_length(layer.fields) > 500 THEN
    RAISE EXCEPTION 'a layer has at most 500 fields' USING ERRCODE = '54011';
  END IF;
  FOR field IN SELECT f FROM jsonb_array_elements(layer.fields) AS f LOOP
    EXECUTE format(
      'ALTER TABLE public.%I ADD COLUMN IF NOT EXISTS %s', changed, onemap_user_column(field));
  END LOOP;
END
$$;

-- Drop the table of a layer, and its definition, which must have been marked as removed.
CREATE FUNCTION public.onemap_drop_layer(dropped text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  layer constant user_layer := onemap_user_layer(dropped);
BEGIN
  IF layer.removed_at IS NULL THEN
    RAISE EXCEPTION 'layer % has not been removed', dropped USING ERRCODE = '55006';
  END IF;
  EXECUTE format('DROP TABLE IF EXISTS public.%I', dropped);
  DELETE FROM user_layer WHERE id = layer.id;
END
$$;

DO $$
DECLARE
  made regprocedure;
BEGIN
  FOREACH made IN ARRAY ARRAY[
    'onemap_make_layer(text)', 'onemap_finish_layer(text)', 'onemap_change_layer(text)',
    'onemap_drop_layer(text)']::regprocedure[]
  LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', made);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO onemap_app', made);
  END LOOP;
END
$$;
