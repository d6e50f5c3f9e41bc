-- What the audit trail tells of a deed, and the chain that it is sealed in.

ALTER TABLE audit_records ALTER COLUMN subject_kind DROP NOT NULL;
ALTER TABLE audit_records ALTER COLUMN subject_id DROP NOT NULL;
ALTER TABLE audit_records ADD COLUMN case_id UUID;
-- The codes of the roles, with commas between them.
ALTER TABLE audit_records ADD COLUMN roles TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE audit_records ADD COLUMN outcome TEXT COLLATE "C" NOT NULL DEFAULT 'succeeded';
ALTER TABLE audit_records ADD COLUMN problem TEXT COLLATE "C";
ALTER TABLE audit_records ADD COLUMN purpose_hash TEXT COLLATE "C";
UPDATE audit_records SET case_id = subject_id WHERE subject_kind = 'case';
CREATE INDEX audit_records_case ON audit_records (case_id, recorded_at, id);
CREATE INDEX audit_records_user ON audit_records (user_name, recorded_at, id) WHERE user_name IS NOT NULL;
CREATE INDEX audit_records_refused ON audit_records (recorded_at, id) WHERE problem IS NOT NULL;

-- What something was looked at for: beside the chain, so that it can be erased; its hash stands in the record.
CREATE TABLE audit_purposes (
    record_id UUID NOT NULL CONSTRAINT audit_purposes_pk PRIMARY KEY,
    salt TEXT COLLATE "C" NOT NULL,
    text TEXT NOT NULL
);

-- Each record is hashed together with the hash of the one before, after the commit. These are not yet:
CREATE TABLE audit_pending (
    record_id UUID NOT NULL CONSTRAINT audit_pending_pk PRIMARY KEY
);
INSERT INTO audit_pending SELECT id FROM audit_records;

-- No reference to the record: that one is gone has to be found, not to be impossible.
CREATE TABLE audit_seals (
    position BIGINT NOT NULL CONSTRAINT audit_seals_pk PRIMARY KEY,
    record_id UUID NOT NULL,
    hash TEXT COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX audit_seals_record ON audit_seals (record_id);

-- Where the trail begins since its oldest part was destroyed: the last position of that part, its hash, and the record of it.
CREATE TABLE audit_checkpoints (
    position BIGINT NOT NULL CONSTRAINT audit_checkpoints_pk PRIMARY KEY,
    hash TEXT COLLATE "C" NOT NULL,
    cut_at TIMESTAMPTZ NOT NULL,
    record_id UUID NOT NULL
);
