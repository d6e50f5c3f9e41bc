-- Organisations, consultations, areas, closure days and terms: what cases and requests refer to.

CREATE TABLE organisations (
    id UUID NOT NULL CONSTRAINT organisations_pk PRIMARY KEY,
    version BIGINT NOT NULL,
    kind TEXT NOT NULL,
    regime TEXT NOT NULL,
    name JSONB NOT NULL,
    enterprise_number TEXT,
    ovo_code TEXT,
    takes_requests BOOLEAN NOT NULL,
    contact_function TEXT,
    valid_from DATE NOT NULL,
    valid_to DATE,
    successor_id UUID CONSTRAINT organisations_successor_fk REFERENCES organisations (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX organisations_enterprise_number ON organisations (enterprise_number) WHERE valid_to IS NULL;
CREATE UNIQUE INDEX organisations_ovo_code ON organisations (ovo_code) WHERE valid_to IS NULL;
CREATE INDEX organisations_successor ON organisations (successor_id);
CREATE INDEX organisations_created ON organisations (created_at, id);

CREATE TABLE consultations (
    id UUID NOT NULL CONSTRAINT consultations_pk PRIMARY KEY,
    version BIGINT NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    name JSONB NOT NULL,
    level TEXT NOT NULL,
    area JSONB NOT NULL,
    area_version TEXT,
    nuisance_risk BOOLEAN NOT NULL,
    escalates_to UUID CONSTRAINT consultations_escalates_to_fk REFERENCES consultations (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX consultations_code ON consultations (code);
CREATE INDEX consultations_escalates_to ON consultations (escalates_to);
CREATE INDEX consultations_created ON consultations (created_at, id);

CREATE TABLE consultation_members (
    consultation_id UUID NOT NULL
        CONSTRAINT consultation_members_consultation_fk REFERENCES consultations (id),
    organisation_id UUID NOT NULL
        CONSTRAINT consultation_members_organisation_fk REFERENCES organisations (id),
    role TEXT COLLATE "C" NOT NULL,
    CONSTRAINT consultation_members_pk PRIMARY KEY (consultation_id, organisation_id, role)
);
CREATE INDEX consultation_members_organisation ON consultation_members (organisation_id);

CREATE TABLE areas (
    id UUID NOT NULL CONSTRAINT areas_pk PRIMARY KEY,
    code TEXT COLLATE "C" NOT NULL,
    scheme_version TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    name JSONB NOT NULL,
    parent_code TEXT COLLATE "C",
    geometry JSONB,
    valid_from DATE NOT NULL,
    valid_to DATE,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX areas_code ON areas (code, scheme_version);
CREATE INDEX areas_by_kind ON areas (kind, created_at, id);
CREATE INDEX areas_created ON areas (created_at, id);

CREATE TABLE closure_days (
    id UUID NOT NULL CONSTRAINT closure_days_pk PRIMARY KEY,
    organisation_id UUID NOT NULL
        CONSTRAINT closure_days_organisation_fk REFERENCES organisations (id),
    closed_on DATE NOT NULL,
    name TEXT,
    recorded_at TIMESTAMPTZ NOT NULL,
    removed_at TIMESTAMPTZ
);
CREATE UNIQUE INDEX closure_days_day ON closure_days (organisation_id, closed_on) WHERE removed_at IS NULL;
CREATE INDEX closure_days_organisation ON closure_days (organisation_id, closed_on, id);
CREATE INDEX closure_days_closed ON closure_days (closed_on, id);

CREATE TABLE term_rules (
    id UUID NOT NULL CONSTRAINT term_rules_pk PRIMARY KEY,
    organisation_id UUID CONSTRAINT term_rules_organisation_fk REFERENCES organisations (id),
    consultation_id UUID CONSTRAINT term_rules_consultation_fk REFERENCES consultations (id),
    category_group TEXT COLLATE "C",
    urgency TEXT,
    receipt_days INTEGER NOT NULL,
    answer_days INTEGER NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    removed_at TIMESTAMPTZ
);
CREATE INDEX term_rules_organisation ON term_rules (organisation_id);
CREATE INDEX term_rules_consultation ON term_rules (consultation_id);
CREATE INDEX term_rules_recorded ON term_rules (recorded_at, id);

-- Change counters of what callers see, by consultation or organisation; all zeroes stand for the reference data.
CREATE TABLE view_versions (
    scope_id UUID NOT NULL,
    shard INTEGER NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT view_versions_pk PRIMARY KEY (scope_id, shard)
) WITH (fillfactor = 50);
