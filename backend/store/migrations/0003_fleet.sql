-- The pages of the fleet (SPEC 3 and 4), and what is kept of it on this computer alone. Plates, not ids, name vehicles there: a hall
-- whose history was rebuilt may number its vehicles anew.

CREATE INDEX card_vehicle ON card (vehicle_id, issued_at);
CREATE INDEX tag_vehicle ON tag (vehicle_id, issued_at);
CREATE INDEX signing_card ON signing (card_id, signed_at);
CREATE INDEX status_entry_card ON status_entry (card_id, since);
CREATE INDEX status_entry_open ON status_entry (card_id, until) WHERE until IS NULL; -- with until, so that the index alone answers

-- A vehicle's card and tag of today, kept in the transaction that changes them, so that a list looks them up instead of comparing the
-- vehicle's whole past. 0: it never had one.
CREATE TABLE vehicle_current (
    vehicle_id INTEGER PRIMARY KEY,
    card_id    INTEGER NOT NULL,
    tag_id     INTEGER NOT NULL,
    signing_id INTEGER NOT NULL -- of that card, and in force
) STRICT;

CREATE TABLE fleet_group (
    id   INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT    NOT NULL, -- team, project, customer
    name TEXT    NOT NULL,
    note TEXT    NOT NULL,
    UNIQUE (kind, name)
) STRICT;

-- Who was in a group when: [from_at, to_at) in seconds since 1970, whole days of UTC+8. Times of one plate and kind never overlap.
-- The months first_month to last_month lie wholly within it; before head_until and from tail_from on it holds months in part.
CREATE TABLE membership (
    kind         TEXT    NOT NULL,
    plate_number TEXT    NOT NULL,
    plate_color  INTEGER NOT NULL,
    from_at      INTEGER NOT NULL,
    to_at        INTEGER NOT NULL,
    group_id     INTEGER NOT NULL REFERENCES fleet_group (id) ON DELETE CASCADE,
    first_month  INTEGER NOT NULL,
    last_month   INTEGER NOT NULL,
    head_until   INTEGER NOT NULL,
    tail_from    INTEGER NOT NULL,
    PRIMARY KEY (kind, plate_number, plate_color, from_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX membership_group ON membership (group_id, plate_number, plate_color);

CREATE TABLE keeping (
    plate_number TEXT    NOT NULL,
    plate_color  INTEGER NOT NULL,
    driver       TEXT    NOT NULL,
    note         TEXT    NOT NULL,
    PRIMARY KEY (plate_number, plate_color)
) STRICT, WITHOUT ROWID;

CREATE TABLE renewal (
    id           INTEGER PRIMARY KEY,
    plate_number TEXT    NOT NULL,
    plate_color  INTEGER NOT NULL,
    document     TEXT    NOT NULL, -- licence, insurance, inspection
    due          INTEGER NOT NULL, -- days since 1970-01-01
    UNIQUE (plate_number, plate_color, document)
) STRICT;
CREATE INDEX renewal_due ON renewal (due);

-- What a sync found. listed_since is when the time on the status list began, 0 for other kinds; over_at tells since when the cause is gone.
CREATE TABLE alert (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    kind            TEXT    NOT NULL, -- listed, unlisted, frozen, lost, lowBalance
    vehicle_id      INTEGER NOT NULL,
    card_id         INTEGER NOT NULL,
    listed_since    INTEGER NOT NULL,
    plate_number    TEXT    NOT NULL,
    plate_color     INTEGER NOT NULL,
    card_number     TEXT    NOT NULL,
    at              INTEGER NOT NULL,
    found_at        INTEGER NOT NULL,
    reason          TEXT    NOT NULL,
    balance         INTEGER NOT NULL, -- fen
    over_at         INTEGER,
    acknowledged_at INTEGER
) STRICT;
CREATE INDEX alert_open ON alert (id) WHERE acknowledged_at IS NULL;
CREATE INDEX alert_lasting ON alert (card_number, kind, listed_since) WHERE over_at IS NULL;
CREATE INDEX alert_listed ON alert (card_number, listed_since) WHERE listed_since <> 0;

CREATE TABLE parking_batch (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    authorized  INTEGER NOT NULL,
    state       TEXT    NOT NULL, -- running, done, stopped, interrupted
    error_code  TEXT    NOT NULL,
    started_at  INTEGER NOT NULL,
    finished_at INTEGER
) STRICT;

-- One vehicle of a batch. Those of one part go to the hall in one command, whose key is kept before it is sent: an answer that was lost
-- is asked for again under the same key.
CREATE TABLE parking_item (
    id           INTEGER PRIMARY KEY,
    batch_id     INTEGER NOT NULL REFERENCES parking_batch (id),
    part         INTEGER NOT NULL,
    command_key  TEXT    NOT NULL,
    vehicle_id   INTEGER NOT NULL,
    plate_number TEXT    NOT NULL,
    plate_color  INTEGER NOT NULL,
    outcome      TEXT    NOT NULL, -- pending, done, unchanged, refused
    reason       TEXT    NOT NULL
) STRICT;
CREATE INDEX parking_item_batch ON parking_item (batch_id, part);

-- What was shown names itself: a hall whose history was rebuilt may give the id to another card.
ALTER TABLE audit ADD COLUMN label TEXT NOT NULL DEFAULT '';

INSERT INTO vehicle_current (vehicle_id, card_id, tag_id, signing_id)
SELECT v.id,
    IFNULL((SELECT c.id FROM card c WHERE c.vehicle_id = v.id ORDER BY c.status = 'cancelled', c.issued_at DESC, c.id DESC LIMIT 1), 0),
    IFNULL((SELECT t.id FROM tag t WHERE t.vehicle_id = v.id ORDER BY t.status = 'cancelled', t.issued_at DESC, t.id DESC LIMIT 1), 0),
    0
FROM vehicle v;
UPDATE vehicle_current SET signing_id =
    IFNULL((SELECT s.id FROM signing s WHERE s.card_id = vehicle_current.card_id AND s.status = 'signed' ORDER BY s.signed_at DESC, s.id DESC LIMIT 1), 0);
