-- Time: moments that somebody marked with a word, and the way from a time to a seq.

-- A moment of the past is asked for by its time; a journal of years is not read for it.
CREATE INDEX journal_at_idx ON journal (at);

-- How a row was then is one look, however often it has changed before and since.
CREATE INDEX journal_moment_idx ON journal (layer, feature, seq) WHERE seq IS NOT NULL;

CREATE TABLE bookmark (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    incident_id UUID,
    region VARCHAR,
    title VARCHAR NOT NULL,
    seq BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_by VARCHAR NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT bookmark_pkey PRIMARY KEY (id),
    CONSTRAINT bookmark_incident_id_fkey FOREIGN KEY (incident_id) REFERENCES incident (id) ON DELETE CASCADE,
    CONSTRAINT bookmark_title_check CHECK (length(title) BETWEEN 1 AND 200),
    CONSTRAINT bookmark_seq_check CHECK (seq >= 0)
);
CREATE INDEX bookmark_incident_id_idx ON bookmark (incident_id, at);
SELECT onemap_watch('bookmark');
