-- On call and paging. Twin of ../sqlite/V6__on_call.sql: same names, same meaning.

-- What each contact method was sent lately: by it pages are held back and put together. sent is JSON,
-- the messages of the last hours.
CREATE TABLE bundle (
    method_id UUID NOT NULL PRIMARY KEY,
    changed_at BIGINT NOT NULL,
    sent BYTEA NOT NULL
);
CREATE INDEX bundle_changed ON bundle (changed_at);

-- Since when a delivery that is held back was due; null when nothing holds it back.
ALTER TABLE outbox ADD COLUMN held_since BIGINT;
CREATE INDEX outbox_method ON outbox (method_id, due_at)
    WHERE state = 'pending' AND method_id IS NOT NULL;

-- How far the steps have come that tell one person after the other. turn is JSON: who was taken last,
-- and whom the step meant then. No facts of its own: each incident's record says whose turn it was.
CREATE TABLE policy_turn (
    policy_id UUID NOT NULL,
    step BIGINT NOT NULL,
    version BIGINT NOT NULL,
    turn BYTEA NOT NULL,
    PRIMARY KEY (policy_id, step)
);

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
