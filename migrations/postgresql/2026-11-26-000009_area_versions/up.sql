-- The number of changes of an area, as every other record has one.

ALTER TABLE areas ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE areas ALTER COLUMN version DROP DEFAULT;
