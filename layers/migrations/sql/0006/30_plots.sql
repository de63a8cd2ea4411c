-- What officers draw in an incident (情况标绘). A removed plot is a removed row: its versions are in
-- row_history, so "as it was" and bringing back need no flag of their own.
CREATE TABLE plot (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    incident_id UUID NOT NULL,
    region VARCHAR,
    kind VARCHAR NOT NULL,
    control JSONB DEFAULT '[]'::jsonb NOT NULL,
    geom geometry(GEOMETRY,4326) NOT NULL,
    properties JSONB DEFAULT '{}'::jsonb NOT NULL,
    measured JSONB DEFAULT '{}'::jsonb NOT NULL,
    touched JSONB DEFAULT '{}'::jsonb NOT NULL,
    sort BIGINT DEFAULT 0 NOT NULL,
    locked_by VARCHAR,
    group_id UUID,
    closure_id UUID,
    assessment_id UUID,
    plan_part VARCHAR,
    by_person BOOLEAN DEFAULT true NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    created_by VARCHAR,
    updated_by VARCHAR,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT plot_pkey PRIMARY KEY (id),
    CONSTRAINT plot_geom_range_check CHECK (ST_XMin(geom) >= -180 AND ST_XMax(geom) <= 180 AND ST_YMin(geom) >= -90 AND ST_YMax(geom) <= 90),
    CONSTRAINT plot_geom_not_empty_check CHECK (NOT ST_IsEmpty(geom)),
    CONSTRAINT plot_geom_size_check CHECK (ST_NPoints(geom) <= 10000),
    CONSTRAINT plot_geom_valid_check CHECK (ST_Dimension(geom) < 2 OR ST_IsValid(geom)),
    CONSTRAINT plot_control_check CHECK (jsonb_typeof(control) = 'array'),
    CONSTRAINT plot_properties_check CHECK (jsonb_typeof(properties) = 'object'),
    CONSTRAINT plot_incident_id_fkey FOREIGN KEY (incident_id)
        REFERENCES incident (id) ON DELETE CASCADE,
    CONSTRAINT plot_closure_id_fkey FOREIGN KEY (closure_id)
        REFERENCES road_closure (id) ON DELETE SET NULL
);
CREATE INDEX plot_incident_id_idx ON plot (incident_id);
CREATE INDEX plot_closure_id_idx ON plot (closure_id);
SELECT onemap_watch('plot');

-- An edit that met another's of the same field: theirs is in the plot, this one is kept here.
CREATE TABLE plot_conflict (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    incident_id UUID NOT NULL,
    region VARCHAR,
    plot_id UUID NOT NULL,
    op_id UUID NOT NULL,
    field VARCHAR NOT NULL,
    mine JSONB,
    theirs JSONB,
    author VARCHAR,
    theirs_by VARCHAR,
    base BIGINT,
    state VARCHAR DEFAULT 'open'::character varying NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    taken VARCHAR,
    resolved_at TIMESTAMP WITH TIME ZONE,
    resolved_by VARCHAR,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT plot_conflict_pkey PRIMARY KEY (id),
    CONSTRAINT plot_conflict_state_check CHECK (state IN ('open', 'resolved')),
    CONSTRAINT plot_conflict_taken_check CHECK ((state = 'resolved') = (taken IS NOT NULL)),
    CONSTRAINT plot_conflict_incident_id_fkey FOREIGN KEY (incident_id)
        REFERENCES incident (id) ON DELETE CASCADE
);
CREATE INDEX plot_conflict_open_idx ON plot_conflict (incident_id) WHERE state = 'open';
CREATE INDEX plot_conflict_plot_id_idx ON plot_conflict (plot_id);
SELECT onemap_watch('plot_conflict');

-- What was done once and what was answered; sent again it is answered again, as long as the incident
-- is open and 30 days at least. One-key plots and imports draw several plots and name none.
CREATE TABLE plot_op (
    op_id UUID NOT NULL,
    incident_id UUID NOT NULL,
    plot_id UUID,
    op VARCHAR NOT NULL,
    undoes UUID,
    digest BYTEA NOT NULL,
    actor VARCHAR,
    result JSONB NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT plot_op_pkey PRIMARY KEY (op_id),
    CONSTRAINT plot_op_incident_id_fkey FOREIGN KEY (incident_id)
        REFERENCES incident (id) ON DELETE CASCADE
);
CREATE INDEX plot_op_at_idx ON plot_op (at);
CREATE INDEX plot_op_incident_id_idx ON plot_op (incident_id);
CREATE INDEX plot_op_plot_id_idx ON plot_op (plot_id, at);
