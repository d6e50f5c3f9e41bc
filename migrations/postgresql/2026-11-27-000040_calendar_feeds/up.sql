-- Secret addresses at which calendar programs read when a consultation meets.

CREATE TABLE calendar_feeds (
    id UUID NOT NULL CONSTRAINT calendar_feeds_pk PRIMARY KEY,
    version BIGINT NOT NULL,
    consultation_id UUID NOT NULL CONSTRAINT calendar_feeds_consultation_fk REFERENCES consultations (id),
    -- The SHA-256 of the secret in its address, in hexadecimal; the secret itself is kept nowhere.
    secret_hash TEXT COLLATE "C" NOT NULL,
    label TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    created_by JSONB NOT NULL,
    revoked_at TIMESTAMPTZ
);
CREATE UNIQUE INDEX calendar_feeds_secret ON calendar_feeds (secret_hash);
CREATE INDEX calendar_feeds_consultation ON calendar_feeds (consultation_id, created_at, id);
