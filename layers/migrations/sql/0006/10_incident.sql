-- The incident's file: what was said at the intake, deadlines of reporting, bulletins, handovers.

ALTER TABLE incident
    ADD COLUMN caller JSONB,
    ADD COLUMN channel VARCHAR,
    ADD COLUMN received_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN address VARCHAR,
    ADD COLUMN course VARCHAR,
    ADD COLUMN measures VARCHAR,
    ADD COLUMN requests VARCHAR,
    ADD COLUMN leaders VARCHAR,
    ADD COLUMN site_contact JSONB,
    ADD COLUMN direct_loss_yuan FLOAT,
    ADD COLUMN important_place BOOLEAN,
    ADD COLUMN serious_pollution BOOLEAN,
    ADD COLUMN change_reason VARCHAR,
    ADD CONSTRAINT incident_channel_check CHECK (channel IN ('phone', 'radio', 'person', 'system', 'other')),
    ADD CONSTRAINT incident_direct_loss_yuan_check CHECK (direct_loss_yuan >= 0 AND direct_loss_yuan <= 1e13),
    ADD CONSTRAINT incident_words_check CHECK (
        length(address) <= 400 AND length(course) <= 4000 AND length(measures) <= 4000
        AND length(requests) <= 4000 AND length(leaders) <= 1000 AND length(change_reason) <= 400),
    ADD CONSTRAINT incident_people_check CHECK (
        jsonb_typeof(caller) = 'object' AND pg_column_size(caller) <= 4000
        AND jsonb_typeof(site_contact) = 'object' AND pg_column_size(site_contact) <= 4000);

-- How soon what has to be reported to whom: minutes since it was received (follow: since the last
-- report), or clock times of the site. Without region: everywhere; without grade: whatever it is.
-- A line is ended and another made, never rewritten: it holds for what was reported in its time.
CREATE TABLE deadline_rule (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    region VARCHAR,
    grade VARCHAR,
    channel VARCHAR NOT NULL,
    what VARCHAR NOT NULL,
    addressee VARCHAR NOT NULL,
    minutes INTEGER,
    daily_at VARCHAR,
    source VARCHAR NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT deadline_rule_pkey PRIMARY KEY (id),
    CONSTRAINT deadline_rule_grade_check CHECK (grade IN ('1', '2', '3', '4')),
    CONSTRAINT deadline_rule_channel_check CHECK (channel IN ('phone', 'written', 'any')),
    CONSTRAINT deadline_rule_what_check CHECK (what IN ('first', 'follow', 'final', 'written')),
    CONSTRAINT deadline_rule_addressee_check CHECK (addressee IN ('next', 'city', 'province', 'state')),
    CONSTRAINT deadline_rule_minutes_check CHECK (minutes BETWEEN 1 AND 525600),
    CONSTRAINT deadline_rule_daily_at_check CHECK (daily_at IS NULL OR (what = 'follow'
        AND daily_at ~ '^([01][0-9]|2[0-3]):[0-5][0-9](,([01][0-9]|2[0-3]):[0-5][0-9]){0,7}$')),
    CONSTRAINT deadline_rule_when_check CHECK ((minutes IS NULL) <> (daily_at IS NULL)),
    CONSTRAINT deadline_rule_source_check CHECK (length(source) BETWEEN 1 AND 400)
);
CREATE UNIQUE INDEX deadline_rule_key ON deadline_rule
    (coalesce(region, ''), coalesce(grade, ''), channel, what, addressee) WHERE ended_at IS NULL;
CREATE FUNCTION public.onemap_keep_deadline_rule() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF OLD.ended_at IS NOT NULL
     OR (NEW.region, NEW.grade, NEW.channel, NEW.what, NEW.addressee, NEW.minutes, NEW.daily_at,
         NEW.source, NEW.made_at)
        IS DISTINCT FROM
        (OLD.region, OLD.grade, OLD.channel, OLD.what, OLD.addressee, OLD.minutes, OLD.daily_at,
         OLD.source, OLD.made_at) THEN
    RAISE EXCEPTION 'a rule is ended and never rewritten'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'deadline_rule_kept';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER deadline_rule_kept BEFORE UPDATE ON deadline_rule
