-- Meetings of a consultation, their agenda, what is decided and who does what.

CREATE TABLE meeting_series (
    id UUID NOT NULL CONSTRAINT meeting_series_pk PRIMARY KEY,
    version BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    consultation_id UUID NOT NULL CONSTRAINT meeting_series_consultation_fk REFERENCES consultations (id),
    status TEXT COLLATE "C" NOT NULL,
    -- The properties of the recurrence (RFC 5545), the first day and time, how long it lasts.
    recurrence TEXT NOT NULL,
    starts_on DATE NOT NULL,
    starts_time TEXT NOT NULL,
    minutes INTEGER NOT NULL,
    -- The last day up to which its meetings are planned.
    planned_until DATE,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    details JSONB NOT NULL
);
CREATE INDEX meeting_series_of_team ON meeting_series (consultation_id, created_at, id);

CREATE TABLE meetings (
    id UUID NOT NULL CONSTRAINT meetings_pk PRIMARY KEY,
    version BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    consultation_id UUID NOT NULL CONSTRAINT meetings_consultation_fk REFERENCES consultations (id),
    status TEXT COLLATE "C" NOT NULL,
    starts_at TIMESTAMPTZ NOT NULL,
    ends_at TIMESTAMPTZ NOT NULL,
    series_id UUID CONSTRAINT meetings_series_fk REFERENCES meeting_series (id),
    -- The day that the recurrence gives, before it moved from a holiday.
    occurrence_on DATE,
    opened_at TIMESTAMPTZ,
    closed_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    -- What is neither filtered nor counted: place, attendances, why it moved or was cancelled, authors.
    details JSONB NOT NULL
);
CREATE UNIQUE INDEX meetings_occurrence ON meetings (series_id, occurrence_on) WHERE series_id IS NOT NULL;
CREATE INDEX meetings_of_team ON meetings (consultation_id, starts_at, id);
CREATE INDEX meetings_of_team_by_status ON meetings (consultation_id, status, starts_at, id);
CREATE INDEX meetings_series ON meetings (series_id);

CREATE TABLE agenda_items (
    id UUID NOT NULL CONSTRAINT agenda_items_pk PRIMARY KEY,
    version BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    meeting_id UUID NOT NULL CONSTRAINT agenda_items_meeting_fk REFERENCES meetings (id),
    consultation_id UUID NOT NULL CONSTRAINT agenda_items_consultation_fk REFERENCES consultations (id),
    position INTEGER NOT NULL,
    section TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    title TEXT NOT NULL,
    case_id UUID CONSTRAINT agenda_items_case_fk REFERENCES cases (id),
    -- How often it was moved to a next meeting.
    carry_over INTEGER NOT NULL,
    moved_from_id UUID CONSTRAINT agenda_items_moved_from_fk REFERENCES agenda_items (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    -- What is neither filtered nor counted: reason, ids and figures, what was said, authors.
    details JSONB NOT NULL
);
CREATE INDEX agenda_items_of_meeting ON agenda_items (meeting_id, position, id);
CREATE INDEX agenda_items_consultation ON agenda_items (consultation_id);
CREATE INDEX agenda_items_case ON agenda_items (case_id, created_at, id);
CREATE UNIQUE INDEX agenda_items_moved_from ON agenda_items (moved_from_id);

CREATE TABLE decisions (
    id UUID NOT NULL CONSTRAINT decisions_pk PRIMARY KEY,
    version BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    consultation_id UUID NOT NULL CONSTRAINT decisions_consultation_fk REFERENCES consultations (id),
    -- Absent when it was taken between meetings.
    meeting_id UUID CONSTRAINT decisions_meeting_fk REFERENCES meetings (id),
    agenda_item_id UUID CONSTRAINT decisions_agenda_item_fk REFERENCES agenda_items (id),
    case_id UUID CONSTRAINT decisions_case_fk REFERENCES cases (id),
    kind TEXT COLLATE "C" NOT NULL,
    text TEXT NOT NULL,
    decided_at TIMESTAMPTZ NOT NULL,
    ratified_at TIMESTAMPTZ,
    ratified_in_id UUID CONSTRAINT decisions_ratified_in_fk REFERENCES meetings (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    details JSONB NOT NULL
);
CREATE INDEX decisions_of_team ON decisions (consultation_id, decided_at, id);
CREATE INDEX decisions_to_ratify ON decisions (consultation_id, decided_at, id)
    WHERE meeting_id IS NULL AND ratified_at IS NULL;
CREATE INDEX decisions_of_meeting ON decisions (meeting_id, decided_at, id);
CREATE INDEX decisions_agenda_item ON decisions (agenda_item_id);
CREATE INDEX decisions_case ON decisions (case_id, decided_at, id);
CREATE INDEX decisions_ratified_in ON decisions (ratified_in_id);

CREATE TABLE actions (
    id UUID NOT NULL CONSTRAINT actions_pk PRIMARY KEY,
    version BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    consultation_id UUID NOT NULL CONSTRAINT actions_consultation_fk REFERENCES consultations (id),
    case_id UUID CONSTRAINT actions_case_fk REFERENCES cases (id),
    decision_id UUID CONSTRAINT actions_decision_fk REFERENCES decisions (id),
    -- The meeting in which it was decided.
    meeting_id UUID CONSTRAINT actions_meeting_fk REFERENCES meetings (id),
    owner_organisation_id UUID NOT NULL CONSTRAINT actions_owner_fk REFERENCES organisations (id),
    owner_function TEXT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    title TEXT NOT NULL,
    due_on DATE,
    -- In how many meetings it was on the agenda and stayed open.
    carry_over INTEGER NOT NULL,
    ended_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    -- What is neither filtered nor counted: description, result, why it ended, the meetings that carried it over, authors.
    details JSONB NOT NULL
);
CREATE INDEX actions_of_team ON actions (consultation_id, created_at, id);
CREATE INDEX actions_of_team_by_status ON actions (consultation_id, status, created_at, id);
CREATE INDEX actions_of_team_by_due ON actions (consultation_id, due_on, id) WHERE status IN ('open', 'inProgress');
CREATE INDEX actions_of_owner ON actions (owner_organisation_id, created_at, id);
CREATE INDEX actions_case ON actions (case_id, created_at, id);
CREATE INDEX actions_decision ON actions (decision_id);
CREATE INDEX actions_of_meeting ON actions (meeting_id, created_at, id);

-- The decision that a request comes from.
ALTER TABLE follow_up_requests ADD COLUMN decision_id UUID
    CONSTRAINT follow_up_requests_decision_fk REFERENCES decisions (id);
CREATE INDEX follow_up_requests_decision ON follow_up_requests (decision_id);
