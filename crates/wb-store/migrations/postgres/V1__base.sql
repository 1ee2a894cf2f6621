-- Facts about the database itself: schema_version, min_writer and the like.
CREATE TABLE meta (
    key   TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    value TEXT COLLATE "C" NOT NULL
);

-- The oldest schema version whose binary may still write here.
INSERT INTO meta (key, value) VALUES ('min_writer', '1');