FOR EACH ROW EXECUTE FUNCTION public.onemap_keep_deadline_rule();
REVOKE DELETE, TRUNCATE ON deadline_rule FROM onemap_app;
-- The national rules, and those of one province as an example. A new site's journal begins empty:
-- they are there before the table is watched.
INSERT INTO deadline_rule (region, grade, channel, what, addressee, minutes, daily_at, source) VALUES
    (NULL, NULL, 'any', 'first', 'next', 120, NULL, '国务院令第493号 第十一条：逐级上报，每级不超过2小时'),
    (NULL, '1', 'phone', 'first', 'province', 60, NULL, '安监总局令第21号 第八条：1小时内电话快报省级 [mem 95%]'),
    (NULL, '2', 'phone', 'first', 'province', 60, NULL, '安监总局令第21号 第八条：1小时内电话快报省级 [mem 95%]'),
    (NULL, '3', 'phone', 'first', 'province', 60, NULL, '安监总局令第21号 第八条：1小时内电话快报省级 [mem 95%]'),
    (NULL, '1', 'any', 'follow', 'next', 720, NULL, '安监总局令第21号 第十一条：每日至少续报2次 [mem 95%]'),
    (NULL, '2', 'any', 'follow', 'next', 720, NULL, '安监总局令第21号 第十一条：每日至少续报2次 [mem 95%]'),
    (NULL, '3', 'any', 'follow', 'next', 1440, NULL, '安监总局令第21号 第十一条：每日至少续报1次 [mem 95%]'),
    (NULL, '4', 'any', 'follow', 'next', 1440, NULL, '安监总局令第21号 第十一条：每日至少续报1次 [mem 95%]'),
    ('410000', '1', 'phone', 'first', 'province', 15, NULL, '河南省应急管理厅信息报告通知（大河报1月28日报道）：15分钟电话'),
    ('410000', '2', 'phone', 'first', 'province', 15, NULL, '河南省应急管理厅信息报告通知（大河报1月28日报道）：15分钟电话'),
    ('410000', '1', 'written', 'written', 'province', 35, NULL, '河南省应急管理厅信息报告通知（大河报1月28日报道）：35分钟书面'),
    ('410000', '2', 'written', 'written', 'province', 35, NULL, '河南省应急管理厅信息报告通知（大河报1月28日报道）：35分钟书面'),
    ('410000', '3', 'written', 'written', 'province', 60, NULL, '河南省应急管理厅信息报告通知（大河报1月28日报道）：1小时书面'),
    ('410000', '4', 'written', 'written', 'province', 360, NULL, '河南省应急管理厅信息报告通知（大河报1月28日报道）：6小时书面'),
    ('410000', '1', 'any', 'follow', 'province', NULL, '08:00,17:00', '河南省应急管理厅信息报告通知（大河报1月28日报道）：每天8点、17点前各续报1次'),
    ('410000', '2', 'any', 'follow', 'province', NULL, '08:00,17:00', '河南省应急管理厅信息报告通知（大河报1月28日报道）：每天8点、17点前各续报1次'),
    ('410000', '3', 'any', 'follow', 'province', NULL, '08:00,17:00', '河南省应急管理厅信息报告通知（大河报1月28日报道）：每天8点、17点前各续报1次');
SELECT onemap_watch('deadline_rule');

-- What became of a deadline: missed, met, or both. Rows only gain; an hour that was missed stays.
CREATE TABLE deadline (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    incident_id UUID NOT NULL,
    region VARCHAR,
    what VARCHAR NOT NULL,
    channel VARCHAR NOT NULL,
    addressee VARCHAR NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    source VARCHAR NOT NULL,
    missed_at TIMESTAMP WITH TIME ZONE,
    done_at TIMESTAMP WITH TIME ZONE,
    done_by VARCHAR,
    note VARCHAR,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT deadline_pkey PRIMARY KEY (id),
    CONSTRAINT deadline_incident_id_fkey FOREIGN KEY (incident_id) REFERENCES incident (id) ON DELETE CASCADE,
    CONSTRAINT deadline_incident_id_key UNIQUE (incident_id, what, channel, addressee, due_at),
    CONSTRAINT deadline_fact_check CHECK (missed_at IS NOT NULL OR done_at IS NOT NULL),
    CONSTRAINT deadline_note_check CHECK (length(note) <= 1000)
);
CREATE FUNCTION public.onemap_keep_deadline() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF OLD.missed_at IS DISTINCT FROM NEW.missed_at AND OLD.missed_at IS NOT NULL
     OR (OLD.incident_id, OLD.what, OLD.channel, OLD.addressee, OLD.due_at)
        IS DISTINCT FROM (NEW.incident_id, NEW.what, NEW.channel, NEW.addressee, NEW.due_at) THEN
    RAISE EXCEPTION 'a deadline that was missed stays missed'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'deadline_kept';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER deadline_kept BEFORE UPDATE ON deadline
