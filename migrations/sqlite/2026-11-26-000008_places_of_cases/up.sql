-- Places: an address is the same whatever its case, accents and punctuation, and a box is searched among the newest cases
-- that have a point. The program writes `address_key`; what was there before loses its case and outer spaces only, until
-- it is edited.

ALTER TABLE cases ADD COLUMN address_key TEXT;
UPDATE cases SET address_key = lower(trim(address)) WHERE address IS NOT NULL;
DROP INDEX cases_by_address;
CREATE INDEX cases_by_address ON cases (consultation_id, address_key);
DROP INDEX cases_by_place;
CREATE INDEX cases_by_place ON cases (consultation_id, created_at, id, latitude, longitude) WHERE latitude IS NOT NULL;
