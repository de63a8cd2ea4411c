-- Names by pinyin, and theme maps.

-- As in the first schema, but what is derived from the row's own name makes no new version.
CREATE OR REPLACE FUNCTION public.onemap_stamp() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off
AS $$
DECLARE
  bulk constant boolean := coalesce(current_setting('onemap.bulk', true), '') <> '';
  -- In the collation of the index: TG_TABLE_NAME itself is a `name`, which would not use it.
  this_layer constant text := TG_TABLE_NAME;
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
    IF TG_ARGV[0] = 'feature' THEN
      NEW.geom_3857 := OLD.geom_3857;  -- computed after this trigger
      pinyin := NEW.name_pinyin;
      NEW.name_pinyin := OLD.name_pinyin;
    END IF;
    IF NEW *= OLD AND NOT touched THEN
      IF TG_ARGV[0] = 'feature' THEN
        NEW.name_pinyin := pinyin;
      END IF;
      RETURN NEW;  -- nothing said anew: the same version, and nothing in the journal
    END IF;
    IF TG_ARGV[0] = 'feature' THEN
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

CREATE TABLE theme_map (
  id uuid DEFAULT onemap_uuid_v7() NOT NULL,
  title varchar NOT NULL,
  title_en varchar,
  owner varchar,
  shared boolean DEFAULT false NOT NULL,
  layers jsonb DEFAULT '[]'::jsonb NOT NULL,
  view jsonb DEFAULT '{}'::jsonb NOT NULL,
  created_at timestamptz DEFAULT now() NOT NULL,
  version bigint DEFAULT 1 NOT NULL,
  updated_at timestamptz DEFAULT now() NOT NULL,
  entry bigint DEFAULT 0 NOT NULL,
  CONSTRAINT theme_map_pkey PRIMARY KEY (id)
);
CREATE INDEX theme_map_owner_idx ON theme_map (owner);
SELECT onemap_watch('theme_map');

CREATE TABLE export_log (
  id uuid DEFAULT onemap_uuid_v7() NOT NULL,
  layer varchar NOT NULL,
  format varchar NOT NULL,
  crs varchar NOT NULL,
  rows bigint NOT NULL,
  asked jsonb DEFAULT '{}'::jsonb NOT NULL,
  version bigint DEFAULT 1 NOT NULL,
  updated_at timestamptz DEFAULT now() NOT NULL,
  entry bigint DEFAULT 0 NOT NULL,
  CONSTRAINT export_log_pkey PRIMARY KEY (id)
);
SELECT onemap_watch('export_log');
