DROP TABLE audit_checkpoints;
DROP TABLE audit_seals;
DROP TABLE audit_pending;
DROP TABLE audit_purposes;
CREATE TABLE audit_records_old (
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
INSERT INTO audit_records_old
    SELECT id, recorded_at, client_id, user_name, organisation_id, operation, subject_kind, subject_id, version, request_id
    FROM audit_records WHERE subject_id IS NOT NULL;
DROP TABLE audit_records;
ALTER TABLE audit_records_old RENAME TO audit_records;
CREATE INDEX audit_records_recorded ON audit_records (recorded_at, id);
CREATE INDEX audit_records_subject ON audit_records (subject_id, recorded_at, id);
CREATE INDEX audit_records_client ON audit_records (client_id, recorded_at, id);
