-- Prints of the map that were asked for, and the pass with which a browser of ours reads for them.

-- A session that only reads: whoever holds its token can change nothing.
ALTER TABLE session ADD COLUMN read_only boolean DEFAULT false NOT NULL;

CREATE TABLE print_job (
  id uuid NOT NULL,
  created_by varchar NOT NULL,
  created_at timestamptz DEFAULT now() NOT NULL,
  status varchar DEFAULT 'waiting' NOT NULL,
  started_at timestamptz,
  finished_at timestamptz,
  asked jsonb NOT NULL,
  error jsonb,
  CONSTRAINT print_job_pkey PRIMARY KEY (id),
  CONSTRAINT print_job_status_check CHECK (status IN ('waiting', 'running', 'done', 'failed'))
);
CREATE INDEX print_job_open_idx ON print_job (created_at) WHERE status IN ('waiting', 'running');
