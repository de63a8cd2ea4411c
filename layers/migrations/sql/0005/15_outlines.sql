-- Outlines of areas for zooms at which their every corner is too much: simplified together with
-- their neighbours (layers/outlines), so that no gap opens between them.
--
-- A row without one is simplified by itself when it is drawn. One whose shape changes loses its
-- outlines in the same transaction.

CREATE TABLE outline (
    layer VARCHAR NOT NULL,
    band SMALLINT NOT NULL,
    fid BIGINT NOT NULL,
    geom geometry(GEOMETRY,3857),
    CONSTRAINT outline_pkey PRIMARY KEY (layer, band, fid)
);

-- An area in whole tile units as a vector tile takes it: valid, exterior rings with positive area;
-- NULL where rounding has left nothing of it.
--
-- ST_MakeValid takes minutes of one with some thousand corners whose sides cross everywhere, and
-- nothing stops it (0.2 s of 400 corners, 1.5 s of 800). Of more corners ST_AsMVTGeom, which a
-- statement's time limit stops, makes an area that may leave its neighbours' border by half a unit.
CREATE FUNCTION public.onemap_tile_area(rounded public.geometry) RETURNS public.geometry
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
BEGIN
  IF public.ST_IsEmpty(rounded) THEN
    RETURN NULL;
  END IF;
  IF NOT public.ST_IsValid(rounded) THEN
    IF public.ST_NPoints(rounded) > 800 THEN
      -- In tile units already, but for the direction of y, which it turns.
      rounded := public.ST_AsMVTGeom(public.ST_Scale(rounded, 1.0, -1.0),
        'BOX(0 -4096,4096 0)'::public.box2d, 4096, 0, false);
    ELSE
      rounded := public.ST_SnapToGrid(
        public.ST_CollectionExtract(public.ST_MakeValid(rounded), 3), 1.0);
    END IF;
    IF rounded IS NULL OR public.ST_IsEmpty(rounded) THEN
      RETURN NULL;
    END IF;
  END IF;
  RETURN public.ST_ForcePolygonCCW(rounded);
END
$$;

CREATE FUNCTION public.onemap_drop_outlines() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    DELETE FROM outline o WHERE o.layer = TG_TABLE_NAME::text;
  ELSIF TG_OP = 'DELETE' THEN
    DELETE FROM outline o USING old_rows was
    WHERE o.layer = TG_TABLE_NAME::text AND o.fid = was.fid;
  ELSE
    DELETE FROM outline o USING old_rows was JOIN new_rows now USING (id)
    WHERE o.layer = TG_TABLE_NAME::text AND o.fid = was.fid AND was.geom IS DISTINCT FROM now.geom;
  END IF;
  RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION public.onemap_drop_outlines() FROM PUBLIC;

-- Let a table's outlines follow its shapes.
CREATE FUNCTION public.onemap_watch_outlines(watched regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  EXECUTE format(
    'CREATE TRIGGER onemap_outline_update AFTER UPDATE ON %s '
    'REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows '
    'FOR EACH STATEMENT EXECUTE FUNCTION public.onemap_drop_outlines()', watched);
  EXECUTE format(
    'CREATE TRIGGER onemap_outline_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows '
    'FOR EACH STATEMENT EXECUTE FUNCTION public.onemap_drop_outlines()', watched);
  EXECUTE format(
    'CREATE TRIGGER onemap_outline_truncate AFTER TRUNCATE ON %s '
    'FOR EACH STATEMENT EXECUTE FUNCTION public.onemap_drop_outlines()', watched);
END
$$;
REVOKE ALL ON FUNCTION public.onemap_watch_outlines(regclass) FROM PUBLIC, onemap_app;

DO $$
DECLARE
  shapes text;
BEGIN
  FOR shapes IN SELECT layer FROM counted_layer WHERE place = 'anchor' LOOP
    PERFORM onemap_watch_outlines(format('public.%I', shapes)::regclass);
  END LOOP;
END
$$;
