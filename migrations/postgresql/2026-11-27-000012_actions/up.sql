-- Lists of actions by decision, by day, of owners and of owners within a team. When a list asks for what is open, the
-- index of what is open goes before that of all days.

DROP INDEX actions_decision;
CREATE INDEX actions_of_decision ON actions (decision_id, created_at, id);
CREATE INDEX actions_of_team_by_day ON actions (consultation_id, due_on, id);
CREATE INDEX actions_of_team_by_owner ON actions (consultation_id, owner_organisation_id, created_at, id);
CREATE INDEX actions_of_owner_by_status ON actions (owner_organisation_id, status, created_at, id);
CREATE INDEX actions_of_owner_by_due ON actions (owner_organisation_id, due_on, id)
    WHERE status IN ('open', 'inProgress');
CREATE INDEX actions_of_owner_by_day ON actions (owner_organisation_id, due_on, id);
