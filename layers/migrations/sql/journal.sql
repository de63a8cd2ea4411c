-- The journal's triggers and its seal. See layers/journal.py for what they promise.
--
-- Settings of a transaction, set by layers.database:
--   onemap.actor     who changes
--   onemap.incident  for which incident
--   onemap.bulk      a batch's id: one journal row a statement instead of one a row

-- What the journal keeps of a row: everything but derived columns and secrets. PostGIS writes a
-- geometry as GeoJSON with a crs member, which RFC 7946 took out; all of ours are EPSG:4326.
CREATE FUNCTION public.onemap_document(anyelement) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT to_jsonb($1) - '{geom_3857,entry,password_hash}'::text[] #- '{geom,crs}' #- '{extent,crs}' $$;

-- Before a row is written: its version, time and journal entry, whatever the writer asked for.
-- enable_seqscan: the plan may be cached while row_history is still empty.
CREATE FUNCTION public.onemap_stamp() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off
AS $$
DECLARE
  bulk constant boolean := coalesce(current_setting('onemap.bulk', true), '') <> '';
  -- In the collation of the index: TG_TABLE_NAME itself is a `name`, which would not use it.
  this_layer constant text := TG_TABLE_NAME;
  touched boolean := false;
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
    END IF;
    IF NEW *= OLD AND NOT touched THEN
      RETURN NEW;  -- nothing changed: the same version, and nothing in the journal
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

-- Before a bulk statement: one entry for all of its rows.
CREATE FUNCTION public.onemap_stamp_bulk() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  PERFORM set_config('onemap.entry_' || lower(TG_OP) || TG_RELID,
                     nextval('public.journal_entry_seq')::text, true);
  RETURN NULL;
END
$$;

-- After a row is written: its journal row, and its superseded version.
CREATE FUNCTION public.onemap_journal_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  old_document jsonb := CASE WHEN TG_OP <> 'INSERT' THEN onemap_document(OLD) END;
  new_document jsonb := CASE WHEN TG_OP <> 'DELETE' THEN onemap_document(NEW) END;
  document jsonb := coalesce(new_document, old_document);
  this_entry bigint;
BEGIN
  IF TG_OP = 'DELETE' THEN
    this_entry := nextval('public.journal_entry_seq');
  ELSE
    this_entry := NEW.entry;
  END IF;
  INSERT INTO journal (entry, layer, feature, op, version, region, incident, actor, before, after)
  OVERRIDING SYSTEM VALUE
  VALUES (
    this_entry, TG_TABLE_NAME, (document ->> 'id')::uuid, lower(TG_OP),
    (document ->> 'version')::bigint, document ->> 'region',
    CASE WHEN TG_TABLE_NAME = 'incident' THEN (document ->> 'id')::uuid
         ELSE coalesce((document ->> 'incident_id')::uuid,
                       nullif(current_setting('onemap.incident', true), '')::uuid) END,
    nullif(current_setting('onemap.actor', true), ''),
    old_document::json, new_document::json
  );
  IF TG_OP <> 'INSERT' THEN
    INSERT INTO row_history (layer, feature, entry_from, entry_to, row)
    VALUES (TG_TABLE_NAME, OLD.id, OLD.entry, this_entry, old_document::json);
  END IF;
  PERFORM pg_notify('onemap_journal', '');
  RETURN NULL;
END
$$;

-- After a bulk statement: one journal row for all of its rows, and their superseded versions.
CREATE FUNCTION public.onemap_journal_bulk() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  changed bigint;
  this_entry bigint;
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT count(*), min(entry) INTO changed, this_entry FROM new_rows;
  ELSIF TG_OP = 'UPDATE' THEN
    WITH superseded AS (
      INSERT INTO row_history (layer, feature, entry_from, entry_to, row)
      SELECT TG_TABLE_NAME, o.id, o.entry, n.entry, onemap_document(o)::json
      FROM old_rows o JOIN new_rows n USING (id)
      WHERE n.version <> o.version
      RETURNING entry_to
    )
    SELECT count(*), min(entry_to) INTO changed, this_entry FROM superseded;
  ELSE
    this_entry := nextval('public.journal_entry_seq');
    INSERT INTO row_history (layer, feature, entry_from, entry_to, row)
    SELECT TG_TABLE_NAME, o.id, o.entry, this_entry, onemap_document(o)::json FROM old_rows o;
    GET DIAGNOSTICS changed = ROW_COUNT;
  END IF;
  IF changed = 0 THEN
    RETURN NULL;
  END IF;
  INSERT INTO journal (entry, layer, op, incident, actor, batch, count)
  OVERRIDING SYSTEM VALUE
  VALUES (
    this_entry, TG_TABLE_NAME, 'load',
    nullif(current_setting('onemap.incident', true), '')::uuid,
    nullif(current_setting('onemap.actor', true), ''),
    current_setting('onemap.bulk')::uuid, changed
  );
  PERFORM pg_notify('onemap_journal', '');
  RETURN NULL;
