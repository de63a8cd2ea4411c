-- Images and grids beside terrain, fuel and people; files that wait to become one.

ALTER TABLE raster
    ADD COLUMN taken_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN bands INTEGER DEFAULT 1 NOT NULL,
    DROP CONSTRAINT raster_kind_check,
    ADD CONSTRAINT raster_kind_check
        CHECK (kind IN ('dem', 'fuel', 'population', 'imagery', 'grid')),
    ADD CONSTRAINT raster_bands_check CHECK (bands IN (1, 3, 4));

-- Images are looked at, not computed with: they are kept as the file that is drawn, cut in pieces.
CREATE TABLE raster_piece (
    raster_id UUID NOT NULL,
    number BIGINT NOT NULL,
    content BYTEA NOT NULL,
    CONSTRAINT raster_piece_pkey PRIMARY KEY (raster_id, number),
    CONSTRAINT raster_piece_raster_id_fkey FOREIGN KEY (raster_id) REFERENCES raster (id) ON DELETE CASCADE
);
-- Contents are packed already.
ALTER TABLE raster_piece ALTER COLUMN content SET STORAGE EXTERNAL;

-- An uploaded file on its way: what was said of it, how far it is, and what came of it. The row is
-- the queue; the raster that it became may be removed without it.
CREATE TABLE raster_upload (
    id UUID DEFAULT onemap_uuid_v7() NOT NULL,
    file_name VARCHAR NOT NULL,
    told JSONB NOT NULL,
    status VARCHAR DEFAULT 'waiting' NOT NULL,
    attempts INTEGER DEFAULT 0 NOT NULL,
    error JSONB,
    raster_id UUID,
    region VARCHAR,
    created_by VARCHAR NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT raster_upload_pkey PRIMARY KEY (id),
    CONSTRAINT raster_upload_status_check CHECK (status IN ('waiting', 'reading', 'done', 'failed'))
);
CREATE INDEX raster_upload_open ON raster_upload (created_at) WHERE status IN ('waiting', 'reading');
