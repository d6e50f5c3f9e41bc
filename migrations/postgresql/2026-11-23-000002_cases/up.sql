-- Cases, their notes, and the numbers of their references.

CREATE TABLE case_numbers (
    consultation_id UUID NOT NULL
        CONSTRAINT case_numbers_consultation_fk REFERENCES consultations (id),
    year INTEGER NOT NULL,
    last_number BIGINT NOT NULL,
    CONSTRAINT case_numbers_pk PRIMARY KEY (consultation_id, year)
);

CREATE TABLE cases (
    id UUID NOT NULL CONSTRAINT cases_pk PRIMARY KEY,
    version BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    reference TEXT COLLATE "C" NOT NULL,
    consultation_id UUID NOT NULL CONSTRAINT cases_consultation_fk REFERENCES consultations (id),
    kind TEXT NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    category TEXT COLLATE "C" NOT NULL,
    category_group TEXT COLLATE "C" NOT NULL,
    title TEXT NOT NULL,
    description TEXT,
    source TEXT NOT NULL,
    pattern TEXT,
    location_kind TEXT NOT NULL,
    address TEXT,
    address_uri TEXT,
    longitude DOUBLE PRECISION,
    latitude DOUBLE PRECISION,
    sector TEXT COLLATE "C",
    area_id UUID CONSTRAINT cases_area_fk REFERENCES areas (id),
    lead_organisation_id UUID CONSTRAINT cases_lead_fk REFERENCES organisations (id),
    check_on DATE,
    close_reason TEXT,
    ended_at TIMESTAMPTZ,
    merged_into UUID CONSTRAINT cases_merged_into_fk REFERENCES cases (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    -- What is neither filtered nor counted: secondary categories, time slots, severity, links, remark, authors.
    details JSONB NOT NULL
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
-- for itself.
CREATE TABLE case_search (
    case_id UUID NOT NULL CONSTRAINT case_search_pk PRIMARY KEY
        CONSTRAINT case_search_case_fk REFERENCES cases (id),
    search_text TEXT NOT NULL
);
CREATE INDEX case_search_words ON case_search USING gin (array_to_tsvector(string_to_array(search_text, ' ')));

CREATE TABLE case_notes (
    id UUID NOT NULL CONSTRAINT case_notes_pk PRIMARY KEY,
    version BIGINT NOT NULL,
    case_id UUID NOT NULL CONSTRAINT case_notes_case_fk REFERENCES cases (id),
    visibility TEXT NOT NULL,
    text TEXT NOT NULL,
    organisation_id UUID NOT NULL CONSTRAINT case_notes_organisation_fk REFERENCES organisations (id),
    created_at TIMESTAMPTZ NOT NULL,
    created_by JSONB NOT NULL,
    released_at TIMESTAMPTZ,
    released_by JSONB
);
CREATE INDEX case_notes_case ON case_notes (case_id, created_at, id);
CREATE INDEX case_notes_organisation ON case_notes (organisation_id);
