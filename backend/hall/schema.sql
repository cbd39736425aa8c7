-- The hall's tables. Times are seconds since 1970; phones in guards and tokens in sessions are kept as digests only.
-- WITHOUT ROWID keeps a table in the order of its primary key, which is the order in which it is read.

CREATE TABLE IF NOT EXISTS meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- An ETC customer. feed_head is the number of its last change; writing it locks the account's feed.
CREATE TABLE IF NOT EXISTS account (
    id              INTEGER PRIMARY KEY,
    user_kind       TEXT    NOT NULL,
    phone           TEXT    NOT NULL,
    name            TEXT    NOT NULL,
    document_type   TEXT    NOT NULL,
    document_number TEXT    NOT NULL,
    contact         TEXT    NOT NULL,
    address         TEXT    NOT NULL,
    opened_at       INTEGER NOT NULL,
    feed_head       INTEGER NOT NULL DEFAULT 0,
    lapsed          INTEGER NOT NULL DEFAULT 0, -- 1: 已失效, opens nothing any more
    unallocated_fen INTEGER NOT NULL DEFAULT 0, -- 储值账户未预分配金额: the sum of the ledger's postings to funds
    last_funds_id   INTEGER NOT NULL DEFAULT 0  -- the last id given to a recharge, allocation or load; none is given twice
) STRICT;
CREATE INDEX IF NOT EXISTS account_phone ON account (user_kind, phone);

