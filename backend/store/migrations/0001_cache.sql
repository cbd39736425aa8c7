-- The cache of one account. Times are seconds since 1970, days are days since 1970-01-01, months are year*12+month-1 (package period),
-- money is fen. Texts that many rows share are kept once, in name.

CREATE TABLE sync_state (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    account_id TEXT    NOT NULL,
    epoch      TEXT    NOT NULL,
    cursor     INTEGER NOT NULL,
    synced_at  INTEGER NOT NULL, -- of the last complete sync; 0: never
    completed  INTEGER NOT NULL, -- the cursor at the end of that sync; beyond it lies what a later, broken-off sync brought
    revision   INTEGER NOT NULL  -- rises with every change of the contents
) STRICT;

CREATE TABLE profile (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    body TEXT NOT NULL
) STRICT;

-- What this cache holds, kept row by row from its own rows, and what the hall said it holds at the end of the last complete sync.
CREATE TABLE month_digest (
    kind   TEXT    NOT NULL,
    month  INTEGER NOT NULL,
    rows   INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    digest BLOB    NOT NULL,
    PRIMARY KEY (kind, month)
) STRICT, WITHOUT ROWID;
CREATE TABLE hall_digest (
    kind   TEXT    NOT NULL,
    month  INTEGER NOT NULL,
    rows   INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    digest BLOB    NOT NULL,
    PRIMARY KEY (kind, month)
) STRICT, WITHOUT ROWID;

-- Every text that many rows share: stations, car parks, roads, invoice titles and payees.
CREATE TABLE name (
    id   INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE vehicle (
    id                 INTEGER PRIMARY KEY,
    plate_number       TEXT    NOT NULL,
    plate_color        INTEGER NOT NULL,
    class              INTEGER NOT NULL,
    status             TEXT    NOT NULL,
    registered_at      INTEGER NOT NULL,
    parking_authorized INTEGER NOT NULL,
    parking_changed_at INTEGER,
    invoice_per_trip   INTEGER NOT NULL,
    invoice_monthly    INTEGER NOT NULL,
    invoice_title      TEXT    NOT NULL,
    invoice_email      TEXT    NOT NULL,
    invoice_auto_send  INTEGER NOT NULL
) STRICT;
CREATE INDEX vehicle_plate ON vehicle (plate_number, plate_color);

CREATE TABLE card (
    id         INTEGER PRIMARY KEY,
    vehicle_id INTEGER NOT NULL,
    number     TEXT    NOT NULL,
    type       TEXT    NOT NULL,
    status     TEXT    NOT NULL,
    issued_at  INTEGER NOT NULL,
    updated_at INTEGER,
    balance    INTEGER NOT NULL,
    unloaded   INTEGER NOT NULL
) STRICT;

CREATE TABLE tag (
    id         INTEGER PRIMARY KEY,
    vehicle_id INTEGER NOT NULL,
    number     TEXT    NOT NULL,
    brand      TEXT    NOT NULL,
    model      TEXT    NOT NULL,
    status     TEXT    NOT NULL,
    branch     TEXT    NOT NULL,
    issued_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE signing (
    id        INTEGER PRIMARY KEY,
    card_id   INTEGER NOT NULL,
    channel   TEXT    NOT NULL,
    number    TEXT    NOT NULL,
    signed_at INTEGER NOT NULL,
    status    TEXT    NOT NULL
) STRICT;

CREATE TABLE status_entry (
    id      INTEGER PRIMARY KEY,
    card_id INTEGER NOT NULL,
    since   INTEGER NOT NULL,
    until   INTEGER,
    reason  TEXT    NOT NULL
) STRICT;

CREATE TABLE trip (
    id            INTEGER PRIMARY KEY,
    pass_id       TEXT    NOT NULL,
    vehicle_id    INTEGER NOT NULL,
    card_id       INTEGER NOT NULL,
    type          INTEGER NOT NULL,
    entered_at    INTEGER,
    exited_at     INTEGER NOT NULL,
    posted_on     INTEGER,
    entry_station INTEGER NOT NULL,
    exit_station  INTEGER NOT NULL,
    place         INTEGER NOT NULL,
    distance      INTEGER NOT NULL,
    gross         INTEGER NOT NULL,
    discount      INTEGER NOT NULL,
    paid          INTEGER NOT NULL
) STRICT;

CREATE TABLE bill_line (
    id            INTEGER PRIMARY KEY,
    vehicle_id    INTEGER NOT NULL,
    card_id       INTEGER NOT NULL,
    scene         INTEGER NOT NULL,
    passed_at     INTEGER NOT NULL,
    posted_on     INTEGER,
    entry_station INTEGER NOT NULL,
    exit_station  INTEGER NOT NULL,
    place         INTEGER NOT NULL,
    amount        INTEGER NOT NULL,
    trip_id       INTEGER NOT NULL,
    refund_id     INTEGER NOT NULL
) STRICT;
-- The list is read by time; one vehicle's lines by vehicle and time.
CREATE INDEX bill_line_passed ON bill_line (passed_at);
CREATE INDEX bill_line_vehicle ON bill_line (vehicle_id, passed_at);

-- Sums that are kept on write, so that a statistic or a list's total costs the size of its answer and not of its history.
CREATE TABLE bill_rollup (
    vehicle_id INTEGER NOT NULL,
    card_id    INTEGER NOT NULL,
    month      INTEGER NOT NULL,
    scene      INTEGER NOT NULL,
    rows       INTEGER NOT NULL,
    amount     INTEGER NOT NULL,
    PRIMARY KEY (vehicle_id, card_id, month, scene)
) STRICT, WITHOUT ROWID;
-- A statistic or a total reads the months it is of, not the years before them: the index holds all there is of a row.
CREATE INDEX bill_rollup_month ON bill_rollup (month, scene, rows, amount);

CREATE TABLE refund (
    id          INTEGER PRIMARY KEY,
    vehicle_id  INTEGER NOT NULL,
    card_id     INTEGER NOT NULL,
    trip_id     INTEGER NOT NULL,
    type        TEXT    NOT NULL,
    passed_at   INTEGER NOT NULL,
    refunded_at INTEGER,
    amount      INTEGER NOT NULL,
    status      TEXT    NOT NULL
) STRICT;

CREATE TABLE invoice (
    id         INTEGER PRIMARY KEY,
    vehicle_id INTEGER NOT NULL,
    type       TEXT    NOT NULL,
    number     TEXT    NOT NULL,
    title      INTEGER NOT NULL, -- name: a holder has few titles and many invoices
    payee      INTEGER NOT NULL, -- name
    issued_at  INTEGER NOT NULL,
    tax_rate   INTEGER NOT NULL,
    net        INTEGER NOT NULL,
    tax        INTEGER NOT NULL,
    total      INTEGER NOT NULL,
    trip_ids   BLOB    NOT NULL  -- varints, each the difference from the one before
) STRICT;

-- Records of kinds this version does not know are kept as they came, for the version that does.
CREATE TABLE unknown_record (
    kind TEXT    NOT NULL,
    id   INTEGER NOT NULL,
    body TEXT    NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE job (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    kind        TEXT    NOT NULL,
    format      TEXT    NOT NULL,
    summary     TEXT    NOT NULL,
    params      TEXT    NOT NULL, -- JSON, what to do again
    state       TEXT    NOT NULL,
    done        INTEGER NOT NULL,
    rows        INTEGER NOT NULL,
    started_at  INTEGER NOT NULL,
    finished_at INTEGER,
    files       TEXT    NOT NULL, -- JSON, paths
    bytes       INTEGER NOT NULL,
    error_code  TEXT    NOT NULL
) STRICT;

CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
