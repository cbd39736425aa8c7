-- What the user keeps by name on this computer alone: views of an analysis, templates of a statement. What a body means is its kind's affair.
CREATE TABLE saved (
    kind       TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    body       TEXT    NOT NULL CHECK (json_valid(body)),
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;
