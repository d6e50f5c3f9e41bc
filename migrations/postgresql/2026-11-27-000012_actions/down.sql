DROP INDEX actions_of_owner_by_day;
DROP INDEX actions_of_owner_by_due;
DROP INDEX actions_of_owner_by_status;
DROP INDEX actions_of_team_by_owner;
DROP INDEX actions_of_team_by_day;
DROP INDEX actions_of_decision;
CREATE INDEX actions_decision ON actions (decision_id);
