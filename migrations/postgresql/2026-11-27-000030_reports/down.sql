DROP TABLE report_comments;
DROP TABLE report_renditions;
DROP TABLE reports;
