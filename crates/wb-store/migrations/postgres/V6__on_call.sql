-- On call and paging. Twin of ../sqlite/V6__on_call.sql: same names, same meaning.

-- Notices to people, such as that somebody took over their shift: sent once, over their first contact
-- method, and gone then. due_at moves on with each try.
CREATE TABLE notice (
    id UUID NOT NULL PRIMARY KEY,
    user_id UUID NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    path TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL
);
CREATE INDEX notice_due ON notice (due_at, id);
