-- Computed grades of hazard sources, and how far their computing has followed the journal.

CREATE TABLE grading (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    hazard_source_id UUID NOT NULL,
    region VARCHAR,
    level VARCHAR,
    s FLOAT NOT NULL,
    r_low FLOAT NOT NULL,
    r_high FLOAT,
    people_500m BIGINT,
    working JSONB NOT NULL,
    inputs_sha256 VARCHAR NOT NULL,
    computed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT grading_pkey PRIMARY KEY (id),
    CONSTRAINT grading_hazard_source_id_key UNIQUE (hazard_source_id),
    CONSTRAINT grading_hazard_source_id_fkey FOREIGN KEY(hazard_source_id) REFERENCES hazard_source (id) ON DELETE CASCADE
);

CREATE TABLE follower (
    name VARCHAR NOT NULL,
    seq BIGINT NOT NULL,
    CONSTRAINT follower_pkey PRIMARY KEY (name)
);

SELECT onemap_watch('grading');
