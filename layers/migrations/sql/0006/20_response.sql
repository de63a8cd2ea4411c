-- The response room: what is written down, what is decided, what the readings ask for, and which
-- plan is the one in force.

-- The plan of record (采用的方案): who took which assessment, when. An assessment that only asks
-- "what if" is kept beside the plans and is never one by itself.
ALTER TABLE assessment
    ADD COLUMN what_if BOOLEAN DEFAULT 'false' NOT NULL,
    ADD COLUMN label VARCHAR,
    ADD CONSTRAINT assessment_label_check CHECK (length(label) BETWEEN 1 AND 200);
CREATE INDEX assessment_incident_id_created_at_idx ON assessment (incident_id, created_at);

ALTER TABLE incident
    ADD COLUMN plan_id UUID,
    ADD COLUMN plan_by VARCHAR,
    ADD COLUMN plan_at TIMESTAMP WITH TIME ZONE,
    ADD CONSTRAINT incident_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES assessment (id) ON DELETE SET NULL;

-- Since when a line of the call sheet waits: unanswered is counted from here.
ALTER TABLE call ADD COLUMN created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL;

-- What is observed for an incident counts for that one alone; an exercise is given its own. `sent_as`
-- is the sender's name for a value: sent twice it is stored once.
ALTER TABLE observation
    ADD COLUMN incident_id UUID,
    ADD COLUMN cas VARCHAR,
    ADD COLUMN given_by VARCHAR,
    ADD COLUMN sent_as UUID,
    ADD CONSTRAINT observation_sent_as_key UNIQUE (sent_as),
    ADD CONSTRAINT observation_incident_id_fkey FOREIGN KEY (incident_id) REFERENCES incident (id) ON DELETE CASCADE;
CREATE INDEX observation_incident_id_idx ON observation (incident_id);
CREATE INDEX observation_kind_at_idx ON observation (kind, at);

CREATE TABLE note (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    incident_id UUID NOT NULL,
    region VARCHAR,
    kind VARCHAR DEFAULT 'note' NOT NULL,
    text VARCHAR NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    documents JSONB DEFAULT '[]' NOT NULL,
    written_by VARCHAR NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    struck_by VARCHAR,
    struck_at TIMESTAMP WITH TIME ZONE,
    struck_reason VARCHAR,
    geom geometry(POINT,4326),
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT note_pkey PRIMARY KEY (id),
    CONSTRAINT note_incident_id_fkey FOREIGN KEY (incident_id) REFERENCES incident (id) ON DELETE RESTRICT,
    CONSTRAINT note_kind_check CHECK (kind IN ('note', 'phone', 'photo', 'file', 'survey')),
    CONSTRAINT note_text_check CHECK (length(text) <= 4000 AND (text <> '' OR documents <> '[]')),
    CONSTRAINT note_documents_check CHECK (jsonb_typeof(documents) = 'array' AND jsonb_array_length(documents) <= 20),
    CONSTRAINT note_struck_check CHECK ((struck_by IS NULL) = (struck_at IS NULL) AND (struck_by IS NULL) = (struck_reason IS NULL)),
    CONSTRAINT note_geom_check CHECK (ST_X(geom) BETWEEN -180 AND 180 AND ST_Y(geom) BETWEEN -90 AND 90)
);
CREATE INDEX note_incident_id_idx ON note (incident_id);
CREATE INDEX note_documents_idx ON note USING gin (documents);

-- What was struck stays as it was when it was struck, and struck.
CREATE FUNCTION public.onemap_keep_note() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF OLD.struck_at IS NOT NULL AND NOT onemap_only_moved(OLD, NEW) THEN
    RAISE EXCEPTION 'a struck note stays as it is'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'note_struck';
  END IF;
  IF (NEW.incident_id, NEW.written_by, NEW.created_at)
     IS DISTINCT FROM (OLD.incident_id, OLD.written_by, OLD.created_at) THEN
    RAISE EXCEPTION 'a note keeps its incident, its writer and its time'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'note_kept';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER note_keep BEFORE UPDATE ON note
FOR EACH ROW EXECUTE FUNCTION public.onemap_keep_note();

-- A document that the log names is part of the log.
CREATE FUNCTION public.onemap_keep_logged_document() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF EXISTS (SELECT FROM note n WHERE n.documents @> to_jsonb(OLD.id::text)) THEN
    RAISE EXCEPTION 'a note of the log names this document'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'document_in_log';
  END IF;
  RETURN OLD;
END
$$;
CREATE TRIGGER document_keep_logged BEFORE DELETE ON document
FOR EACH ROW EXECUTE FUNCTION public.onemap_keep_logged_document();

