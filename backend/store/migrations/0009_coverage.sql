-- What of each trip is invoiced (SPEC 6.1, DOMAIN 2.6), and which invoices are claimed as input tax (DOMAIN 2.5).

-- How many trips an invoice names. first_trip is filled in anew row by row, and trip_count with it (invoice.go).
ALTER TABLE invoice ADD COLUMN trip_count INTEGER;
UPDATE invoice SET first_trip = NULL;
-- A mark knows an invoice by its number, and an invoice that came twice shows by it.
CREATE INDEX invoice_number ON invoice (number);

-- A trip held against the invoices that name it, worked out when somebody asks and kept until one of them changes (coverage.go).
CREATE TABLE trip_cover (
    trip_id  INTEGER PRIMARY KEY,
    state    INTEGER NOT NULL, -- coverage.go
    refunded INTEGER NOT NULL, -- fen paid back until then
    invoiced INTEGER NOT NULL, -- fen, the trip's share of its invoices
    invoices BLOB    NOT NULL  -- their ids, packed as invoice.trip_ids
) STRICT;

-- What that comes to: one of these sums answers for a card's month on a vehicle, so that the figures of a month read none of its trips.
CREATE TABLE cover_rollup (
    vehicle_id INTEGER NOT NULL,
    month      INTEGER NOT NULL,
    card_id    INTEGER NOT NULL,
    state      INTEGER NOT NULL,
    rows       INTEGER NOT NULL,
    paid       INTEGER NOT NULL,
    refunded   INTEGER NOT NULL,
    invoiced   INTEGER NOT NULL,
    PRIMARY KEY (vehicle_id, month, card_id, state)
) STRICT, WITHOUT ROWID;
CREATE INDEX cover_rollup_month ON cover_rollup (month, state, rows, paid, refunded, invoiced);

-- Invoices that name trips which are not here: how many, and what of the total is theirs.
CREATE TABLE invoice_lack (
    invoice_id INTEGER PRIMARY KEY,
    trips      INTEGER NOT NULL,
    amount     INTEGER NOT NULL
) STRICT;

-- Months of vehicles that are to be worked out anew, by what a sync brought.
CREATE TABLE cover_stale (
    month      INTEGER NOT NULL,
    vehicle_id INTEGER NOT NULL,
    PRIMARY KEY (month, vehicle_id)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO cover_stale (month, vehicle_id) SELECT month, vehicle_id FROM trip_rollup;
INSERT OR IGNORE INTO cover_stale (month, vehicle_id)
SELECT CAST(strftime('%Y', issued_at + 28800, 'unixepoch') AS INTEGER) * 12 + CAST(strftime('%m', issued_at + 28800, 'unixepoch') AS INTEGER) - 1, vehicle_id FROM invoice;

-- 勾选: the accountant's own record of what was claimed, in which month and for what. It is kept on this computer alone, by the invoice's
-- number: ids may change with the hall's history.
CREATE TABLE deduction_mark (
    number    TEXT PRIMARY KEY,
    month     INTEGER NOT NULL, -- 所属期
    purpose   TEXT    NOT NULL, -- 用途, a code of package deduction
    tax       INTEGER NOT NULL, -- fen, the invoice's tax when it was marked
    marked_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX deduction_mark_month ON deduction_mark (month);
