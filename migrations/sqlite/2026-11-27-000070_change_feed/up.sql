-- The change feed: positions are given after the commit, by whoever holds the lease.

CREATE TABLE leases (
    name TEXT NOT NULL CONSTRAINT leases_pk PRIMARY KEY,
    holder TEXT NOT NULL,
    -- By the time of the database, in microseconds since 1970.
    held_until BIGINT NOT NULL
);

-- Events that have no position yet.
CREATE TABLE feed_pending (
    event_id TEXT NOT NULL CONSTRAINT feed_pending_pk PRIMARY KEY
);
INSERT INTO feed_pending SELECT id FROM events;

-- The last position that was given, and the first that is kept.
CREATE TABLE feed_span (
    name TEXT NOT NULL CONSTRAINT feed_span_pk PRIMARY KEY,
    first_position BIGINT NOT NULL,
    last_position BIGINT NOT NULL
);
INSERT INTO feed_span (name, first_position, last_position) VALUES ('feed', 1, 0);

CREATE TABLE feed_notices (
    position BIGINT NOT NULL CONSTRAINT feed_notices_pk PRIMARY KEY,
    id TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    verb TEXT NOT NULL,
    -- Absent when it tells that something is not seen any more.
    version BIGINT,
    sequence BIGINT,
    state TEXT,
    -- What its address is made of, beside its id.
    parent_id TEXT,
    effective_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    positioned_at INTEGER NOT NULL
);

-- What is told in each channel.
CREATE TABLE feed_entries (
    channel_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    subject_id TEXT NOT NULL,
    CONSTRAINT feed_entries_pk PRIMARY KEY (channel_id, position)
);
CREATE INDEX feed_entries_subject ON feed_entries (subject_id, channel_id);
CREATE INDEX feed_entries_position ON feed_entries (position);

-- In which channels something is told now.
CREATE TABLE feed_audiences (
    subject_id TEXT NOT NULL,
    channel_id TEXT NOT NULL,
    CONSTRAINT feed_audiences_pk PRIMARY KEY (subject_id, channel_id)
);
