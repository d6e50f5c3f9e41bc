-- A member takes part in a function, with a number of persons; until now an organisation had one place per role.

CREATE TABLE consultation_members_with_functions (
    consultation_id TEXT NOT NULL
        CONSTRAINT consultation_members_consultation_fk REFERENCES consultations (id),
    organisation_id TEXT NOT NULL
        CONSTRAINT consultation_members_organisation_fk REFERENCES organisations (id),
    role TEXT NOT NULL,
    function TEXT NOT NULL,
    function_name TEXT NOT NULL,
    number INTEGER NOT NULL,
    CONSTRAINT consultation_members_pk PRIMARY KEY (consultation_id, organisation_id, role, function)
);
INSERT INTO consultation_members_with_functions
SELECT consultation_id, organisation_id, role, role,
    CASE role
        WHEN 'neighbourhoodManager' THEN '{"nl":"Wijkmanager"}'
        WHEN 'policeOfficer' THEN '{"nl":"Politie"}'
        WHEN 'guard' THEN '{"nl":"Gemeenschapswacht"}'
        WHEN 'housingOfficer' THEN '{"nl":"Wonen"}'
        WHEN 'cityTeamMember' THEN '{"nl":"Lid van het stadsteam"}'
        ELSE '{"nl":"Lid"}'
    END,
    1
FROM consultation_members;
DROP TABLE consultation_members;
ALTER TABLE consultation_members_with_functions RENAME TO consultation_members;
CREATE INDEX consultation_members_organisation ON consultation_members (organisation_id);
