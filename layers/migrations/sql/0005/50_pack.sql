-- Packs of a region: what was asked for, by whom, and what became of it. The files lie on disk.

CREATE TABLE pack (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    name VARCHAR NOT NULL,
    owner VARCHAR,
    status VARCHAR DEFAULT 'waiting' NOT NULL,
    attempts BIGINT DEFAULT '0' NOT NULL,
    asked JSONB NOT NULL,
    regions JSONB,
    report JSONB DEFAULT '{}'::jsonb NOT NULL,
    revision BIGINT,
    size_bytes BIGINT,
    sha256 VARCHAR,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version BIGINT DEFAULT 1 NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entry BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT pack_pkey PRIMARY KEY (id),
    CONSTRAINT pack_status_check CHECK (status IN ('waiting', 'making', 'by_command', 'ready', 'failed', 'expired')),
    CONSTRAINT pack_sha256_check CHECK (sha256 ~ '^[0-9a-f]{64}$')
);
CREATE INDEX pack_owner_idx ON pack (owner, created_at);
SELECT onemap_watch('pack');
