-- The pages of trips and refunds (SPEC 5.3, 5.4).

CREATE INDEX trip_time ON trip (type, exited_at);
CREATE INDEX trip_vehicle ON trip (vehicle_id, type, exited_at);
CREATE INDEX bill_line_trip ON bill_line (trip_id) WHERE trip_id <> 0;
CREATE INDEX refund_time ON refund (type, passed_at);
CREATE INDEX refund_trip ON refund (trip_id);
CREATE INDEX invoice_vehicle ON invoice (vehicle_id, issued_at);

-- Sums of trips that are kept on write: by day, which also tells where a far page begins, and by vehicle and month. Days are days of UTC+8
-- since 1970-01-01.
CREATE TABLE trip_day (
    type     INTEGER NOT NULL,
    day      INTEGER NOT NULL,
    rows     INTEGER NOT NULL,
    gross    INTEGER NOT NULL,
    discount INTEGER NOT NULL,
    paid     INTEGER NOT NULL,
    PRIMARY KEY (type, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE trip_rollup (
    vehicle_id INTEGER NOT NULL,
    type       INTEGER NOT NULL,
    month      INTEGER NOT NULL,
    rows       INTEGER NOT NULL,
    gross      INTEGER NOT NULL,
    discount   INTEGER NOT NULL,
    paid       INTEGER NOT NULL,
    PRIMARY KEY (vehicle_id, type, month)
) STRICT, WITHOUT ROWID;

INSERT INTO trip_day (type, day, rows, gross, discount, paid)
SELECT type, (exited_at + 28800) / 86400, COUNT(*), SUM(gross), SUM(discount), SUM(paid) FROM trip GROUP BY 1, 2;

INSERT INTO trip_rollup (vehicle_id, type, month, rows, gross, discount, paid)
SELECT vehicle_id, type, CAST(strftime('%Y', exited_at + 28800, 'unixepoch') AS INTEGER) * 12 + CAST(strftime('%m', exited_at + 28800, 'unixepoch') AS INTEGER) - 1,
    COUNT(*), SUM(gross), SUM(discount), SUM(paid) FROM trip GROUP BY 1, 2, 3;
