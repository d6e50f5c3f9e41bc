DROP INDEX follow_up_requests_decision;
ALTER TABLE follow_up_requests DROP COLUMN decision_id;
DROP TABLE actions;
DROP TABLE decisions;
DROP TABLE agenda_items;
DROP TABLE meetings;
DROP TABLE meeting_series;
