-- Secret addresses at which calendar programs read when a consultation meets.

CREATE TABLE calendar_feeds (
    id TEXT NOT NULL CONSTRAINT calendar_feeds_pk PRIMARY KEY,
    version BIGINT NOT NULL,
    consultation_id TEXT NOT NULL CONSTRAINT calendar_feeds_consultation_fk REFERENCES consultations (id),
    -- The SHA-256 of the secret in its address, in hexadecimal; the secret itself is kept nowhere.
    secret_hash TEXT NOT NULL,
    label TEXT,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    revoked_at INTEGER
);
CREATE UNIQUE INDEX calendar_feeds_secret ON calendar_feeds (secret_hash);
CREATE INDEX calendar_feeds_consultation ON calendar_feeds (consultation_id, created_at, id);
