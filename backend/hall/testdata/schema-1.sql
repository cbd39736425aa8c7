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
    feed_head       INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS account_phone ON account (user_kind, phone);

-- Who signs in: the same phone may be a personal and a unit login.
CREATE TABLE IF NOT EXISTS login (
    id        INTEGER PRIMARY KEY,
    user_kind TEXT NOT NULL,
    phone     TEXT NOT NULL,
    UNIQUE (user_kind, phone)
) STRICT;

CREATE TABLE IF NOT EXISTS login_account (
    login_id   INTEGER NOT NULL REFERENCES login (id),
    account_id INTEGER NOT NULL REFERENCES account (id),
    PRIMARY KEY (login_id, account_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS session (
    token_hash BLOB    PRIMARY KEY,
    login_id   INTEGER NOT NULL REFERENCES login (id),
    account_id INTEGER REFERENCES account (id),
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One live code for a phone, user kind and purpose; subject is their digest.
CREATE TABLE IF NOT EXISTS sms_code (
    subject    BLOB    PRIMARY KEY,
    code_mac   BLOB    NOT NULL,
    expires_at INTEGER NOT NULL,
    tries      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What is limited per rolling day: codes sent, holders proven.
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
