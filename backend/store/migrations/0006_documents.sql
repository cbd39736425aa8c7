-- The pages of invoices (SPEC 6), and the documents that invoices have.

-- When an invoice's passage was: the exit of its first trip, by which the pages count it (manual 2.7.1). first_trip is NULL until it was
-- filled in, passed_known 0 while the trip is not here; then the invoice stands at the time it was issued.
ALTER TABLE invoice ADD COLUMN first_trip INTEGER;
ALTER TABLE invoice ADD COLUMN passed_at INTEGER;
ALTER TABLE invoice ADD COLUMN passed_known INTEGER NOT NULL DEFAULT 0;
CREATE INDEX invoice_unfilled ON invoice (id) WHERE first_trip IS NULL;
CREATE INDEX invoice_unplaced ON invoice (first_trip) WHERE passed_known = 0;
CREATE INDEX invoice_passed ON invoice (type, passed_at, net, tax, total);
CREATE INDEX invoice_issued ON invoice (type, issued_at, net, tax, total);

-- Which documents an invoice has, as the hall said, and what there is of them on this computer. The files lie beside the cache.
CREATE TABLE document (
    invoice_id INTEGER NOT NULL,
    kind       TEXT    NOT NULL, -- pdf, xml
    sha256     BLOB    NOT NULL,
    bytes      INTEGER NOT NULL,
    state      INTEGER NOT NULL, -- 0 absent, 1 partial, 2 kept, 3 damaged
    error      TEXT    NOT NULL, -- why the last fetch failed, a code of package fault; empty: it did not
    fetched_at INTEGER,
    opened_at  INTEGER,
    PRIMARY KEY (invoice_id, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX document_state ON document (state, bytes);
CREATE INDEX document_hash ON document (sha256);

-- Of which invoices the hall was asked for the documents; an invoice that changes is asked for again.
CREATE TABLE document_asked (
    invoice_id INTEGER PRIMARY KEY
) STRICT;