CREATE TABLE decision (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    incident_id UUID NOT NULL,
    region VARCHAR,
    kind VARCHAR NOT NULL,
    text VARCHAR NOT NULL,
    level VARCHAR,
    level_was VARCHAR,
    basis JSONB DEFAULT '{}' NOT NULL,
    state VARCHAR DEFAULT 'drafted' NOT NULL,
    drafted_by VARCHAR NOT NULL,
    drafted_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    decided_by VARCHAR,
    decided_at TIMESTAMP WITH TIME ZONE,
    reason VARCHAR,
    geom geometry(GEOMETRY,4326),
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT decision_pkey PRIMARY KEY (id),
    CONSTRAINT decision_incident_id_fkey FOREIGN KEY (incident_id) REFERENCES incident (id) ON DELETE RESTRICT,
    CONSTRAINT decision_kind_check CHECK (kind IN ('start_response', 'evacuate', 'shelter', 'warn', 'widen', 'end', 'other')),
    CONSTRAINT decision_text_check CHECK (length(text) BETWEEN 1 AND 4000),
    CONSTRAINT decision_level_check CHECK (level IS NULL OR (level IN ('1', '2', '3', '4') AND kind IN ('start_response', 'widen', 'warn'))),
    CONSTRAINT decision_state_check CHECK (state IN ('drafted', 'approved', 'rejected', 'withdrawn')),
    CONSTRAINT decision_decided_check CHECK ((state = 'drafted') = (decided_by IS NULL) AND (state = 'drafted') = (decided_at IS NULL)),
    CONSTRAINT decision_reason_check CHECK (length(reason) <= 2000 AND (state NOT IN ('rejected', 'withdrawn') OR reason <> '')),
    CONSTRAINT decision_other_person_check CHECK (state NOT IN ('approved', 'rejected') OR decided_by <> drafted_by),
    CONSTRAINT decision_withdrawn_check CHECK (state <> 'withdrawn' OR decided_by = drafted_by),
    CONSTRAINT decision_geom_check CHECK (ST_Dimension(geom) = 2 AND ST_NPoints(geom) <= 10000 AND ST_IsValid(geom)
        AND ST_XMin(geom) >= -180 AND ST_XMax(geom) <= 180 AND ST_YMin(geom) >= -90 AND ST_YMax(geom) <= 90)
);
CREATE INDEX decision_incident_id_idx ON decision (incident_id);

-- What was drafted is what is approved: nothing of it changes but how it was decided, once.
CREATE FUNCTION public.onemap_decide_once() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF OLD.state <> 'drafted' AND NOT onemap_only_moved(OLD, NEW) THEN
    RAISE EXCEPTION 'the decision is % already', OLD.state
      USING ERRCODE = 'check_violation', CONSTRAINT = 'decision_decided_once';
  END IF;
  IF (NEW.incident_id, NEW.kind, NEW.text, NEW.level, NEW.level_was, NEW.basis, NEW.drafted_by, NEW.drafted_at, NEW.geom::text)
     IS DISTINCT FROM
     (OLD.incident_id, OLD.kind, OLD.text, OLD.level, OLD.level_was, OLD.basis, OLD.drafted_by, OLD.drafted_at, OLD.geom::text) THEN
    RAISE EXCEPTION 'a drafted decision is not rewritten'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'decision_frozen';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER decision_once BEFORE UPDATE ON decision
FOR EACH ROW EXECUTE FUNCTION public.onemap_decide_once();

-- What breaks the plan: a reading outside its zones, a wind that turned. `cause` is what it is
-- about, so that no two workers, and no second look, propose the same thing twice.
CREATE TABLE proposal (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    incident_id UUID NOT NULL,
    region VARCHAR,
    plan_id UUID NOT NULL,
    reason VARCHAR NOT NULL,
    cause VARCHAR NOT NULL,
    body JSONB NOT NULL,
    state VARCHAR DEFAULT 'open' NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    closed_by VARCHAR,
    closed_at TIMESTAMP WITH TIME ZONE,
    closed_why VARCHAR,
    assessment_id UUID,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT proposal_pkey PRIMARY KEY (id),
    CONSTRAINT proposal_incident_id_cause_key UNIQUE (incident_id, cause),
    CONSTRAINT proposal_incident_id_fkey FOREIGN KEY (incident_id) REFERENCES incident (id) ON DELETE RESTRICT,
    CONSTRAINT proposal_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES assessment (id) ON DELETE RESTRICT,
    CONSTRAINT proposal_assessment_id_fkey FOREIGN KEY (assessment_id) REFERENCES assessment (id) ON DELETE RESTRICT,
    CONSTRAINT proposal_reason_check CHECK (reason IN ('reading_outside', 'wind_turned')),
    CONSTRAINT proposal_state_check CHECK (state IN ('open', 'run', 'dismissed', 'superseded')),
    CONSTRAINT proposal_closed_check CHECK ((state = 'open') = (closed_at IS NULL)),
    CONSTRAINT proposal_run_check CHECK ((state = 'run') = (assessment_id IS NOT NULL)),
    CONSTRAINT proposal_dismissed_check CHECK (state <> 'dismissed' OR closed_why <> '')
);
CREATE INDEX proposal_plan_id_idx ON proposal (plan_id);

-- The log of an emergency is struck, refused or superseded in it; nothing is taken out.
REVOKE DELETE, TRUNCATE ON note, decision, proposal FROM onemap_app;

SELECT onemap_watch('note');
SELECT onemap_watch('decision');
SELECT onemap_watch('proposal');
