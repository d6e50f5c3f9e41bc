DROP TABLE case_notes;
DROP TABLE case_search;
DROP TABLE cases;
DROP TABLE case_numbers;
