DROP TABLE view_versions;
DROP TABLE term_rules;
DROP TABLE closure_days;
DROP TABLE areas;
DROP TABLE consultation_members;
DROP TABLE consultations;
DROP TABLE organisations;
