-- What a look into a file found, and how files of one source were read before.

ALTER TABLE import_batch ADD COLUMN analysis jsonb NOT NULL DEFAULT '{}';

CREATE TABLE import_source (
    id uuid DEFAULT onemap_uuid_v7() NOT NULL,
    name varchar NOT NULL,
    layer varchar NOT NULL,
    columns varchar[] NOT NULL,
    columns_key varchar NOT NULL,
    settings jsonb DEFAULT '{}' NOT NULL,
    used_at timestamp with time zone DEFAULT now() NOT NULL,
    used_by varchar,
    CONSTRAINT import_source_pkey PRIMARY KEY (id),
    CONSTRAINT import_source_name_layer_columns_key_key UNIQUE (name, layer, columns_key)
);
CREATE INDEX import_source_columns_key_idx ON import_source (columns_key, used_at);
