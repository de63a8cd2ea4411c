-- Calculation sheets and their signatures. Both only grow: what was frozen is never written again,
-- so the journal keeps one copy of a sheet, however often it is signed.

CREATE TABLE calculation_sheet (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    assessment_id UUID NOT NULL,
    incident_id UUID NOT NULL,
    region VARCHAR,
    input_hash VARCHAR NOT NULL,
    result_hash VARCHAR NOT NULL,
    body_hash VARCHAR NOT NULL,
    body VARCHAR NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    created_by VARCHAR,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT calculation_sheet_pkey PRIMARY KEY (id),
    CONSTRAINT calculation_sheet_assessment_id_key UNIQUE (assessment_id),
    CONSTRAINT calculation_sheet_assessment_id_fkey FOREIGN KEY(assessment_id) REFERENCES assessment (id) ON DELETE CASCADE,
    CONSTRAINT calculation_sheet_incident_id_fkey FOREIGN KEY(incident_id) REFERENCES incident (id) ON DELETE CASCADE,
    CONSTRAINT calculation_sheet_hashes_check CHECK (input_hash ~ '^[0-9a-f]{64}$' AND result_hash ~ '^[0-9a-f]{64}$'),
    CONSTRAINT calculation_sheet_body_hash_check CHECK (body_hash = encode(sha256(convert_to(body, 'UTF8')), 'hex'))
);
CREATE INDEX calculation_sheet_incident_id_idx ON calculation_sheet (incident_id);

CREATE TABLE sheet_signature (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    sheet_id UUID NOT NULL,
    incident_id UUID NOT NULL,
    region VARCHAR,
    role VARCHAR NOT NULL,
    signed_by VARCHAR NOT NULL,
    name VARCHAR,
    body_hash VARCHAR NOT NULL,
    signed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT sheet_signature_pkey PRIMARY KEY (id),
    CONSTRAINT sheet_signature_sheet_id_role_key UNIQUE (sheet_id, role),
    CONSTRAINT sheet_signature_sheet_id_fkey FOREIGN KEY(sheet_id) REFERENCES calculation_sheet (id) ON DELETE CASCADE,
    CONSTRAINT sheet_signature_role_check CHECK (role IN ('prepared', 'checked', 'reviewed', 'approved'))
);
CREATE INDEX sheet_signature_incident_id_idx ON sheet_signature (incident_id);

-- A sheet is frozen when it is made, and stays for good once it is approved.
CREATE FUNCTION public.onemap_lock_sheet() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    RAISE EXCEPTION 'a calculation sheet is frozen: nothing of it changes'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'calculation_sheet_frozen';
  END IF;
  IF EXISTS (SELECT FROM sheet_signature s WHERE s.sheet_id = OLD.id AND s.role = 'approved') THEN
    RAISE EXCEPTION 'a signed calculation sheet is not removed'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'calculation_sheet_signed';
  END IF;
  RETURN OLD;
END
$$;
CREATE TRIGGER calculation_sheet_lock BEFORE UPDATE OR DELETE ON calculation_sheet
FOR EACH ROW EXECUTE FUNCTION public.onemap_lock_sheet();

-- Signatures come in order, each once, on the body as it is; who prepared signs nothing else.
CREATE FUNCTION public.onemap_sign_sheet() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  steps constant text[] := '{prepared,checked,reviewed,approved}';
  given bigint;
BEGIN
  SELECT count(*) INTO given FROM sheet_signature s WHERE s.sheet_id = NEW.sheet_id;
  IF given >= 4 OR NEW.role <> steps[given + 1] THEN
    RAISE EXCEPTION 'the next signature is %, not %', steps[given + 1], NEW.role
      USING ERRCODE = 'check_violation', CONSTRAINT = 'sheet_signature_order';
  END IF;
  IF EXISTS (SELECT FROM sheet_signature s WHERE s.sheet_id = NEW.sheet_id
             AND s.role = 'prepared' AND s.signed_by = NEW.signed_by) THEN
    RAISE EXCEPTION '% prepared the sheet and cannot sign it as %', NEW.signed_by, NEW.role
      USING ERRCODE = 'check_violation', CONSTRAINT = 'sheet_signature_other_person';
  END IF;
  SELECT c.body_hash, c.incident_id, c.region INTO NEW.body_hash, NEW.incident_id, NEW.region
  FROM calculation_sheet c WHERE c.id = NEW.sheet_id;
  NEW.signed_at := clock_timestamp();
  RETURN NEW;
END
$$;
CREATE TRIGGER sheet_signature_order BEFORE INSERT ON sheet_signature
FOR EACH ROW EXECUTE FUNCTION public.onemap_sign_sheet();

-- A signature goes only with a draft that goes whole.
CREATE FUNCTION public.onemap_lock_signature() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF TG_OP = 'UPDATE' OR EXISTS (SELECT FROM calculation_sheet c WHERE c.id = OLD.sheet_id) THEN
    RAISE EXCEPTION 'a signature is neither changed nor taken back'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'sheet_signature_kept';
  END IF;
  RETURN OLD;
END
$$;
CREATE TRIGGER sheet_signature_lock BEFORE UPDATE OR DELETE ON sheet_signature
FOR EACH ROW EXECUTE FUNCTION public.onemap_lock_signature();

SELECT onemap_watch('calculation_sheet');
SELECT onemap_watch('sheet_signature');
