-- Follow-up requests and the messages about them.

CREATE TABLE follow_up_requests (
    id TEXT NOT NULL CONSTRAINT follow_up_requests_pk PRIMARY KEY,
    version BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    consultation_id TEXT NOT NULL
        CONSTRAINT follow_up_requests_consultation_fk REFERENCES consultations (id),
    case_id TEXT NOT NULL CONSTRAINT follow_up_requests_case_fk REFERENCES cases (id),
    organisation_id TEXT NOT NULL
        CONSTRAINT follow_up_requests_organisation_fk REFERENCES organisations (id),
    status TEXT NOT NULL,
    question_kind TEXT NOT NULL,
    urgency TEXT NOT NULL,
    origin TEXT NOT NULL,
    subject TEXT NOT NULL,
    question TEXT NOT NULL,
    carries_personal_data BOOLEAN NOT NULL,
    external_reference TEXT,
    planned_on INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    sent_at INTEGER,
    first_seen_at INTEGER,
    received_at INTEGER,
    accepted_at INTEGER,
    first_answered_at INTEGER,
    last_answered_at INTEGER,
    answer_due_at INTEGER,
    -- From these instants on, time alone makes the receipt late, the request late and seriously late.
    receipt_late_from INTEGER,
    late_from INTEGER,
    seriously_late_from INTEGER,
    -- The next of these instants when the row was written: where a sweep has to look.
    next_due_at INTEGER,
    reminder_count INTEGER NOT NULL,
    -- What is neither filtered nor counted: state data, rounds, answers, promises, amendments, authors.
    details TEXT NOT NULL
);
-- One open request per case, service and question kind.
CREATE UNIQUE INDEX follow_up_requests_open ON follow_up_requests (case_id, organisation_id, question_kind)
    WHERE status IN ('draft', 'sent', 'received', 'accepted', 'waiting');
CREATE INDEX follow_up_requests_case ON follow_up_requests (case_id, created_at, id);
CREATE INDEX follow_up_requests_of_service ON follow_up_requests (organisation_id, created_at, id);
CREATE INDEX follow_up_requests_of_service_by_status ON follow_up_requests (organisation_id, status, created_at, id);
CREATE INDEX follow_up_requests_of_service_by_due ON follow_up_requests (organisation_id, answer_due_at, id);
CREATE INDEX follow_up_requests_of_team ON follow_up_requests (consultation_id, created_at, id);
CREATE INDEX follow_up_requests_of_team_by_status ON follow_up_requests (consultation_id, status, created_at, id);
CREATE INDEX follow_up_requests_of_team_by_due ON follow_up_requests (consultation_id, answer_due_at, id);
CREATE INDEX follow_up_requests_of_service_unseen ON follow_up_requests (organisation_id, created_at, id)
    WHERE first_seen_at IS NULL AND received_at IS NULL AND sent_at IS NOT NULL AND origin = 'own';
CREATE INDEX follow_up_requests_of_team_unseen ON follow_up_requests (consultation_id, created_at, id)
    WHERE first_seen_at IS NULL AND received_at IS NULL AND sent_at IS NOT NULL AND origin = 'own';
CREATE INDEX follow_up_requests_of_service_late ON follow_up_requests (organisation_id, created_at, id)
    WHERE late_from IS NOT NULL;
CREATE INDEX follow_up_requests_of_team_late ON follow_up_requests (consultation_id, created_at, id)
    WHERE late_from IS NOT NULL;
-- What still runs, for the next moment at which time alone changes something.
CREATE INDEX follow_up_requests_of_service_running
    ON follow_up_requests (organisation_id, receipt_late_from, late_from, seriously_late_from)
    WHERE next_due_at IS NOT NULL;
CREATE INDEX follow_up_requests_of_team_running
    ON follow_up_requests (consultation_id, receipt_late_from, late_from, seriously_late_from)
    WHERE next_due_at IS NOT NULL;
CREATE INDEX follow_up_requests_of_service_reference
    ON follow_up_requests (organisation_id, external_reference, created_at, id)
    WHERE external_reference IS NOT NULL;
CREATE INDEX follow_up_requests_due ON follow_up_requests (next_due_at, id) WHERE next_due_at IS NOT NULL;

CREATE TABLE follow_up_messages (
    id TEXT NOT NULL CONSTRAINT follow_up_messages_pk PRIMARY KEY,
    follow_up_request_id TEXT NOT NULL
        CONSTRAINT follow_up_messages_request_fk REFERENCES follow_up_requests (id),
    sequence BIGINT NOT NULL,
    verb TEXT NOT NULL,
    side TEXT NOT NULL,
    text TEXT,
    promised_on INTEGER,
    delay_reason TEXT,
    said_at INTEGER NOT NULL,
    said_by TEXT NOT NULL
);
CREATE UNIQUE INDEX follow_up_messages_request ON follow_up_messages (follow_up_request_id, sequence);

-- What an import has taken over, so that a second run takes nothing twice.
CREATE TABLE imported_rows (
    source TEXT NOT NULL,
    row_key TEXT NOT NULL,
    follow_up_request_id TEXT NOT NULL
        CONSTRAINT imported_rows_request_fk REFERENCES follow_up_requests (id),
    imported_at INTEGER NOT NULL,
    CONSTRAINT imported_rows_pk PRIMARY KEY (source, row_key)
);
CREATE INDEX imported_rows_request ON imported_rows (follow_up_request_id);
