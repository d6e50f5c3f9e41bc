DROP TABLE presence_records;
DROP TABLE guard_groups;