-- Who signs in: a phone, which may be a personal and a unit login, or a nickname of the old portal with the phone registered there.
CREATE TABLE IF NOT EXISTS login (
    id        INTEGER PRIMARY KEY,
    user_kind TEXT NOT NULL,
    phone     TEXT NOT NULL,
    nickname  TEXT NOT NULL, -- empty for phone logins
    UNIQUE (user_kind, phone, nickname)
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS login_nickname ON login (user_kind, nickname) WHERE nickname <> '';

-- What the old portal knew of a nickname: the password as an argon2id hash with its parameters, and the user it was registered for.
CREATE TABLE IF NOT EXISTS portal_user (
    login_id        INTEGER PRIMARY KEY REFERENCES login (id),
    password        TEXT NOT NULL,
    name            TEXT NOT NULL,
    document_type   TEXT NOT NULL,
    document_number TEXT NOT NULL
) STRICT;

-- Bindings of the old portal, which an SMS code turns into login_account.
CREATE TABLE IF NOT EXISTS portal_binding (
    login_id   INTEGER NOT NULL REFERENCES login (id),
    account_id INTEGER NOT NULL REFERENCES account (id),
    PRIMARY KEY (login_id, account_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS login_account (
    login_id   INTEGER NOT NULL REFERENCES login (id),
    account_id INTEGER NOT NULL REFERENCES account (id),
    PRIMARY KEY (login_id, account_id)
) STRICT, WITHOUT ROWID;

-- A session is a family of tokens: ending it ends them all.
CREATE TABLE IF NOT EXISTS session (
    id         INTEGER PRIMARY KEY,
    login_id   INTEGER NOT NULL REFERENCES login (id),
    account_id INTEGER REFERENCES account (id),
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS session_login ON session (login_id);

CREATE TABLE IF NOT EXISTS access_token (
    token_hash BLOB    PRIMARY KEY,
    session_id INTEGER NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS access_token_session ON access_token (session_id);

-- Used tokens stay while their session lives, so that their reuse is noticed.
CREATE TABLE IF NOT EXISTS refresh_token (
    token_hash BLOB    PRIMARY KEY,
    session_id INTEGER NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    parent     BLOB,             -- the token it was given for
    used_at    INTEGER NOT NULL, -- 0: not yet
    forgiven   INTEGER NOT NULL  -- 1: was taken a second time, after a crash
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS refresh_token_session ON refresh_token (session_id);
CREATE INDEX IF NOT EXISTS refresh_token_parent ON refresh_token (parent);

-- One live code for a purpose and whom it is sent to; subject is their digest. about is the row that the code opens, 0 for none.
CREATE TABLE IF NOT EXISTS sms_code (
    subject    BLOB    PRIMARY KEY,
    code_mac   BLOB    NOT NULL,
    about      INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    tries      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS captcha (
    id_hash    BLOB    PRIMARY KEY,
    text_mac   BLOB    NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Append-only: what happened to a login. detail is masked.
CREATE TABLE IF NOT EXISTS audit (
    id       INTEGER PRIMARY KEY,
    login_id INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    event    TEXT    NOT NULL,
    detail   TEXT    NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS audit_login ON audit (login_id, id);

-- What is limited: codes sent, holders proven, sign-ins tried.
CREATE TABLE IF NOT EXISTS attempt (
    action  TEXT    NOT NULL,
    subject BLOB    NOT NULL,
    at      INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS attempt_subject ON attempt (action, subject, at);

-- Wrong codes in a row.
CREATE TABLE IF NOT EXISTS lockout (
    subject      BLOB    PRIMARY KEY,
    wrong        INTEGER NOT NULL,
    last_wrong   INTEGER NOT NULL,
    locked_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Every change of an account, without gaps. rows, amount_fen and digest are those of the change's kind and month after it.
CREATE TABLE IF NOT EXISTS feed (
    account_id INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    kind       TEXT    NOT NULL,
    id         INTEGER NOT NULL,
    op         INTEGER NOT NULL, -- 1 the record is as in body, 0 it is deleted
    month      INTEGER NOT NULL, -- year x 12 + month - 1; 0 for kinds without a month
    rows       INTEGER NOT NULL,
    amount_fen INTEGER NOT NULL,
    digest     BLOB    NOT NULL,
    body       TEXT    NOT NULL,
    PRIMARY KEY (account_id, seq)
) STRICT, WITHOUT ROWID;

-- Finds a vehicle by its plate; deleted rows have no body.
CREATE INDEX IF NOT EXISTS feed_plate ON feed (json_extract(body, '$.plateNumber')) WHERE kind = 'vehicle' AND op = 1;

-- Finds the cards of a vehicle.
CREATE INDEX IF NOT EXISTS feed_card ON feed (account_id, json_extract(body, '$.vehicleId')) WHERE kind = 'card' AND op = 1;

-- Finds the stored-value cards of an account, and the entries of a card on the status list.
CREATE INDEX IF NOT EXISTS feed_stored_value ON feed (account_id, json_extract(body, '$.vehicleId'))
    WHERE kind = 'card' AND op = 1 AND json_extract(body, '$.type') = 'storedValue';
CREATE INDEX IF NOT EXISTS feed_status_entry ON feed (account_id, json_extract(body, '$.cardId')) WHERE kind = 'statusEntry' AND op = 1;

-- Where the newest version of each living record is, in the order in which a month is listed.
CREATE TABLE IF NOT EXISTS record (
    account_id INTEGER NOT NULL,
    kind       TEXT    NOT NULL,
    month      INTEGER NOT NULL,
    id         INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    PRIMARY KEY (account_id, kind, month, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS record_id ON record (account_id, kind, id);

CREATE TABLE IF NOT EXISTS month_digest (
    account_id INTEGER NOT NULL,
    kind       TEXT    NOT NULL,
    month      INTEGER NOT NULL,
    rows       INTEGER NOT NULL,
    amount_fen INTEGER NOT NULL,
    digest     BLOB    NOT NULL,
    PRIMARY KEY (account_id, kind, month)
) STRICT, WITHOUT ROWID;

-- What was answered to a command under its idempotency key, so that a lost answer can be asked for again. asked is the SHA-256 of the command.
CREATE TABLE IF NOT EXISTS command (
    account_id INTEGER NOT NULL,
    key        TEXT    NOT NULL,
    asked      BLOB    NOT NULL,
    answer     TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    PRIMARY KEY (account_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS command_at ON command (at);

-- Which documents an invoice has. Their bytes lie in files named by their hash, in a folder beside the database; version is the change of
-- the invoice that they were made for: after another change they are none.
CREATE TABLE IF NOT EXISTS invoice_document (
    account_id INTEGER NOT NULL,
    invoice_id INTEGER NOT NULL,
    kind       TEXT    NOT NULL,
    version    INTEGER NOT NULL,
    sha256     BLOB    NOT NULL,
    bytes      INTEGER NOT NULL,
    PRIMARY KEY (account_id, invoice_id, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS invoice_document_hash ON invoice_document (sha256, account_id);

-- An order of 充值. The provider knows it by its number; the client by its key. next_at is when the hall looks at it again by itself.
CREATE TABLE IF NOT EXISTS recharge_order (
    account_id   INTEGER NOT NULL,
    id           INTEGER NOT NULL, -- of the recharge record
    order_number TEXT    NOT NULL UNIQUE,
    key          TEXT    NOT NULL, -- the idempotency key under which it was ordered
    asked        BLOB    NOT NULL, -- the SHA-256 of what was ordered
    target       TEXT    NOT NULL,
    card_id      INTEGER NOT NULL, -- 0: the account
    vehicle_id   INTEGER NOT NULL,
    amount_fen   INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    finished_at  INTEGER NOT NULL, -- 0: not yet
    status       TEXT    NOT NULL,
    trade_number TEXT    NOT NULL, -- the provider's; empty while nothing was paid
    reason       TEXT    NOT NULL,
    tries        INTEGER NOT NULL, -- since it is in this status
    asked_at     INTEGER NOT NULL, -- when the provider was asked last
    next_at      INTEGER NOT NULL, -- 0: never
    PRIMARY KEY (account_id, id),
    UNIQUE (account_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS recharge_order_due ON recharge_order (next_at) WHERE next_at > 0;
CREATE INDEX IF NOT EXISTS recharge_order_open ON recharge_order (account_id, id) WHERE status IN ('awaitingPayment', 'paid', 'submitFailed');

-- The ledger: every movement of stored-value funds is a journal whose postings add up to zero. cause_id is the record behind it, 0 for none.
CREATE TABLE IF NOT EXISTS journal (
    id         INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    cause      TEXT    NOT NULL,
    cause_id   INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS journal_account ON journal (account_id);
-- The database itself refuses to do one thing twice.
CREATE UNIQUE INDEX IF NOT EXISTS journal_once ON journal (account_id, cause, cause_id) WHERE cause_id <> 0;

CREATE TABLE IF NOT EXISTS posting (
    journal_id INTEGER NOT NULL,
    line       INTEGER NOT NULL,
    book       TEXT    NOT NULL, -- payer, pending, funds, unloaded, balance, outside
    card_id    INTEGER NOT NULL, -- 0 but for unloaded and balance
    amount_fen INTEGER NOT NULL,
    PRIMARY KEY (journal_id, line)
) STRICT, WITHOUT ROWID;
