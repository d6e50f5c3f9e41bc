DROP INDEX cases_by_place;
CREATE INDEX cases_by_place ON cases (consultation_id, latitude, longitude);
DROP INDEX cases_by_address;
CREATE INDEX cases_by_address ON cases (consultation_id, address);
ALTER TABLE cases DROP COLUMN address_key;
