-- Facts about the database itself: schema_version, min_writer and the like.
CREATE TABLE meta (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The oldest schema version whose binary may still write here.
INSERT INTO meta (key, value) VALUES ('min_writer', '1');