FOR EACH ROW EXECUTE FUNCTION public.onemap_keep_deadline();
SELECT onemap_watch('deadline');

-- Whether a row has changed nothing but the region that it is read by: what is settled goes along
-- with its incident, and stays what it is.
CREATE FUNCTION public.onemap_only_moved(was anyelement, made anyelement) RETURNS boolean
LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT to_jsonb(was) - left_out = to_jsonb(made) - left_out
     AND to_jsonb(was) -> 'region' IS DISTINCT FROM to_jsonb(made) -> 'region'
  FROM (SELECT '{region,version,updated_at,entry}'::text[] AS left_out) names
$$;

-- Bulletins: a draft is written anew as long as nobody has signed it; what was signed stays.
CREATE TABLE bulletin (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    incident_id UUID NOT NULL,
    region VARCHAR,
    kind VARCHAR NOT NULL,
    exercise BOOLEAN DEFAULT 'false' NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    made_by VARCHAR,
    made_entry BIGINT DEFAULT 0 NOT NULL,
    body VARCHAR NOT NULL,
    body_hash VARCHAR NOT NULL,
    year INTEGER,
    serial INTEGER,
    ordinal INTEGER,
    signed_at TIMESTAMP WITH TIME ZONE,
    signed_by VARCHAR,
    signer VARCHAR,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT bulletin_pkey PRIMARY KEY (id),
    CONSTRAINT bulletin_incident_id_fkey FOREIGN KEY (incident_id) REFERENCES incident (id) ON DELETE RESTRICT,
    CONSTRAINT bulletin_kind_check CHECK (kind IN ('first', 'follow', 'final')),
    CONSTRAINT bulletin_body_hash_check CHECK (body_hash = encode(sha256(convert_to(body, 'UTF8')), 'hex')),
    CONSTRAINT bulletin_signed_check CHECK (
        (signed_at IS NULL) = (signed_by IS NULL) AND (signed_at IS NULL) = (serial IS NULL)
        AND (signed_at IS NULL) = (year IS NULL) AND (signed_at IS NULL) = (ordinal IS NULL))
);
CREATE INDEX bulletin_incident_id_idx ON bulletin (incident_id);
CREATE UNIQUE INDEX bulletin_number_key ON bulletin (exercise, year, serial) WHERE serial IS NOT NULL;
CREATE UNIQUE INDEX bulletin_first_key ON bulletin (incident_id) WHERE kind = 'first' AND serial IS NOT NULL;

CREATE FUNCTION public.onemap_lock_bulletin() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF OLD.signed_at IS NOT NULL AND (TG_OP = 'DELETE' OR NOT onemap_only_moved(OLD, NEW)) THEN
    RAISE EXCEPTION 'a signed bulletin stays as it was signed'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'bulletin_locked';
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER bulletin_lock BEFORE UPDATE OR DELETE ON bulletin
FOR EACH ROW EXECUTE FUNCTION public.onemap_lock_bulletin();
SELECT onemap_watch('bulletin');

-- Handovers: written by who leaves, signed by who leaves and then by who takes over.
CREATE TABLE handover (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    region VARCHAR,
    shift_from TIMESTAMP WITH TIME ZONE NOT NULL,
    shift_to TIMESTAMP WITH TIME ZONE NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    made_by VARCHAR,
    body VARCHAR NOT NULL,
    body_hash VARCHAR NOT NULL,
    given_by VARCHAR,
    giver VARCHAR,
    given_at TIMESTAMP WITH TIME ZONE,
    taken_by VARCHAR,
    taker VARCHAR,
    taken_at TIMESTAMP WITH TIME ZONE,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT handover_pkey PRIMARY KEY (id),
    CONSTRAINT handover_shift_check CHECK (shift_to > shift_from AND shift_to <= shift_from + interval '7 days'),
    CONSTRAINT handover_body_hash_check CHECK (body_hash = encode(sha256(convert_to(body, 'UTF8')), 'hex')),
    CONSTRAINT handover_given_check CHECK ((given_at IS NULL) = (given_by IS NULL)),
    CONSTRAINT handover_taken_check CHECK ((taken_at IS NULL) = (taken_by IS NULL)
        AND (taken_at IS NULL OR given_at IS NOT NULL)),
    CONSTRAINT handover_two_people_check CHECK (taken_by <> given_by)
);
CREATE INDEX handover_shift_to_idx ON handover (shift_to);

