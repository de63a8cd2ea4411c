-- Saved views of the map, and what each wall of a command hall shows.

CREATE TABLE saved_view (
  id uuid DEFAULT onemap_uuid_v7() NOT NULL,
  name varchar NOT NULL,
  owner varchar,
  shared boolean DEFAULT false NOT NULL,
  lon double precision NOT NULL,
  lat double precision NOT NULL,
  zoom double precision NOT NULL,
  layers jsonb,
  incident uuid,
  at timestamptz,
  highlight jsonb,
  created_at timestamptz DEFAULT now() NOT NULL,
  version bigint DEFAULT 1 NOT NULL,
  updated_at timestamptz DEFAULT now() NOT NULL,
  entry bigint DEFAULT 0 NOT NULL,
  CONSTRAINT saved_view_pkey PRIMARY KEY (id),
  CONSTRAINT saved_view_place_check CHECK (
    lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90 AND zoom BETWEEN 0 AND 22)
);
CREATE INDEX saved_view_owner_idx ON saved_view (owner);
SELECT onemap_watch('saved_view');

-- `shown_at` is when somebody last said what the wall shows: an incident opened after that takes the
-- screen, one opened before does not. `region` is where it was made, null for the whole tree: who says
-- what it shows, and who may open it, holds that.
CREATE TABLE wall (
  id uuid DEFAULT onemap_uuid_v7() NOT NULL,
  name varchar NOT NULL,
  region varchar,
  view jsonb,
  layers jsonb,
  incident uuid,
  at timestamptz,
  speed integer DEFAULT 0 NOT NULL,
  flight boolean DEFAULT true NOT NULL,
  highlight jsonb,
  second jsonb,
  playlist jsonb DEFAULT '[]'::jsonb NOT NULL,
  seconds integer DEFAULT 20 NOT NULL,
  shown_by varchar,
  shown_at timestamptz,
  version bigint DEFAULT 1 NOT NULL,
  updated_at timestamptz DEFAULT now() NOT NULL,
  entry bigint DEFAULT 0 NOT NULL,
  CONSTRAINT wall_pkey PRIMARY KEY (id),
  CONSTRAINT wall_name_key UNIQUE (name),
  CONSTRAINT wall_name_check CHECK (name ~ '^[a-z0-9][a-z0-9_-]{0,31}$'),
  CONSTRAINT wall_speed_check CHECK (speed BETWEEN 0 AND 600),
  CONSTRAINT wall_seconds_check CHECK (seconds BETWEEN 5 AND 3600)
);
SELECT onemap_watch('wall');

-- What a screen without a person signs in with: it only reads, for one wall, until it is taken back.
-- The row is kept afterwards: it says who opened which wall, and who shut it.
CREATE TABLE wall_key (
  id uuid DEFAULT onemap_uuid_v7() NOT NULL,
  wall varchar NOT NULL,
  title varchar NOT NULL,
  token_sha256 bytea NOT NULL,
  user_id uuid REFERENCES user_account (id) ON DELETE CASCADE,
  created_by varchar NOT NULL,
  created_at timestamptz DEFAULT now() NOT NULL,
  expires_at timestamptz NOT NULL,
  seen_at timestamptz,
  revoked_at timestamptz,
  revoked_by varchar,
  CONSTRAINT wall_key_pkey PRIMARY KEY (id),
  CONSTRAINT wall_key_token_sha256_key UNIQUE (token_sha256),
  CONSTRAINT wall_key_wall_check CHECK (wall ~ '^[a-z0-9][a-z0-9_-]{0,31}$')
);
CREATE INDEX wall_key_wall_idx ON wall_key (wall);
CREATE INDEX wall_key_user_id_idx ON wall_key (user_id);
CREATE TRIGGER onemap_recognise_anew AFTER DELETE ON wall_key
FOR EACH ROW EXECUTE FUNCTION public.onemap_recognise_anew();
CREATE TRIGGER onemap_recognise_anew_update AFTER UPDATE ON wall_key
FOR EACH ROW WHEN (OLD.revoked_at IS DISTINCT FROM NEW.revoked_at
  OR OLD.expires_at <> NEW.expires_at)
EXECUTE FUNCTION public.onemap_recognise_anew();
