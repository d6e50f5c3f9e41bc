-- Escalations between consultations: their states, what each audience reads of what was submitted, and who leads a case
-- meanwhile.

ALTER TABLE consultations ADD COLUMN requires_legal_gate BOOLEAN NOT NULL DEFAULT false;

CREATE TABLE escalations (
    id UUID NOT NULL CONSTRAINT escalations_pk PRIMARY KEY,
    version BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    case_id UUID NOT NULL CONSTRAINT escalations_case_fk REFERENCES cases (id),
    from_consultation_id UUID NOT NULL CONSTRAINT escalations_from_fk REFERENCES consultations (id),
    to_consultation_id UUID NOT NULL CONSTRAINT escalations_to_fk REFERENCES consultations (id),
    status TEXT COLLATE "C" NOT NULL,
    -- When it was submitted last; the consultation above knows of it from the first time on.
    submitted_at TIMESTAMPTZ,
    accepted_at TIMESTAMPTZ,
    acceptance_due_at TIMESTAMPTZ,
    outcome_due_at TIMESTAMPTZ,
    -- The instant after which it counts as late, if nothing happens in between.
    late_from TIMESTAMPTZ,
    ended_at TIMESTAMPTZ,
    -- The consultation on whose agenda it belongs: one of its two.
    on_agenda_of UUID,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    -- What is neither filtered nor counted: texts, criteria, submissions, authors.
    details JSONB NOT NULL
);
-- One that runs for each case; one whose outcome was given runs until the lower consultation takes note.
CREATE UNIQUE INDEX escalations_running ON escalations (case_id)
    WHERE status IN ('proposed', 'submitted', 'accepted', 'returned', 'outcomeGiven');
CREATE INDEX escalations_case ON escalations (case_id, created_at, id);
CREATE INDEX escalations_from ON escalations (from_consultation_id, created_at, id);
CREATE INDEX escalations_from_updated ON escalations (from_consultation_id, updated_at, id);
CREATE INDEX escalations_to ON escalations (to_consultation_id, created_at, id);
CREATE INDEX escalations_to_updated ON escalations (to_consultation_id, updated_at, id);
CREATE INDEX escalations_agenda ON escalations (on_agenda_of, status) WHERE on_agenda_of IS NOT NULL;

CREATE TABLE escalation_renditions (
    escalation_id UUID NOT NULL CONSTRAINT escalation_renditions_escalation_fk REFERENCES escalations (id),
    -- The number of the submission, 1 for the first.
    submission INTEGER NOT NULL,
    -- The audience that it is for.
    reader TEXT COLLATE "C" NOT NULL,
    -- The SHA-256 of the content, in hexadecimal.
    hash TEXT NOT NULL,
    -- JSON in its canonical form (RFC 8785), byte by byte.
    content TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT escalation_renditions_pk PRIMARY KEY (escalation_id, submission, reader)
);

-- The consultation above that leads a case while an escalation of it is accepted, also on what is asked and done about it;
-- there are few of them at any time, and only members of a consultation above look for them.
ALTER TABLE cases ADD COLUMN led_by UUID
    CONSTRAINT cases_led_by_fk REFERENCES consultations (id);
ALTER TABLE follow_up_requests ADD COLUMN led_by UUID
    CONSTRAINT follow_up_requests_led_by_fk REFERENCES consultations (id);
ALTER TABLE actions ADD COLUMN led_by UUID
    CONSTRAINT actions_led_by_fk REFERENCES consultations (id);
CREATE INDEX cases_led_by ON cases (led_by, created_at, id) WHERE led_by IS NOT NULL;
CREATE INDEX follow_up_requests_led_by ON follow_up_requests (led_by, created_at, id) WHERE led_by IS NOT NULL;
CREATE INDEX follow_up_requests_led_by_due ON follow_up_requests (led_by, answer_due_at, id) WHERE led_by IS NOT NULL;
CREATE INDEX actions_led_by ON actions (led_by, created_at, id) WHERE led_by IS NOT NULL;
CREATE INDEX actions_led_by_due ON actions (led_by, due_on, id) WHERE led_by IS NOT NULL;
