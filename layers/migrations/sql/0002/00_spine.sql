-- Provenance and pinyin on every layer that the first schema made.

DO $$
DECLARE
  layer regclass;
BEGIN
  FOR layer IN
    SELECT attrelid::regclass FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE a.attname = 'geom_3857' AND NOT a.attisdropped AND c.relkind = 'r'
      AND c.relnamespace = 'public'::regnamespace
  LOOP
    EXECUTE format(
      'ALTER TABLE %s ADD COLUMN source_date date, '
      'ADD COLUMN field_sources jsonb NOT NULL DEFAULT ''{}'', '
      'ADD COLUMN name_pinyin varchar', layer);
  END LOOP;
END
$$;

-- The journal does not keep what is derived from another column.
CREATE OR REPLACE FUNCTION public.onemap_document(anyelement) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT to_jsonb($1) - '{geom_3857,entry,password_hash,name_pinyin}'::text[]
         #- '{geom,crs}' #- '{extent,crs}'
$$;
