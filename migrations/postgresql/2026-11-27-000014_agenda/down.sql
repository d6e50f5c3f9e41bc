DROP INDEX events_of_team;
