-- Earlier cases at the same place and of the same category are found along an index each: by address, by its number in the
-- register, and by the cell of a grid of about 220 metres, so that the cost is that of what lies there.

ALTER TABLE cases ADD COLUMN place_cell BIGINT;
UPDATE cases SET place_cell = CAST((latitude + 90) * 500 AS INTEGER) * 1000000 + CAST((longitude + 180) * 300 AS INTEGER)
    WHERE latitude IS NOT NULL;
DROP INDEX cases_by_address;
CREATE INDEX cases_by_address ON cases (consultation_id, category, address_key, created_at)
    WHERE address_key IS NOT NULL;
CREATE INDEX cases_by_address_uri ON cases (consultation_id, category, address_uri, created_at)
    WHERE address_uri IS NOT NULL;
CREATE INDEX cases_by_cell ON cases (consultation_id, category, place_cell, created_at) WHERE place_cell IS NOT NULL;
