-- Incidents in views. Twin of ../sqlite/V4__incidents.sql: same names, same meaning.

-- What a summary counts, so that it is read from this index alone.
CREATE INDEX incident_facets
    ON incident (state, severity, service_id, team_id, urgency, owner_id, opened_at, id);

-- Filters of the list of incidents; of a person or of a team, whose id owner_id repeats. query is
-- JSON in the form of the API.
CREATE TABLE saved_filter (
    id UUID NOT NULL PRIMARY KEY,
    user_id UUID,
    team_id UUID,
    owner_id UUID NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    folded_name TEXT COLLATE "C" NOT NULL,
    query BYTEA NOT NULL,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by UUID NOT NULL,
    CHECK ((user_id IS NULL) <> (team_id IS NULL))
);
CREATE UNIQUE INDEX saved_filter_name ON saved_filter (owner_id, folded_name);
CREATE INDEX saved_filter_user ON saved_filter (user_id, id) WHERE user_id IS NOT NULL;
CREATE INDEX saved_filter_team ON saved_filter (team_id, id) WHERE team_id IS NOT NULL;
