-- What happened, who did it, and what was answered.

CREATE TABLE events (
    id TEXT NOT NULL CONSTRAINT events_pk PRIMARY KEY,
    subject_kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    -- 1, 2, 3 … for each subject, beside its version.
    sequence BIGINT NOT NULL,
    version BIGINT NOT NULL,
    verb TEXT NOT NULL,
    case_id TEXT,
    consultation_id TEXT,
    -- The addressed service, or the organisation that wrote a note.
    organisation_id TEXT,
    -- Who may know of it: the team, the police, or the housing team.
    audience TEXT NOT NULL,
    effective_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    client_id TEXT NOT NULL,
    user_name TEXT,
    actor_organisation_id TEXT NOT NULL,
    data TEXT NOT NULL
);
CREATE UNIQUE INDEX events_subject ON events (subject_id, sequence);
CREATE INDEX events_case ON events (case_id, effective_at, id);

CREATE TABLE audit_records (
    id TEXT NOT NULL CONSTRAINT audit_records_pk PRIMARY KEY,
    recorded_at INTEGER NOT NULL,
    client_id TEXT NOT NULL,
    user_name TEXT,
    organisation_id TEXT NOT NULL,
    operation TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    version BIGINT,
    request_id TEXT NOT NULL
);
CREATE INDEX audit_records_recorded ON audit_records (recorded_at, id);
CREATE INDEX audit_records_subject ON audit_records (subject_id, recorded_at, id);
CREATE INDEX audit_records_client ON audit_records (client_id, recorded_at, id);

CREATE TABLE idempotency_keys (
    client_id TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    digest TEXT NOT NULL,
    status INTEGER NOT NULL,
    headers TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    CONSTRAINT idempotency_keys_pk PRIMARY KEY (client_id, idempotency_key)
);
CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);
