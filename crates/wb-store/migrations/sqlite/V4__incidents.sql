-- Incidents in views. Twin of ../postgres/V4__incidents.sql: same names, same meaning.

-- What a summary counts, so that it is read from this index alone.
CREATE INDEX incident_facets
    ON incident (state, severity, service_id, team_id, urgency, owner_id, opened_at, id);

-- Filters of the list of incidents; of a person or of a team, whose id owner_id repeats. query is
-- JSON in the form of the API.
CREATE TABLE saved_filter (
    id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB,
    team_id BLOB,
    owner_id BLOB NOT NULL,
    name TEXT NOT NULL,
    folded_name TEXT NOT NULL,
    query BLOB NOT NULL,
    version INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by BLOB NOT NULL,
    CHECK ((user_id IS NULL) <> (team_id IS NULL))
) STRICT;
CREATE UNIQUE INDEX saved_filter_name ON saved_filter (owner_id, folded_name);
CREATE INDEX saved_filter_user ON saved_filter (user_id, id) WHERE user_id IS NOT NULL;
CREATE INDEX saved_filter_team ON saved_filter (team_id, id) WHERE team_id IS NOT NULL;