CREATE FUNCTION public.onemap_lock_handover() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF OLD.taken_at IS NOT NULL OR (OLD.given_at IS NOT NULL AND (
      TG_OP = 'DELETE' OR (NEW.body, NEW.shift_from, NEW.shift_to, NEW.given_at, NEW.given_by, NEW.giver)
      IS DISTINCT FROM (OLD.body, OLD.shift_from, OLD.shift_to, OLD.given_at, OLD.given_by, OLD.giver))) THEN
    RAISE EXCEPTION 'a signed handover stays as it was signed'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'handover_locked';
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER handover_lock BEFORE UPDATE OR DELETE ON handover
FOR EACH ROW EXECUTE FUNCTION public.onemap_lock_handover();
SELECT onemap_watch('handover');

-- A sheet and its signatures stay what they are, and go along with their incident, nowhere else.
CREATE FUNCTION public.onemap_went_along(was anyelement, made anyelement) RETURNS boolean
LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT onemap_only_moved(was, made) AND EXISTS (
    SELECT FROM incident i WHERE i.id = (to_jsonb(made) ->> 'incident_id')::uuid
      AND i.region IS NOT DISTINCT FROM to_jsonb(made) ->> 'region')
$$;
CREATE OR REPLACE FUNCTION public.onemap_lock_sheet() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF onemap_went_along(OLD, NEW) THEN
      RETURN NEW;
    END IF;
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
CREATE OR REPLACE FUNCTION public.onemap_lock_signature() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND onemap_went_along(OLD, NEW) THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'UPDATE' OR EXISTS (SELECT FROM calculation_sheet c WHERE c.id = OLD.sheet_id) THEN
    RAISE EXCEPTION 'a signature is neither changed nor taken back'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'sheet_signature_kept';
  END IF;
  RETURN OLD;
END
$$;

-- An incident that moves into another district takes its file along: it is read by its region.
-- What was put into another district than the incident's by its place or its maker (a closure, a
-- watched area) stays there; an alert is of its vehicle, and is read by who may see that.
CREATE FUNCTION public.onemap_move_file() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  UPDATE assessment SET region = NEW.region WHERE incident_id = NEW.id;
  UPDATE bookmark SET region = NEW.region WHERE incident_id = NEW.id;
  UPDATE bulletin SET region = NEW.region WHERE incident_id = NEW.id;
  UPDATE calculation_sheet SET region = NEW.region WHERE incident_id = NEW.id;
  UPDATE call SET region = NEW.region WHERE incident_id = NEW.id;
  UPDATE deadline SET region = NEW.region WHERE incident_id = NEW.id;
  UPDATE decision SET region = NEW.region WHERE incident_id = NEW.id;
  UPDATE document SET region = NEW.region WHERE layer = 'incident' AND feature_id = NEW.id;
  UPDATE note SET region = NEW.region WHERE incident_id = NEW.id;
  UPDATE plot SET region = NEW.region WHERE incident_id = NEW.id;
  UPDATE plot_conflict SET region = NEW.region WHERE incident_id = NEW.id;
  UPDATE proposal SET region = NEW.region WHERE incident_id = NEW.id;
  UPDATE road_closure SET region = NEW.region
  WHERE incident_id = NEW.id AND region IS NOT DISTINCT FROM OLD.region;
  UPDATE sheet_signature SET region = NEW.region WHERE incident_id = NEW.id;
  UPDATE site_plan SET region = NEW.region WHERE document_id IN (
    SELECT d.id FROM document d WHERE d.layer = 'incident' AND d.feature_id = NEW.id);
  UPDATE watch_area SET region = NEW.region
  WHERE incident_id = NEW.id AND region IS NOT DISTINCT FROM OLD.region;
  RETURN NULL;
END
$$;
CREATE TRIGGER incident_file_moved AFTER UPDATE ON incident
FOR EACH ROW WHEN (OLD.region IS DISTINCT FROM NEW.region) EXECUTE FUNCTION public.onemap_move_file();

-- A bulletin is of its incident: its region, and whether it is an exercise, follow from it.
CREATE FUNCTION public.onemap_follow_incident() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  SELECT i.region, i.exercise INTO NEW.region, NEW.exercise FROM incident i WHERE i.id = NEW.incident_id;
  RETURN NEW;
END
$$;
CREATE TRIGGER bulletin_follow BEFORE INSERT ON bulletin
FOR EACH ROW EXECUTE FUNCTION public.onemap_follow_incident();
