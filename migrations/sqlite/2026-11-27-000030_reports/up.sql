-- Reports of meetings: their states, what each audience reads of them, and what members say while they circulate.

CREATE TABLE reports (
    id TEXT NOT NULL CONSTRAINT reports_pk PRIMARY KEY,
    version BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    meeting_id TEXT NOT NULL CONSTRAINT reports_meeting_fk REFERENCES meetings (id),
    consultation_id TEXT NOT NULL CONSTRAINT reports_consultation_fk REFERENCES consultations (id),
    -- When the meeting started, as planned.
    met_at INTEGER NOT NULL,
    status TEXT NOT NULL,
    -- How often it was sent round.
    circulation INTEGER NOT NULL,
    first_circulated_at INTEGER,
    circulated_at INTEGER,
    approved_at INTEGER,
    approved_in_id TEXT CONSTRAINT reports_approved_in_fk REFERENCES meetings (id),
    -- The number of its corrections.
    addenda INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    -- What is neither filtered nor counted: authors.
    details TEXT NOT NULL
);
CREATE UNIQUE INDEX reports_meeting ON reports (meeting_id);
CREATE INDEX reports_of_team ON reports (consultation_id, met_at, id);
CREATE INDEX reports_to_approve ON reports (consultation_id, met_at, id) WHERE status IN ('draft', 'circulated');
CREATE INDEX reports_approved_in ON reports (approved_in_id);

CREATE TABLE report_renditions (
    report_id TEXT NOT NULL CONSTRAINT report_renditions_report_fk REFERENCES reports (id),
    -- The number of the correction; 0 for the report itself.
    addendum INTEGER NOT NULL,
    -- Whom it is for: an audience, for a housing organisation with its id.
    reader TEXT NOT NULL,
    organisation_id TEXT CONSTRAINT report_renditions_organisation_fk REFERENCES organisations (id),
    -- The SHA-256 of the content, in hexadecimal.
    hash TEXT NOT NULL,
    -- JSON in its canonical form (RFC 8785), byte by byte.
    content TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    CONSTRAINT report_renditions_pk PRIMARY KEY (report_id, addendum, reader)
);
CREATE INDEX report_renditions_organisation ON report_renditions (organisation_id, report_id);

CREATE TABLE report_comments (
    id TEXT NOT NULL CONSTRAINT report_comments_pk PRIMARY KEY,
    report_id TEXT NOT NULL CONSTRAINT report_comments_report_fk REFERENCES reports (id),
    circulation INTEGER NOT NULL,
    agenda_item_id TEXT CONSTRAINT report_comments_agenda_item_fk REFERENCES agenda_items (id),
    text TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL
);
CREATE INDEX report_comments_report ON report_comments (report_id, created_at, id);
CREATE INDEX report_comments_agenda_item ON report_comments (agenda_item_id);

-- Meetings that were opened before get the report that they would have had.
INSERT INTO reports (id, version, sequence, meeting_id, consultation_id, met_at, status, circulation, addenda, created_at,
    updated_at, details)
SELECT
    lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-a'
        || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))),
    1, 0, id, consultation_id, starts_at, 'draft', 0, 0, opened_at, opened_at,
    json_object('createdBy', json_extract(details, '$.createdBy'))
FROM meetings WHERE status IN ('inSession', 'held') AND opened_at IS NOT NULL;
