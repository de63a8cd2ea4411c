-- What a vehicle meets on a road, and the turns that are banned.
ALTER TABLE road
    ADD COLUMN walk BOOLEAN DEFAULT true NOT NULL,
    ADD COLUMN hgv BOOLEAN DEFAULT true NOT NULL,
    ADD COLUMN hazmat BOOLEAN DEFAULT true NOT NULL,
    ADD COLUMN max_height_m FLOAT,
    ADD COLUMN max_weight_t FLOAT,
    ADD COLUMN ferry BOOLEAN DEFAULT false NOT NULL,
    ADD COLUMN barrier VARCHAR;
