-- The domain's tables. Twin of ../sqlite/V2__domain.sql: same names, same meaning.
-- Times are microseconds since 1970 UTC, hashes are 32 bytes, JSON is canonical and kept as bytes.
-- Text is compared by its bytes (COLLATE "C"), as SQLite does.

INSERT INTO meta (key, value) VALUES ('config_epoch', '0'), ('sending_held', '0');

CREATE TABLE fact (
    stream TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    body BYTEA NOT NULL,
    prev_hash BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (stream, seq)
);
CREATE INDEX fact_at ON fact (at);

-- The free text of a fact; erasing a row leaves the chain intact.
CREATE TABLE fact_text (
    stream TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('text', 'attempt')),
    salt BYTEA NOT NULL,
    text BYTEA NOT NULL,
    PRIMARY KEY (stream, seq)
);
CREATE INDEX fact_text_attempt ON fact_text (at) WHERE kind = 'attempt';

-- unique_name is what must be unique among the living of a kind: a name, an address in lower case,
-- a key's hash.
CREATE TABLE config_object (
    kind TEXT COLLATE "C" NOT NULL,
    id UUID NOT NULL,
    version BIGINT NOT NULL,
    head BYTEA NOT NULL,
    unique_name TEXT COLLATE "C",
    body BYTEA NOT NULL,
    deleted BOOLEAN NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (kind, id)
);
CREATE UNIQUE INDEX config_object_name ON config_object (kind, unique_name) WHERE NOT deleted;

CREATE TABLE alert (
    id UUID NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    head BYTEA NOT NULL,
    integration_id UUID NOT NULL,
    dedup_key TEXT COLLATE "C" NOT NULL,
    service_id UUID NOT NULL,
    team_id UUID NOT NULL,
    incident_id UUID NOT NULL,
    open BOOLEAN NOT NULL,
    severity TEXT COLLATE "C" NOT NULL,
    opened_at BIGINT NOT NULL,
    resolved_at BIGINT,
    state BYTEA NOT NULL
);
CREATE UNIQUE INDEX alert_open ON alert (integration_id, dedup_key) WHERE open;
CREATE INDEX alert_open_id ON alert (id) WHERE open;
CREATE INDEX alert_incident ON alert (incident_id, id);
CREATE INDEX alert_service ON alert (service_id, id);
CREATE INDEX alert_integration ON alert (integration_id, id);
CREATE INDEX alert_team ON alert (team_id, id);

-- Counters of repeats: no part of the folded state.
CREATE TABLE alert_counter (
    alert_id UUID NOT NULL PRIMARY KEY,
    count BIGINT NOT NULL,
    last_seen BIGINT NOT NULL
);

-- number is for people and is no part of the folded state; search is title and summary in lower
-- case.
CREATE SEQUENCE incident_number_seq AS BIGINT;
CREATE TABLE incident (
    id UUID NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL DEFAULT nextval('incident_number_seq'),
    version BIGINT NOT NULL,
    head BYTEA NOT NULL,
    service_id UUID NOT NULL,
    team_id UUID NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    severity TEXT COLLATE "C" NOT NULL,
    urgency TEXT COLLATE "C" NOT NULL,
    owner_id UUID,
    opened_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    resolved_at BIGINT,
    wake_at BIGINT,
    search TEXT COLLATE "C" NOT NULL,
    data BYTEA NOT NULL
);
CREATE UNIQUE INDEX incident_number ON incident (number);
CREATE INDEX incident_wake ON incident (wake_at, id) WHERE wake_at IS NOT NULL;
CREATE INDEX incident_open ON incident (id) WHERE state <> 'resolved';
CREATE INDEX incident_service ON incident (service_id, id);
CREATE INDEX incident_team ON incident (team_id, id);
CREATE INDEX incident_owner ON incident (owner_id, id) WHERE owner_id IS NOT NULL;

