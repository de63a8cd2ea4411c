-- Functions that the tables themselves use. Names are qualified: pg_restore runs with no search_path.

CREATE FUNCTION public.onemap_uuid_v7() RETURNS uuid
LANGUAGE sql VOLATILE PARALLEL SAFE
AS $$
  -- RFC 9562 version 7: 48 bits of Unix milliseconds over a random (version 4) UUID; 0100 -> 0111.
  SELECT encode(
    set_bit(set_bit(
      overlay(uuid_send(gen_random_uuid())
              placing substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
              FROM 1 FOR 6),
      52, 1), 53, 1),
    'hex')::uuid
$$;

CREATE FUNCTION public.onemap_crosses_180(shape public.geometry) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  -- An edge that jumps more than half the world goes the short way round, through 180 degrees.
  -- A jump of exactly 360 is the border of a shape that covers the whole world.
  SELECT coalesce(bool_or(abs(public.ST_X(public.ST_EndPoint(edge.geom))
                            - public.ST_X(public.ST_StartPoint(edge.geom))) BETWEEN 180.000001 AND 359.999999), false)
  FROM public.ST_DumpSegments(shape) AS edge
$$;

CREATE FUNCTION public.onemap_mercator(shape public.geometry) RETURNS public.geometry
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
BEGIN
  IF shape IS NULL OR public.ST_IsEmpty(shape) THEN
    RETURN NULL;
  END IF;
  -- The ordinary shape: within the Mercator square, narrower than half the world.
  IF public.ST_YMin(shape) >= -85.06 AND public.ST_YMax(shape) <= 85.06
     AND public.ST_XMin(shape) >= -180 AND public.ST_XMax(shape) <= 180
     AND public.ST_XMax(shape) - public.ST_XMin(shape) <= 180 THEN
    RETURN public.ST_Transform(shape, 3857);
  END IF;
  -- NaN, infinite or out of range: the table's own check refuses the row and says so.
  IF NOT (public.ST_XMin(shape) >= -180 AND public.ST_XMax(shape) <= 180
          AND public.ST_YMin(shape) >= -90 AND public.ST_YMax(shape) <= 90) THEN
    RETURN NULL;
  END IF;
  IF public.onemap_crosses_180(shape) THEN
    shape := public.ST_WrapX(public.ST_ShiftLongitude(shape), 180, -360);
  END IF;
  shape := public.ST_ClipByBox2D(shape, public.ST_MakeEnvelope(-180, -85.06, 180, 85.06, 4326)::public.box2d);
  IF public.ST_IsEmpty(shape) THEN
    RETURN NULL;
  END IF;
  RETURN public.ST_Transform(shape, 3857);
END
$$;
