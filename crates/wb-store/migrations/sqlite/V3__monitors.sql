-- Monitors at work. Twin of ../postgres/V3__monitors.sql: same names, same meaning.

-- One row per series of a monitor that has ever left the well state; active while an episode is
-- under way.
CREATE TABLE monitor_group (
    id BLOB NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL,
    head BLOB NOT NULL,
    monitor_id BLOB NOT NULL,
    active INTEGER NOT NULL,
    state BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX monitor_group_active ON monitor_group (monitor_id, id) WHERE active;
CREATE INDEX monitor_group_monitor ON monitor_group (monitor_id, id);

-- The last evaluation of a monitor that was claimed, by the time at which it was due, in seconds.
CREATE TABLE monitor_claim (
    monitor_id BLOB NOT NULL PRIMARY KEY,
    due_s INTEGER NOT NULL,
    node_id BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- The points an incident is shown with, copied from the metric store: one row per episode. No part
-- of a folded state. key is the episode's dedup key.
CREATE TABLE graph (
    incident_id BLOB NOT NULL,
    key TEXT NOT NULL,
    monitor_id BLOB NOT NULL,
    at INTEGER NOT NULL,
    is_final INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (incident_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX graph_live ON graph (monitor_id, key) WHERE NOT is_final;
