-- Features that may be one thing twice, and how alike two names are.

CREATE TABLE duplicate (
  id uuid NOT NULL DEFAULT public.onemap_uuid_v7(),
  layer varchar NOT NULL,
  a uuid NOT NULL,
  b uuid NOT NULL,
  reason varchar NOT NULL,
  score double precision NOT NULL,
  distance_m double precision,
  state varchar NOT NULL DEFAULT 'open',
  note varchar,
  decided_by varchar,
  decided_at timestamptz,
  found_at timestamptz NOT NULL DEFAULT now(),
  version bigint NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL DEFAULT now(),
  entry bigint NOT NULL DEFAULT 0,
  CONSTRAINT duplicate_pkey PRIMARY KEY (id),
  CONSTRAINT duplicate_layer_a_b_key UNIQUE (layer, a, b),
  CONSTRAINT duplicate_order_check CHECK (a < b),
  CONSTRAINT duplicate_state_check CHECK (state IN ('open', 'different', 'same')),
  CONSTRAINT duplicate_reason_check CHECK (reason IN ('code', 'name'))
);
CREATE INDEX duplicate_layer_state_idx ON duplicate (layer, state, score DESC, id);
CREATE INDEX duplicate_b_idx ON duplicate (layer, b);

-- A name without what says nothing of which one it is: the form of the company, the province and
-- city before it, brackets, blanks beside Chinese; numerals in one way. If that leaves nothing, the name itself.
CREATE FUNCTION public.onemap_plain_name(name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  WITH
    words AS (SELECT trim(regexp_replace(regexp_replace(lower(normalize(name, NFKC)),
      '[[:space:][:punct:]（）【】《》“”、。，·]+', ' ', 'g'),
      '\m(co|company|corp|corporation|inc|llc|ltd|limited|plc|gmbh|the)\M ?', '', 'g')) AS w),
    tight AS (SELECT regexp_replace(w, '(?<=[一-鿿]) | (?=[一-鿿])', '', 'g') AS w FROM words),
    bare AS (SELECT regexp_replace(w,
      '(股份有限公司|有限责任公司|集团有限公司|有限公司|股份公司|总公司|分公司|公司|集团)', '', 'g') AS w
      FROM tight)
  SELECT coalesce(nullif(trim(regexp_replace(translate(w, '一二三四五六七八九', '123456789'),
    '^([^省市区县]{2,3}省|[^省市区县]{2,8}自治区)?([^省市区县]{2,4}市)?([^省市区县]{1,4}[区县])?(?=.{2})',
    '')), ''), name)
  FROM bare
$$;

-- The numbers, letters and directions of a plain name: tank 101 is not tank 102, plant A not
-- plant B, and the east gate not the west.
CREATE FUNCTION public.onemap_telling_signs(plain text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT coalesce(string_agg(sign[1], '' ORDER BY n), '')
  FROM regexp_matches(plain, '[0-9]+|[十百甲乙丙丁东西南北]|\m[a-z]\M|\m(?:north|south|east|west)\M', 'g')
    WITH ORDINALITY AS found(sign, n)
$$;

-- How alike two plain names are, 0 to 1. One that lies whole in the other is nearly the same;
-- trigrams see words that stand in another order.
CREATE FUNCTION public.onemap_alike(a text, b text) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT CASE
    WHEN a = b THEN 1.0
    WHEN least(length(a), length(b)) >= 2 AND (strpos(a, b) > 0 OR strpos(b, a) > 0) THEN 0.9
    ELSE greatest(public.similarity(a, b),
                  0.85 * least(public.word_similarity(a, b), public.word_similarity(b, a)))
  END
$$;

SELECT onemap_watch('duplicate');
