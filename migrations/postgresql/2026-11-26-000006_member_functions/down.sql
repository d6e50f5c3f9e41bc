ALTER TABLE consultation_members DROP CONSTRAINT consultation_members_pk;
DELETE FROM consultation_members AS one USING consultation_members AS other
WHERE one.consultation_id = other.consultation_id
    AND one.organisation_id = other.organisation_id
    AND one.role = other.role
    AND one.function > other.function;
ALTER TABLE consultation_members
    DROP COLUMN function,
    DROP COLUMN function_name,
    DROP COLUMN number;
ALTER TABLE consultation_members
    ADD CONSTRAINT consultation_members_pk PRIMARY KEY (consultation_id, organisation_id, role);
