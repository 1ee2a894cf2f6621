-- On call and paging. Twin of ../postgres/V6__on_call.sql: same names, same meaning.

-- Notices to people, such as that somebody took over their shift: sent once, over their first contact
-- method, and gone then. due_at moves on with each try.
CREATE TABLE notice (
    id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    path TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL
) STRICT;
CREATE INDEX notice_due ON notice (due_at, id);
