-- A member takes part in a function, with a number of persons; until now an organisation had one place per role.

ALTER TABLE consultation_members
    ADD COLUMN function TEXT COLLATE "C",
    ADD COLUMN function_name JSONB,
    ADD COLUMN number INTEGER;
UPDATE consultation_members SET
    function = role,
    function_name = CASE role
        WHEN 'neighbourhoodManager' THEN '{"nl":"Wijkmanager"}'
        WHEN 'policeOfficer' THEN '{"nl":"Politie"}'
        WHEN 'guard' THEN '{"nl":"Gemeenschapswacht"}'
        WHEN 'housingOfficer' THEN '{"nl":"Wonen"}'
        WHEN 'cityTeamMember' THEN '{"nl":"Lid van het stadsteam"}'
        ELSE '{"nl":"Lid"}'
    END::jsonb,
    number = 1;
ALTER TABLE consultation_members
    ALTER COLUMN function SET NOT NULL,
    ALTER COLUMN function_name SET NOT NULL,
    ALTER COLUMN number SET NOT NULL,
    DROP CONSTRAINT consultation_members_pk;
ALTER TABLE consultation_members
    ADD CONSTRAINT consultation_members_pk PRIMARY KEY (consultation_id, organisation_id, role, function);
