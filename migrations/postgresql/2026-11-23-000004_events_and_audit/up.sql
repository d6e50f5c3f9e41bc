-- What happened, who did it, and what was answered.

CREATE TABLE events (
    id UUID NOT NULL CONSTRAINT events_pk PRIMARY KEY,
    subject_kind TEXT NOT NULL,
    subject_id UUID NOT NULL,
    -- 1, 2, 3 … for each subject, beside its version.
    sequence BIGINT NOT NULL,
    version BIGINT NOT NULL,
    verb TEXT NOT NULL,
    case_id UUID,
    consultation_id UUID,
    -- The addressed service, or the organisation that wrote a note.
    organisation_id UUID,
    -- Who may know of it: the team, the police, or the housing team.
    audience TEXT NOT NULL,
    effective_at TIMESTAMPTZ NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    client_id UUID NOT NULL,
    user_name TEXT,
    actor_organisation_id UUID NOT NULL,
    data JSONB NOT NULL
);
CREATE UNIQUE INDEX events_subject ON events (subject_id, sequence);
CREATE INDEX events_case ON events (case_id, effective_at, id);

CREATE TABLE audit_records (
    id UUID NOT NULL CONSTRAINT audit_records_pk PRIMARY KEY,
    recorded_at TIMESTAMPTZ NOT NULL,
    client_id UUID NOT NULL,
    user_name TEXT,
    organisation_id UUID NOT NULL,
    operation TEXT COLLATE "C" NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id UUID NOT NULL,
    version BIGINT,
    request_id UUID NOT NULL
);
CREATE INDEX audit_records_recorded ON audit_records (recorded_at, id);
CREATE INDEX audit_records_subject ON audit_records (subject_id, recorded_at, id);
CREATE INDEX audit_records_client ON audit_records (client_id, recorded_at, id);

CREATE TABLE idempotency_keys (
    client_id UUID NOT NULL,
    idempotency_key TEXT COLLATE "C" NOT NULL,
    digest TEXT NOT NULL,
    status INTEGER NOT NULL,
    headers JSONB NOT NULL,
    body TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT idempotency_keys_pk PRIMARY KEY (client_id, idempotency_key)
);
CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);
