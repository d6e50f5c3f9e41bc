CREATE TABLE consultation_members_without_functions (
    consultation_id TEXT NOT NULL
        CONSTRAINT consultation_members_consultation_fk REFERENCES consultations (id),
    organisation_id TEXT NOT NULL
        CONSTRAINT consultation_members_organisation_fk REFERENCES organisations (id),
    role TEXT NOT NULL,
    CONSTRAINT consultation_members_pk PRIMARY KEY (consultation_id, organisation_id, role)
);
INSERT INTO consultation_members_without_functions
SELECT DISTINCT consultation_id, organisation_id, role FROM consultation_members;
DROP TABLE consultation_members;
ALTER TABLE consultation_members_without_functions RENAME TO consultation_members;
CREATE INDEX consultation_members_organisation ON consultation_members (organisation_id);
