DROP INDEX cases_by_cell;
DROP INDEX cases_by_address_uri;
DROP INDEX cases_by_address;
CREATE INDEX cases_by_address ON cases (consultation_id, address_key);
ALTER TABLE cases DROP COLUMN place_cell;
