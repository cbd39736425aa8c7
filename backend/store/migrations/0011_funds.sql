-- Stored-value funds (SPEC 7, manual 2.8): what moved, as the hall tells it, and what was asked for from this computer.

CREATE TABLE recharge (
    id                 INTEGER PRIMARY KEY,
    order_number       TEXT    NOT NULL,
    target             TEXT    NOT NULL,
    card_id            INTEGER NOT NULL,
    vehicle_id         INTEGER NOT NULL,
    created_at         INTEGER NOT NULL,
    finished_at        INTEGER,
    source             TEXT    NOT NULL,
    amount             INTEGER NOT NULL,
    transaction_number TEXT    NOT NULL,
    status             TEXT    NOT NULL
) STRICT;
CREATE INDEX recharge_time ON recharge (created_at);

CREATE TABLE allocation (
    id           INTEGER PRIMARY KEY,
    vehicle_id   INTEGER NOT NULL,
    card_id      INTEGER NOT NULL,
    allocated_at INTEGER NOT NULL,
    amount       INTEGER NOT NULL,
    source       TEXT    NOT NULL,
    recharge_id  INTEGER NOT NULL
) STRICT;
CREATE INDEX allocation_time ON allocation (allocated_at);
CREATE INDEX allocation_recharge ON allocation (recharge_id) WHERE recharge_id <> 0;

CREATE TABLE card_load (
    id         INTEGER PRIMARY KEY,
    vehicle_id INTEGER NOT NULL,
    card_id    INTEGER NOT NULL,
    loaded_at  INTEGER NOT NULL,
    amount     INTEGER NOT NULL,
    status     TEXT    NOT NULL
) STRICT;
CREATE INDEX card_load_time ON card_load (loaded_at);

-- A recharge is kept before it is asked for, with its idempotency key: whatever ends the program, the same key is asked again and there is
-- one order. An order that was found at the hall and not asked for from here has the key NULL. Cards are named by number: a hall whose
-- history was rebuilt may number them anew.
CREATE TABLE recharge_intent (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    command_key  TEXT UNIQUE,
    target       TEXT    NOT NULL,
    card_id      INTEGER NOT NULL,
    card_number  TEXT    NOT NULL,
    plate_number TEXT    NOT NULL,
    plate_color  INTEGER NOT NULL,
    amount       INTEGER NOT NULL,
    asked_at     INTEGER NOT NULL,
    state        TEXT    NOT NULL, -- asking, ordered, ended, refused
    order_number TEXT    NOT NULL, -- empty until the hall told it
    status       TEXT    NOT NULL, -- of the order as the hall told it last
    reason       TEXT    NOT NULL,
    error_code   TEXT    NOT NULL, -- why it was refused, or could not be asked last
    expires_at   INTEGER,
    told         INTEGER NOT NULL -- somebody has seen how it ended
) STRICT;
CREATE UNIQUE INDEX recharge_intent_order ON recharge_intent (order_number) WHERE order_number <> '';
CREATE INDEX recharge_intent_open ON recharge_intent (told, state);

CREATE TABLE allocation_intent (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    command_key TEXT    NOT NULL UNIQUE,
    items       TEXT    NOT NULL, -- JSON, the command's own
    cards       INTEGER NOT NULL,
    amount      INTEGER NOT NULL,
    asked_at    INTEGER NOT NULL,
    state       TEXT    NOT NULL, -- asking, ended, refused
    reason      TEXT    NOT NULL,
    refusals    TEXT    NOT NULL, -- JSON
    error_code  TEXT    NOT NULL,
    told        INTEGER NOT NULL
) STRICT;
CREATE INDEX allocation_intent_open ON allocation_intent (told, state);
