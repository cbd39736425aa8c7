-- What has been printed of invoices (SPEC 6.3), so that none is handed in twice. Numbers, not ids, name invoices: a hall whose history was
-- rebuilt may number its records anew.

-- Each time that invoices were given to a printer, or saved as a file to be printed.
CREATE TABLE printing (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    at       INTEGER NOT NULL,
    way      TEXT    NOT NULL, -- printer, file
    target   TEXT    NOT NULL, -- name of the printer or of the file
    per_page INTEGER NOT NULL, -- pages to a sheet
    copies   INTEGER NOT NULL,
    failed   INTEGER NOT NULL  -- 1: the printer gave up, or holds it
) STRICT;

CREATE TABLE printed (
    number      TEXT    NOT NULL, -- of the invoice
    printing_id INTEGER NOT NULL REFERENCES printing (id),
    PRIMARY KEY (number, printing_id)
) STRICT, WITHOUT ROWID;
