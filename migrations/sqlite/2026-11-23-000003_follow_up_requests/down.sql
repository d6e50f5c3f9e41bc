DROP TABLE imported_rows;
DROP TABLE follow_up_messages;
DROP TABLE follow_up_requests;
