-- What happened in a consultation since its last meeting, counted for the agenda.

CREATE INDEX events_of_team ON events (consultation_id, effective_at, subject_kind, verb);
