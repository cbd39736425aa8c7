-- Who looked at what on this computer: every number that was shown in full (SPEC 0). It stays when the session ends, and goes with the cache.
CREATE TABLE audit (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    event   TEXT    NOT NULL,
    subject INTEGER NOT NULL -- the id of what was shown
) STRICT;
