-- What the audit trail tells of a deed, and the chain that it is sealed in.

-- A table whose columns lose a constraint is made anew here.
CREATE TABLE audit_records_new (
    id TEXT NOT NULL CONSTRAINT audit_records_pk PRIMARY KEY,
    recorded_at INTEGER NOT NULL,
    client_id TEXT NOT NULL,
    user_name TEXT,
    organisation_id TEXT NOT NULL,
    operation TEXT NOT NULL,
    subject_kind TEXT,
    subject_id TEXT,
    version BIGINT,
    request_id TEXT NOT NULL,
    case_id TEXT,
    -- The codes of the roles, with commas between them.
    roles TEXT NOT NULL DEFAULT '',
    outcome TEXT NOT NULL DEFAULT 'succeeded',
    problem TEXT,
    purpose_hash TEXT
);
INSERT INTO audit_records_new (id, recorded_at, client_id, user_name, organisation_id, operation, subject_kind, subject_id,
                               version, request_id, case_id)
    SELECT id, recorded_at, client_id, user_name, organisation_id, operation, subject_kind, subject_id, version, request_id,
           CASE WHEN subject_kind = 'case' THEN subject_id END
    FROM audit_records;
DROP TABLE audit_records;
ALTER TABLE audit_records_new RENAME TO audit_records;
CREATE INDEX audit_records_recorded ON audit_records (recorded_at, id);
CREATE INDEX audit_records_subject ON audit_records (subject_id, recorded_at, id);
CREATE INDEX audit_records_client ON audit_records (client_id, recorded_at, id);
CREATE INDEX audit_records_case ON audit_records (case_id, recorded_at, id);
CREATE INDEX audit_records_user ON audit_records (user_name, recorded_at, id) WHERE user_name IS NOT NULL;
CREATE INDEX audit_records_refused ON audit_records (recorded_at, id) WHERE problem IS NOT NULL;

-- What something was looked at for: beside the chain, so that it can be erased; its hash stands in the record.
CREATE TABLE audit_purposes (
    record_id TEXT NOT NULL CONSTRAINT audit_purposes_pk PRIMARY KEY,
    salt TEXT NOT NULL,
    text TEXT NOT NULL
);

-- Each record is hashed together with the hash of the one before, after the commit. These are not yet:
CREATE TABLE audit_pending (
    record_id TEXT NOT NULL CONSTRAINT audit_pending_pk PRIMARY KEY
);
INSERT INTO audit_pending SELECT id FROM audit_records;

-- No reference to the record: that one is gone has to be found, not to be impossible.
CREATE TABLE audit_seals (
    position BIGINT NOT NULL CONSTRAINT audit_seals_pk PRIMARY KEY,
    record_id TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE UNIQUE INDEX audit_seals_record ON audit_seals (record_id);

-- Where the trail begins since its oldest part was destroyed: the last position of that part, its hash, and the record of it.
CREATE TABLE audit_checkpoints (
    position BIGINT NOT NULL CONSTRAINT audit_checkpoints_pk PRIMARY KEY,
    hash TEXT NOT NULL,
    cut_at INTEGER NOT NULL,
    record_id TEXT NOT NULL
);

-- What was written down stays as it is, but for what stands before a checkpoint; on PostgreSQL privileges see to that.
CREATE TRIGGER audit_records_stay BEFORE UPDATE ON audit_records
BEGIN
    SELECT RAISE(ABORT, 'the audit trail is only added to');
END;
CREATE TRIGGER audit_records_are_kept BEFORE DELETE ON audit_records
WHEN NOT EXISTS (
    SELECT 1 FROM audit_seals WHERE record_id = OLD.id AND position <= (SELECT max(position) FROM audit_checkpoints)
)
BEGIN
    SELECT RAISE(ABORT, 'the audit trail is only added to');
END;
CREATE TRIGGER audit_seals_stay BEFORE UPDATE ON audit_seals
BEGIN
    SELECT RAISE(ABORT, 'the audit trail is only added to');
END;
CREATE TRIGGER audit_seals_are_kept BEFORE DELETE ON audit_seals
WHEN OLD.position > (SELECT coalesce(max(position), 0) FROM audit_checkpoints)
BEGIN
    SELECT RAISE(ABORT, 'the audit trail is only added to');
END;
CREATE TRIGGER audit_checkpoints_stay BEFORE UPDATE ON audit_checkpoints
BEGIN
    SELECT RAISE(ABORT, 'the audit trail is only added to');
END;
CREATE TRIGGER audit_checkpoints_are_kept BEFORE DELETE ON audit_checkpoints
BEGIN
    SELECT RAISE(ABORT, 'the audit trail is only added to');
END;
-- `INSERT OR REPLACE` removes without asking the triggers above.
CREATE TRIGGER audit_records_are_new BEFORE INSERT ON audit_records
WHEN EXISTS (SELECT 1 FROM audit_records WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'the audit trail is only added to');
END;
CREATE TRIGGER audit_seals_are_new BEFORE INSERT ON audit_seals
WHEN EXISTS (SELECT 1 FROM audit_seals WHERE position = NEW.position OR record_id = NEW.record_id)
BEGIN
    SELECT RAISE(ABORT, 'the audit trail is only added to');
END;
CREATE TRIGGER audit_checkpoints_are_told BEFORE INSERT ON audit_checkpoints
WHEN EXISTS (SELECT 1 FROM audit_checkpoints WHERE position >= NEW.position)
    OR NOT EXISTS (
        SELECT 1 FROM audit_records WHERE id = NEW.record_id AND operation = 'cutAudit' AND version = NEW.position
    )
BEGIN
    SELECT RAISE(ABORT, 'a checkpoint needs a record that tells of it');
END;