END
$$;

-- Put a table under the journal.
CREATE FUNCTION public.onemap_watch(watched regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  kind text := CASE WHEN EXISTS (
    SELECT FROM pg_attribute WHERE attrelid = watched AND attname = 'geom_3857' AND NOT attisdropped
  ) THEN 'feature' ELSE 'row' END;
  bulk constant text := 'coalesce(current_setting(''onemap.bulk'', true), '''') <> ''''';
BEGIN
  EXECUTE format(
    'CREATE TRIGGER onemap_stamp BEFORE INSERT OR UPDATE ON %s '
    'FOR EACH ROW EXECUTE FUNCTION public.onemap_stamp(%L)', watched, kind);
  EXECUTE format(
    'CREATE TRIGGER onemap_stamp_bulk BEFORE INSERT OR UPDATE ON %s '
    'FOR EACH STATEMENT WHEN (%s) EXECUTE FUNCTION public.onemap_stamp_bulk()', watched, bulk);
  EXECUTE format(
    'CREATE TRIGGER onemap_journal_insert_delete AFTER INSERT OR DELETE ON %s '
    'FOR EACH ROW WHEN (NOT %s) EXECUTE FUNCTION public.onemap_journal_row()', watched, bulk);
  EXECUTE format(
    'CREATE TRIGGER onemap_journal_update AFTER UPDATE ON %s '
    'FOR EACH ROW WHEN (NOT %s AND OLD.version <> NEW.version) '
    'EXECUTE FUNCTION public.onemap_journal_row()', watched, bulk);
  EXECUTE format(
    'CREATE TRIGGER onemap_journal_bulk_insert AFTER INSERT ON %s '
    'REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT '
    'WHEN (%s) EXECUTE FUNCTION public.onemap_journal_bulk()', watched, bulk);
  EXECUTE format(
    'CREATE TRIGGER onemap_journal_bulk_update AFTER UPDATE ON %s '
    'REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT '
    'WHEN (%s) EXECUTE FUNCTION public.onemap_journal_bulk()', watched, bulk);
  EXECUTE format(
    'CREATE TRIGGER onemap_journal_bulk_delete AFTER DELETE ON %s '
    'REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT '
    'WHEN (%s) EXECUTE FUNCTION public.onemap_journal_bulk()', watched, bulk);
END
$$;

-- One field of a journal row as its hash covers it: length in bytes, colon, text; NULL is "-".
CREATE FUNCTION public.onemap_netstring(field text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT coalesce(octet_length(field) || ':' || field, '-') $$;

-- Give committed, unsealed rows their seq and hash, in order of entry; return how many.
-- The only way by which the program's role can write to the journal.
CREATE FUNCTION public.onemap_seal(most bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  first_seq bigint;
  this_seq bigint;
  this_hash bytea;
  line journal;
BEGIN
  PERFORM pg_advisory_xact_lock(7018418112001);  -- one sealer at a time; the next sees our rows
  SELECT j.seq, j.hash INTO this_seq, this_hash
  FROM journal j WHERE j.seq IS NOT NULL ORDER BY j.seq DESC LIMIT 1;
  this_seq := coalesce(this_seq, 0);
  this_hash := coalesce(this_hash, '\x');
  first_seq := this_seq + 1;
  FOR line IN SELECT * FROM journal j WHERE j.seq IS NULL ORDER BY j.entry LIMIT most LOOP
    this_seq := this_seq + 1;
    this_hash := sha256(this_hash || convert_to(
      onemap_netstring(this_seq::text)
      || onemap_netstring(line.entry::text)
      || onemap_netstring((extract(epoch FROM line.at) * 1000000)::bigint::text)
      || onemap_netstring(line.layer)
      || onemap_netstring(line.feature::text)
      || onemap_netstring(line.op)
      || onemap_netstring(line.version::text)
      || onemap_netstring(line.region)
      || onemap_netstring(line.incident::text)
      || onemap_netstring(line.actor)
      || onemap_netstring(line.batch::text)
      || onemap_netstring(line.count::text)
      || onemap_netstring(line.before::text)
      || onemap_netstring(line.after::text),
      'UTF8'));
    UPDATE journal SET seq = this_seq, hash = this_hash WHERE entry = line.entry;
  END LOOP;
  IF this_seq >= first_seq THEN
    INSERT INTO layer_state AS s (layer, revision)
    SELECT j.layer, max(j.seq) FROM journal j WHERE j.seq >= first_seq GROUP BY j.layer
    ON CONFLICT (layer) DO UPDATE SET revision = excluded.revision;
    PERFORM pg_notify('onemap_sealed', '');
  END IF;
  RETURN this_seq - first_seq + 1;
END
$$;
