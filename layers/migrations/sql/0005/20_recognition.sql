-- What a worker needs to answer a tile that it has made before without a question: word of every
-- change of who may do what and of which layers there are, and the places that a change touched.

-- Workers remember for some seconds who holds a session and which layers are defined. A change is
-- told in the transaction's own commit, and they forget. The payload is the table's name alone.
CREATE FUNCTION public.onemap_recognise_anew() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  PERFORM pg_notify('onemap_recognition', TG_TABLE_NAME);
  RETURN NULL;
END
$$;

-- A session that is merely seen again, and one that begins, changes nothing of what is remembered.
CREATE TRIGGER onemap_recognise_anew AFTER DELETE ON session
FOR EACH ROW EXECUTE FUNCTION public.onemap_recognise_anew();
CREATE TRIGGER onemap_recognise_anew_update AFTER UPDATE ON session
FOR EACH ROW WHEN (OLD.user_id <> NEW.user_id OR OLD.expires_at <> NEW.expires_at
  OR OLD.token_sha256 <> NEW.token_sha256)
EXECUTE FUNCTION public.onemap_recognise_anew();
CREATE TRIGGER onemap_recognise_anew_truncate AFTER TRUNCATE ON session
FOR EACH STATEMENT EXECUTE FUNCTION public.onemap_recognise_anew();

DO $$
DECLARE
  watched text;
BEGIN
  FOREACH watched IN ARRAY ARRAY['user_account', 'role_grant', 'user_layer'] LOOP
    EXECUTE format(
      'CREATE TRIGGER onemap_recognise_anew AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %I '
      'FOR EACH STATEMENT EXECUTE FUNCTION public.onemap_recognise_anew()', watched);
  END LOOP;
END
$$;

-- Where the row of a journal's document lies: west, south, east, north in degrees; NULL where it
-- has no place. A shape beyond a megabyte is not read for this: it is told as the whole world.
CREATE FUNCTION public.onemap_box(document json) RETURNS double precision[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  shape json;
  place geometry;
BEGIN
  IF document IS NULL THEN
    RETURN NULL;
  END IF;
  shape := document -> 'geom';
  IF shape IS NULL OR json_typeof(shape) <> 'object' THEN
    RETURN NULL;
  END IF;
  IF octet_length(shape::text) > 1048576 THEN
    RETURN ARRAY[-180, -90, 180, 90];
  END IF;
  place := ST_GeomFromGeoJSON(shape);
  IF place IS NULL OR ST_IsEmpty(place) THEN
    RETURN NULL;
  END IF;
  RETURN ARRAY[ST_XMin(place), ST_YMin(place), ST_XMax(place), ST_YMax(place)];
END
$$;
