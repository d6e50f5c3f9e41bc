DROP INDEX actions_next_step;
DROP INDEX cases_next_step;
DROP INDEX follow_up_requests_next_step;
CREATE INDEX follow_up_requests_due ON follow_up_requests (next_due_at, id) WHERE next_due_at IS NOT NULL;
ALTER TABLE actions DROP COLUMN next_step_at;
ALTER TABLE cases DROP COLUMN next_step_at;
ALTER TABLE follow_up_requests DROP COLUMN next_step_at;
DROP TABLE escalation_ledger;
DROP TABLE escalation_policies;
