-- Monitors at work. Twin of ../sqlite/V3__monitors.sql: same names, same meaning.

-- One row per series of a monitor that has ever left the well state; active while an episode is
-- under way.
CREATE TABLE monitor_group (
    id UUID NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    head BYTEA NOT NULL,
    monitor_id UUID NOT NULL,
    active BOOLEAN NOT NULL,
    state BYTEA NOT NULL
);
CREATE INDEX monitor_group_active ON monitor_group (monitor_id, id) WHERE active;
CREATE INDEX monitor_group_monitor ON monitor_group (monitor_id, id);

-- The last evaluation of a monitor that was claimed, by the time at which it was due, in seconds.
CREATE TABLE monitor_claim (
    monitor_id UUID NOT NULL PRIMARY KEY,
    due_s BIGINT NOT NULL,
    node_id UUID NOT NULL
);

-- The points an incident is shown with, copied from the metric store: one row per episode. No part
-- of a folded state. key is the episode's dedup key.
CREATE TABLE graph (
    incident_id UUID NOT NULL,
    key TEXT NOT NULL,
    monitor_id UUID NOT NULL,
    at BIGINT NOT NULL,
    is_final BOOLEAN NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (incident_id, key)
);
CREATE INDEX graph_live ON graph (monitor_id, key) WHERE NOT is_final;
