-- The domain's tables. Twin of ../postgres/V2__domain.sql: same names, same meaning.
-- Ids are 16 bytes, times are microseconds since 1970 UTC, hashes are 32 bytes, JSON is canonical
-- and kept as bytes, truths are 0 or 1.

INSERT INTO meta (key, value) VALUES ('config_epoch', '0'), ('sending_held', '0');

CREATE TABLE fact (
    stream TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    kind TEXT NOT NULL,
    body BLOB NOT NULL,
    prev_hash BLOB NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (stream, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX fact_at ON fact (at);

-- The free text of a fact; erasing a row leaves the chain intact.
CREATE TABLE fact_text (
    stream TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('text', 'attempt')),
    salt BLOB NOT NULL,
    text BLOB NOT NULL,
    PRIMARY KEY (stream, seq)
) STRICT;
CREATE INDEX fact_text_attempt ON fact_text (at) WHERE kind = 'attempt';

-- unique_name is what must be unique among the living of a kind: a name, an address in lower case,
-- a key's hash.
CREATE TABLE config_object (
    kind TEXT NOT NULL,
    id BLOB NOT NULL,
    version INTEGER NOT NULL,
    head BLOB NOT NULL,
    unique_name TEXT,
    body BLOB NOT NULL,
    deleted INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT;
CREATE UNIQUE INDEX config_object_name ON config_object (kind, unique_name) WHERE NOT deleted;

CREATE TABLE alert (
    id BLOB NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL,
    head BLOB NOT NULL,
    integration_id BLOB NOT NULL,
    dedup_key TEXT NOT NULL,
    service_id BLOB NOT NULL,
    team_id BLOB NOT NULL,
    incident_id BLOB NOT NULL,
    open INTEGER NOT NULL,
    severity TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    resolved_at INTEGER,
    state BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX alert_open ON alert (integration_id, dedup_key) WHERE open;
CREATE INDEX alert_open_id ON alert (id) WHERE open;
CREATE INDEX alert_incident ON alert (incident_id, id);
CREATE INDEX alert_service ON alert (service_id, id);
CREATE INDEX alert_integration ON alert (integration_id, id);
CREATE INDEX alert_team ON alert (team_id, id);

-- Counters of repeats: no part of the folded state.
CREATE TABLE alert_counter (
    alert_id BLOB NOT NULL PRIMARY KEY,
    count INTEGER NOT NULL,
    last_seen INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- number is for people and is no part of the folded state; search is title and summary in lower
-- case.
CREATE TABLE incident (
    id BLOB NOT NULL PRIMARY KEY,
    number INTEGER NOT NULL,
    version INTEGER NOT NULL,
    head BLOB NOT NULL,
    service_id BLOB NOT NULL,
    team_id BLOB NOT NULL,
    state TEXT NOT NULL,
    severity TEXT NOT NULL,
    urgency TEXT NOT NULL,
    owner_id BLOB,
    opened_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    resolved_at INTEGER,
    wake_at INTEGER,
    search TEXT NOT NULL,
    data BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX incident_number ON incident (number);
CREATE INDEX incident_wake ON incident (wake_at, id) WHERE wake_at IS NOT NULL;
CREATE INDEX incident_open ON incident (id) WHERE state <> 'resolved';
CREATE INDEX incident_service ON incident (service_id, id);
CREATE INDEX incident_team ON incident (team_id, id);
CREATE INDEX incident_owner ON incident (owner_id, id) WHERE owner_id IS NOT NULL;

-- One row per delivery: the fence between claiming and cancelling it.
CREATE TABLE outbox (
    id BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    incident_id BLOB NOT NULL,
    page_id BLOB NOT NULL,
    recipient_kind TEXT NOT NULL,
    recipient_id BLOB NOT NULL,
    method_id BLOB,
    channel TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'claimed', 'done', 'cancelled')),
    attempts INTEGER NOT NULL,
    claim_node BLOB,
    claimed_at INTEGER,
    claim_deadline INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_due ON outbox (due_at, id) WHERE state = 'pending';
CREATE INDEX outbox_claimed ON outbox (claim_deadline, id) WHERE state = 'claimed';
CREATE INDEX outbox_incident ON outbox (incident_id, id);
CREATE INDEX outbox_page ON outbox (page_id);

CREATE TABLE payload (
    hash BLOB NOT NULL PRIMARY KEY,
    bytes BLOB NOT NULL,
    size INTEGER NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX payload_at ON payload (at, size);

CREATE TABLE signal (
    id BLOB NOT NULL PRIMARY KEY,
    integration_id BLOB NOT NULL,
    at INTEGER NOT NULL,
    payload_hash BLOB NOT NULL,
    content_type TEXT,
    action TEXT,
    dedup_key TEXT,
    outcome TEXT NOT NULL,
    reason TEXT,
    alert_id BLOB,
    incident_id BLOB,
    config_epoch INTEGER NOT NULL,
    decider_version INTEGER NOT NULL,
    remote TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX signal_integration ON signal (integration_id, id);
CREATE INDEX signal_alert ON signal (alert_id, id) WHERE alert_id IS NOT NULL;
CREATE INDEX signal_at ON signal (at, id);
CREATE INDEX signal_payload ON signal (payload_hash);

-- Signals that were not accepted; the nil id stands for "no known integration".
CREATE TABLE refused (
    integration_id BLOB NOT NULL,
    id BLOB NOT NULL,
    at INTEGER NOT NULL,
    status INTEGER NOT NULL,
    reason TEXT NOT NULL,
    remote TEXT,
    PRIMARY KEY (integration_id, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE refused_counter (
    integration_id BLOB NOT NULL PRIMARY KEY,
    count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE input (
    id BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    stream TEXT NOT NULL,
    config_epoch INTEGER NOT NULL,
    decider_version INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE INDEX input_at ON input (at, id);
CREATE INDEX input_stream ON input (stream, id);

CREATE TABLE credential (
    user_id BLOB NOT NULL PRIMARY KEY,
    password_hash TEXT NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE token (
    id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL,
    name TEXT NOT NULL,
    hash TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    last_used_at INTEGER,
    revoked_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX token_hash ON token (hash);
CREATE INDEX token_user ON token (user_id, id);

CREATE TABLE session (
    id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL,
    hash TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    user_agent TEXT,
    remote TEXT
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX session_hash ON session (hash);
CREATE INDEX session_of_user ON session (user_id, id);
CREATE INDEX session_expires ON session (expires_at, id);

CREATE TABLE setup_link (
    hash TEXT NOT NULL PRIMARY KEY,
    created_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency (
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    at INTEGER NOT NULL,
    request_hash BLOB NOT NULL,
    status INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (scope, key)
) STRICT;
CREATE INDEX idempotency_at ON idempotency (at);

CREATE TABLE node (
    id BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    key_id TEXT NOT NULL,
    beat INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    version TEXT NOT NULL,
    url TEXT
) STRICT, WITHOUT ROWID;

-- day counts from 1970-01-01 UTC.
CREATE TABLE seal (
    day INTEGER NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    key_id TEXT NOT NULL,
    root BLOB NOT NULL,
    count INTEGER NOT NULL,
    signature BLOB NOT NULL
) STRICT;
