-- More of on call. Twin of ../postgres/V7__on_call_more.sql: same names, same meaning.

-- When each contact method was tested and proved the last time. sent_at and failed are about the newest
-- test: when a provider took it, or why none did. unanswered_since is when the first test was asked for
-- that nobody answered since; null when nothing is open.
CREATE TABLE recheck (
    method_id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL,
    asked_at INTEGER,
    unanswered_since INTEGER,
    sent_at INTEGER,
    failed TEXT,
    confirmed_at INTEGER
) STRICT;
CREATE INDEX recheck_open ON recheck (unanswered_since) WHERE unanswered_since IS NOT NULL;

-- A notice that has to go over one contact method and no other: a test of that method.
ALTER TABLE notice ADD COLUMN method_id BLOB;
