-- Organisations, consultations, areas, closure days and terms: what cases and requests refer to.

CREATE TABLE organisations (
    id TEXT NOT NULL CONSTRAINT organisations_pk PRIMARY KEY,
    version BIGINT NOT NULL,
    kind TEXT NOT NULL,
    regime TEXT NOT NULL,
    name TEXT NOT NULL,
    enterprise_number TEXT,
    ovo_code TEXT,
    takes_requests BOOLEAN NOT NULL,
    contact_function TEXT,
    valid_from INTEGER NOT NULL,
    valid_to INTEGER,
    successor_id TEXT CONSTRAINT organisations_successor_fk REFERENCES organisations (id),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX organisations_enterprise_number ON organisations (enterprise_number) WHERE valid_to IS NULL;
CREATE UNIQUE INDEX organisations_ovo_code ON organisations (ovo_code) WHERE valid_to IS NULL;
CREATE INDEX organisations_successor ON organisations (successor_id);
CREATE INDEX organisations_created ON organisations (created_at, id);

CREATE TABLE consultations (
    id TEXT NOT NULL CONSTRAINT consultations_pk PRIMARY KEY,
    version BIGINT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    level TEXT NOT NULL,
    area TEXT NOT NULL,
    area_version TEXT,
    nuisance_risk BOOLEAN NOT NULL,
    escalates_to TEXT CONSTRAINT consultations_escalates_to_fk REFERENCES consultations (id),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX consultations_code ON consultations (code);
CREATE INDEX consultations_escalates_to ON consultations (escalates_to);
CREATE INDEX consultations_created ON consultations (created_at, id);

CREATE TABLE consultation_members (
    consultation_id TEXT NOT NULL
        CONSTRAINT consultation_members_consultation_fk REFERENCES consultations (id),
    organisation_id TEXT NOT NULL
        CONSTRAINT consultation_members_organisation_fk REFERENCES organisations (id),
    role TEXT NOT NULL,
    CONSTRAINT consultation_members_pk PRIMARY KEY (consultation_id, organisation_id, role)
);
CREATE INDEX consultation_members_organisation ON consultation_members (organisation_id);

CREATE TABLE areas (
    id TEXT NOT NULL CONSTRAINT areas_pk PRIMARY KEY,
    code TEXT NOT NULL,
    scheme_version TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    parent_code TEXT,
    geometry TEXT,
    valid_from INTEGER NOT NULL,
    valid_to INTEGER,
    created_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX areas_code ON areas (code, scheme_version);
CREATE INDEX areas_by_kind ON areas (kind, created_at, id);
CREATE INDEX areas_created ON areas (created_at, id);

CREATE TABLE closure_days (
    id TEXT NOT NULL CONSTRAINT closure_days_pk PRIMARY KEY,
    organisation_id TEXT NOT NULL
        CONSTRAINT closure_days_organisation_fk REFERENCES organisations (id),
    closed_on INTEGER NOT NULL,
    name TEXT,
    recorded_at INTEGER NOT NULL,
    removed_at INTEGER
);
CREATE UNIQUE INDEX closure_days_day ON closure_days (organisation_id, closed_on) WHERE removed_at IS NULL;
CREATE INDEX closure_days_organisation ON closure_days (organisation_id, closed_on, id);
CREATE INDEX closure_days_closed ON closure_days (closed_on, id);

CREATE TABLE term_rules (
    id TEXT NOT NULL CONSTRAINT term_rules_pk PRIMARY KEY,
    organisation_id TEXT CONSTRAINT term_rules_organisation_fk REFERENCES organisations (id),
    consultation_id TEXT CONSTRAINT term_rules_consultation_fk REFERENCES consultations (id),
    category_group TEXT,
    urgency TEXT,
    receipt_days INTEGER NOT NULL,
    answer_days INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    removed_at INTEGER
);
CREATE INDEX term_rules_organisation ON term_rules (organisation_id);
CREATE INDEX term_rules_consultation ON term_rules (consultation_id);
CREATE INDEX term_rules_recorded ON term_rules (recorded_at, id);

-- Change counters of what callers see, by consultation or organisation; all zeroes stand for the reference data.
CREATE TABLE view_versions (
    scope_id TEXT NOT NULL,
    shard INTEGER NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT view_versions_pk PRIMARY KEY (scope_id, shard)
);
