-- Contacts: consultations with an internal or external partner on a case.

CREATE TABLE case_contacts (
    id TEXT NOT NULL CONSTRAINT case_contacts_pk PRIMARY KEY,
    version BIGINT NOT NULL,
    case_id TEXT NOT NULL CONSTRAINT case_contacts_case_fk REFERENCES cases (id),
    consultation_id TEXT NOT NULL CONSTRAINT case_contacts_consultation_fk REFERENCES consultations (id),
    -- Follows from the regime of the partner when it was recorded.
    kind TEXT NOT NULL,
    contacted_on INTEGER NOT NULL,
    partner_organisation_id TEXT
        CONSTRAINT case_contacts_partner_fk REFERENCES organisations (id),
    partner_name TEXT,
    channel TEXT NOT NULL,
    purpose TEXT NOT NULL,
    result TEXT,
    -- Who recorded it.
    organisation_id TEXT NOT NULL CONSTRAINT case_contacts_organisation_fk REFERENCES organisations (id),
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX case_contacts_case ON case_contacts (case_id, consultation_id, contacted_on, id);
CREATE INDEX case_contacts_of_team ON case_contacts (consultation_id, contacted_on, id);
CREATE INDEX case_contacts_of_team_by_kind ON case_contacts (consultation_id, kind, contacted_on, id);
CREATE INDEX case_contacts_of_team_by_partner
    ON case_contacts (consultation_id, partner_organisation_id, contacted_on, id);
CREATE INDEX case_contacts_of_organisation ON case_contacts (organisation_id, contacted_on, id);
CREATE INDEX case_contacts_partner ON case_contacts (partner_organisation_id);
