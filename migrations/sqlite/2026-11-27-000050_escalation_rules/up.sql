-- Rules for what happens when nobody answers, and the ledger of what they did.

CREATE TABLE escalation_policies (
    id TEXT NOT NULL CONSTRAINT escalation_policies_pk PRIMARY KEY,
    version BIGINT NOT NULL,
    consultation_id TEXT CONSTRAINT escalation_policies_consultation_fk REFERENCES consultations (id),
    category TEXT,
    organisation_id TEXT CONSTRAINT escalation_policies_organisation_fk REFERENCES organisations (id),
    -- What it judges, in one value, so that an index can hold it apart from that of another one.
    scope_key TEXT NOT NULL,
    -- 1, 2, 3 … among the policies of its scope.
    number INTEGER NOT NULL,
    status TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    activated_at INTEGER,
    retired_at INTEGER,
    steps TEXT NOT NULL,
    -- What is neither filtered nor counted: authors.
    details TEXT NOT NULL
);
CREATE UNIQUE INDEX escalation_policies_number ON escalation_policies (scope_key, number);
CREATE UNIQUE INDEX escalation_policies_active ON escalation_policies (scope_key) WHERE status = 'active';
CREATE INDEX escalation_policies_created ON escalation_policies (created_at, id);
CREATE INDEX escalation_policies_consultation ON escalation_policies (consultation_id, created_at, id);
CREATE INDEX escalation_policies_organisation ON escalation_policies (organisation_id);

-- The policy that an installation begins with; it has always been in force.
INSERT INTO escalation_policies (id, version, scope_key, number, status, created_at, updated_at, activated_at, steps, details)
VALUES ('01349737-7c00-7000-8000-000000000001', 2, '//', 1, 'active', 1325376000000000, 1325376000000000, 1325376000000000,
    '[{"id":"receiptOverdue","condition":"receiptOverdue","workingDays":0,"effects":["remindService"]},{"id":"receiptStillOverdue","condition":"receiptOverdue","workingDays":2,"effects":["informHead"]},{"id":"answerDueSoon","condition":"answerDueWithin","workingDays":2,"effects":["remindService"]},{"id":"answerLate","condition":"answerLate","workingDays":0,"effects":["remindService"]},{"id":"answerStillLate","condition":"answerLate","workingDays":5,"effects":["informHead","putOnAgenda"]},{"id":"answerSeriouslyLate","condition":"answerSeriouslyLate","effects":["informHead","putOnAgenda","proposeEscalation"]},{"id":"caseInactive","condition":"caseInactive","days":30,"effects":["putOnAgenda"]},{"id":"actionCarriedOver","condition":"actionCarriedOver","meetings":3,"effects":["putOnAgenda"]},{"id":"repeatAtPlace","condition":"repeatAtPlace","cases":3,"effects":["putOnAgenda"]},{"id":"severalServices","condition":"severalServices","services":3,"categoryGroups":2,"effects":["putOnAgenda","proposeEscalation"]}]',
    '{"createdBy":{"clientId":"00000000-0000-0000-0000-000000000000","organisationId":"00000000-0000-0000-0000-000000000000"},"done":{}}');

CREATE TABLE escalation_ledger (
    id TEXT NOT NULL CONSTRAINT escalation_ledger_pk PRIMARY KEY,
    subject_id TEXT NOT NULL,
    step TEXT NOT NULL,
    round INTEGER NOT NULL,
    follow_up_request_id TEXT CONSTRAINT escalation_ledger_request_fk REFERENCES follow_up_requests (id),
    case_id TEXT CONSTRAINT escalation_ledger_case_fk REFERENCES cases (id),
    action_id TEXT CONSTRAINT escalation_ledger_action_fk REFERENCES actions (id),
    consultation_id TEXT NOT NULL CONSTRAINT escalation_ledger_consultation_fk REFERENCES consultations (id),
    -- The addressed service.
    organisation_id TEXT CONSTRAINT escalation_ledger_organisation_fk REFERENCES organisations (id),
    -- Whether an effect reaches that service.
    to_service BOOLEAN NOT NULL,
    -- Whether it goes on the next agenda.
    on_agenda BOOLEAN NOT NULL,
    effective_at INTEGER NOT NULL,
    fired_at INTEGER NOT NULL,
    obsolete BOOLEAN NOT NULL,
    -- Absent for a reminder by hand.
    policy_id TEXT CONSTRAINT escalation_ledger_policy_fk REFERENCES escalation_policies (id),
    -- The step as it was, its effects with what became of them, and the figures.
    details TEXT NOT NULL
);
-- Each step takes effect once in each round of its subject.
CREATE UNIQUE INDEX escalation_ledger_once ON escalation_ledger (subject_id, step, round) WHERE policy_id IS NOT NULL;
CREATE INDEX escalation_ledger_of_team ON escalation_ledger (consultation_id, effective_at, id);
CREATE INDEX escalation_ledger_of_team_by_step ON escalation_ledger (consultation_id, step, effective_at, id);
CREATE INDEX escalation_ledger_of_agenda ON escalation_ledger (consultation_id, fired_at) WHERE on_agenda;
CREATE INDEX escalation_ledger_of_service ON escalation_ledger (organisation_id, effective_at, id) WHERE to_service;
CREATE INDEX escalation_ledger_of_service_by_step ON escalation_ledger (organisation_id, step, effective_at, id)
    WHERE to_service;
CREATE INDEX escalation_ledger_organisation ON escalation_ledger (organisation_id);
CREATE INDEX escalation_ledger_request ON escalation_ledger (follow_up_request_id, effective_at, id);
CREATE INDEX escalation_ledger_case ON escalation_ledger (case_id, effective_at, id);
CREATE INDEX escalation_ledger_action ON escalation_ledger (action_id, effective_at, id);
CREATE INDEX escalation_ledger_policy ON escalation_ledger (policy_id);

-- When the rules have to look at something: no step takes effect before. What is there already is looked at once.
ALTER TABLE follow_up_requests ADD COLUMN next_step_at INTEGER;
ALTER TABLE cases ADD COLUMN next_step_at INTEGER;
ALTER TABLE actions ADD COLUMN next_step_at INTEGER;
UPDATE follow_up_requests SET next_step_at = updated_at WHERE status IN ('sent', 'received', 'accepted', 'waiting');
UPDATE cases SET next_step_at = updated_at WHERE status IN ('signalled', 'open', 'monitoring');
UPDATE actions SET next_step_at = updated_at WHERE status IN ('open', 'inProgress') AND carry_over > 0;
DROP INDEX follow_up_requests_due;
CREATE INDEX follow_up_requests_next_step ON follow_up_requests (next_step_at, id) WHERE next_step_at IS NOT NULL;
CREATE INDEX cases_next_step ON cases (next_step_at, id) WHERE next_step_at IS NOT NULL;
CREATE INDEX actions_next_step ON actions (next_step_at, id) WHERE next_step_at IS NOT NULL;

-- The number of reminders is neither filtered nor counted.
UPDATE follow_up_requests SET details = json_set(details, '$.reminderCount', reminder_count) WHERE reminder_count > 0;
ALTER TABLE follow_up_requests DROP COLUMN reminder_count;
