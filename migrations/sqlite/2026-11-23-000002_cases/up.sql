-- Cases, their notes, and the numbers of their references.

CREATE TABLE case_numbers (
    consultation_id TEXT NOT NULL
        CONSTRAINT case_numbers_consultation_fk REFERENCES consultations (id),
    year INTEGER NOT NULL,
    last_number BIGINT NOT NULL,
    CONSTRAINT case_numbers_pk PRIMARY KEY (consultation_id, year)
);

CREATE TABLE cases (
    id TEXT NOT NULL CONSTRAINT cases_pk PRIMARY KEY,
    version BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    reference TEXT NOT NULL,
    consultation_id TEXT NOT NULL CONSTRAINT cases_consultation_fk REFERENCES consultations (id),
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    category TEXT NOT NULL,
    category_group TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT,
    source TEXT NOT NULL,
    pattern TEXT,
    location_kind TEXT NOT NULL,
    address TEXT,
    address_uri TEXT,
    longitude DOUBLE,
    latitude DOUBLE,
    sector TEXT,
    area_id TEXT CONSTRAINT cases_area_fk REFERENCES areas (id),
    lead_organisation_id TEXT CONSTRAINT cases_lead_fk REFERENCES organisations (id),
    check_on INTEGER,
    close_reason TEXT,
    ended_at INTEGER,
    merged_into TEXT CONSTRAINT cases_merged_into_fk REFERENCES cases (id),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    -- What is neither filtered nor counted: secondary categories, time slots, severity, links, remark, authors.
    details TEXT NOT NULL
);
CREATE UNIQUE INDEX cases_reference ON cases (reference);
CREATE INDEX cases_by_creation ON cases (consultation_id, created_at, id);
CREATE INDEX cases_by_status ON cases (consultation_id, status, created_at, id);
CREATE INDEX cases_by_category ON cases (consultation_id, category, created_at, id);
CREATE INDEX cases_by_category_group ON cases (consultation_id, category_group, created_at, id);
CREATE INDEX cases_by_area ON cases (consultation_id, area_id, created_at, id);
CREATE INDEX cases_by_lead ON cases (consultation_id, lead_organisation_id, created_at, id);
CREATE INDEX cases_by_place ON cases (consultation_id, latitude, longitude);
CREATE INDEX cases_by_address ON cases (consultation_id, address);
CREATE INDEX cases_area ON cases (area_id);
CREATE INDEX cases_lead ON cases (lead_organisation_id);
CREATE INDEX cases_merged_into ON cases (merged_into);

-- The words under which a case is found, without case and accents; those with a low line stand for its consultation and
-- for itself. Rows are in the order of creation.
CREATE VIRTUAL TABLE case_search USING fts5 (
    case_id UNINDEXED,
    search_text,
    tokenize = "unicode61 remove_diacritics 0 categories 'L* N* Co Mn Mc' tokenchars '_'"
);

CREATE TABLE case_notes (
    id TEXT NOT NULL CONSTRAINT case_notes_pk PRIMARY KEY,
    version BIGINT NOT NULL,
    case_id TEXT NOT NULL CONSTRAINT case_notes_case_fk REFERENCES cases (id),
    visibility TEXT NOT NULL,
    text TEXT NOT NULL,
    organisation_id TEXT NOT NULL CONSTRAINT case_notes_organisation_fk REFERENCES organisations (id),
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    released_at INTEGER,
    released_by TEXT
);
CREATE INDEX case_notes_case ON case_notes (case_id, created_at, id);
CREATE INDEX case_notes_organisation ON case_notes (organisation_id);
