-- Counts by day of a vehicle's month: a far page of some vehicles' rows begins in a known day. days holds 31 counts, of a byte each, or of four
-- (high byte first) where one is above 255; they are filled in row by row (filldays.go). The sums of the bill stand by vehicle and
-- month, so that a month of some vehicles is found without their other months.

CREATE TABLE trip_rollup_by_day (
    vehicle_id INTEGER NOT NULL,
    type       INTEGER NOT NULL,
    month      INTEGER NOT NULL,
    rows       INTEGER NOT NULL,
    gross      INTEGER NOT NULL,
    discount   INTEGER NOT NULL,
    paid       INTEGER NOT NULL,
    days       BLOB    NOT NULL,
    PRIMARY KEY (vehicle_id, type, month)
) STRICT, WITHOUT ROWID;
INSERT INTO trip_rollup_by_day (vehicle_id, type, month, rows, gross, discount, paid, days) SELECT vehicle_id, type, month, rows, gross, discount, paid, zeroblob(31) FROM trip_rollup;
DROP TABLE trip_rollup;
ALTER TABLE trip_rollup_by_day RENAME TO trip_rollup;

CREATE TABLE bill_rollup_by_day (
    vehicle_id INTEGER NOT NULL,
    month      INTEGER NOT NULL,
    scene      INTEGER NOT NULL,
    card_id    INTEGER NOT NULL,
    rows       INTEGER NOT NULL,
    amount     INTEGER NOT NULL,
    days       BLOB    NOT NULL,
    PRIMARY KEY (vehicle_id, month, scene, card_id)
) STRICT, WITHOUT ROWID;
INSERT INTO bill_rollup_by_day (vehicle_id, month, scene, card_id, rows, amount, days) SELECT vehicle_id, month, scene, card_id, rows, amount, zeroblob(31) FROM bill_rollup;
DROP TABLE bill_rollup;
ALTER TABLE bill_rollup_by_day RENAME TO bill_rollup;
CREATE INDEX bill_rollup_month ON bill_rollup (month, scene, rows, amount);
