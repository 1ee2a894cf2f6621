-- People's own settings, and the history of all configuration. Twin of ../sqlite/V5__people.sql:
-- same names, same meaning.

-- Codes by which people prove that a contact method reaches them. hash is keyed and binds the code
-- to the method's settings; only the newest code of a method counts.
CREATE TABLE method_code (
    id UUID NOT NULL PRIMARY KEY,
    user_id UUID NOT NULL,
    method_id UUID NOT NULL,
    hash TEXT COLLATE "C" NOT NULL,
    sent_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX method_code_user ON method_code (user_id, sent_at);
CREATE INDEX method_code_method ON method_code (method_id, sent_at);

-- Changes of any object, newest first, among all the facts that are none.
CREATE INDEX fact_change ON fact (at, stream, seq) WHERE kind IN ('changed', 'deleted');