-- One row per delivery: the fence between claiming and cancelling it.
CREATE TABLE outbox (
    id UUID NOT NULL PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL,
    incident_id UUID NOT NULL,
    page_id UUID NOT NULL,
    recipient_kind TEXT COLLATE "C" NOT NULL,
    recipient_id UUID NOT NULL,
    method_id UUID,
    channel TEXT COLLATE "C" NOT NULL,
    due_at BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('pending', 'claimed', 'done', 'cancelled')),
    attempts BIGINT NOT NULL,
    claim_node UUID,
    claimed_at BIGINT,
    claim_deadline BIGINT
);
CREATE INDEX outbox_due ON outbox (due_at, id) WHERE state = 'pending';
CREATE INDEX outbox_claimed ON outbox (claim_deadline, id) WHERE state = 'claimed';
CREATE INDEX outbox_incident ON outbox (incident_id, id);
CREATE INDEX outbox_page ON outbox (page_id);

CREATE TABLE payload (
    hash BYTEA NOT NULL PRIMARY KEY,
    bytes BYTEA NOT NULL,
    size BIGINT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX payload_at ON payload (at, size);

CREATE TABLE signal (
    id UUID NOT NULL PRIMARY KEY,
    integration_id UUID NOT NULL,
    at BIGINT NOT NULL,
    payload_hash BYTEA NOT NULL,
    content_type TEXT COLLATE "C",
    action TEXT COLLATE "C",
    dedup_key TEXT COLLATE "C",
    outcome TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C",
    alert_id UUID,
    incident_id UUID,
    config_epoch BIGINT NOT NULL,
    decider_version BIGINT NOT NULL,
    remote TEXT COLLATE "C"
);
CREATE INDEX signal_integration ON signal (integration_id, id);
CREATE INDEX signal_alert ON signal (alert_id, id) WHERE alert_id IS NOT NULL;
CREATE INDEX signal_at ON signal (at, id);
CREATE INDEX signal_payload ON signal (payload_hash);

-- Signals that were not accepted; the nil id stands for "no known integration".
CREATE TABLE refused (
    integration_id UUID NOT NULL,
    id UUID NOT NULL,
    at BIGINT NOT NULL,
    status BIGINT NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    remote TEXT COLLATE "C",
    PRIMARY KEY (integration_id, id)
);
CREATE TABLE refused_counter (
    integration_id UUID NOT NULL PRIMARY KEY,
    count BIGINT NOT NULL
);

CREATE TABLE input (
    id UUID NOT NULL PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    stream TEXT COLLATE "C" NOT NULL,
    config_epoch BIGINT NOT NULL,
    decider_version BIGINT NOT NULL,
    body BYTEA NOT NULL
);
CREATE INDEX input_at ON input (at, id);
CREATE INDEX input_stream ON input (stream, id);

CREATE TABLE credential (
    user_id UUID NOT NULL PRIMARY KEY,
    password_hash TEXT COLLATE "C" NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE token (
    id UUID NOT NULL PRIMARY KEY,
    user_id UUID NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    hash TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    last_used_at BIGINT,
    revoked_at BIGINT
);
CREATE UNIQUE INDEX token_hash ON token (hash);
CREATE INDEX token_user ON token (user_id, id);

CREATE TABLE session (
    id UUID NOT NULL PRIMARY KEY,
    user_id UUID NOT NULL,
    hash TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    user_agent TEXT COLLATE "C",
    remote TEXT COLLATE "C"
);
CREATE UNIQUE INDEX session_hash ON session (hash);
CREATE INDEX session_of_user ON session (user_id, id);
CREATE INDEX session_expires ON session (expires_at, id);

CREATE TABLE setup_link (
    hash TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    created_at BIGINT NOT NULL,
    used_at BIGINT
);

CREATE TABLE idempotency (
    scope TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    request_hash BYTEA NOT NULL,
    status BIGINT NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_at ON idempotency (at);

CREATE TABLE node (
    id UUID NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    key_id TEXT COLLATE "C" NOT NULL,
    beat BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    version TEXT COLLATE "C" NOT NULL,
    url TEXT COLLATE "C"
);

-- day counts from 1970-01-01 UTC.
CREATE TABLE seal (
    day BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    key_id TEXT COLLATE "C" NOT NULL,
    root BYTEA NOT NULL,
    count BIGINT NOT NULL,
    signature BYTEA NOT NULL
);
