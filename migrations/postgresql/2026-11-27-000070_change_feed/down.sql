DROP TABLE feed_audiences;
DROP TABLE feed_entries;
DROP TABLE feed_notices;
DROP TABLE feed_span;
DROP TABLE feed_pending;
DROP TABLE leases;
