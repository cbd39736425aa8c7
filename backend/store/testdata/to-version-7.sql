-- Turns a cache of version 12 into one that the program of version 7 wrote, for tests of what happens at the first start after an update.
BEGIN;
ALTER TABLE sync_state DROP COLUMN names;
DROP TABLE recharge;
DROP TABLE allocation;
DROP TABLE card_load;
DROP TABLE recharge_intent;
DROP TABLE allocation_intent;
DROP TABLE printed;
DROP TABLE printing;
DROP TABLE trip_cover;
DROP TABLE cover_rollup;
DROP TABLE invoice_lack;
DROP TABLE cover_stale;
DROP TABLE deduction_mark;
DROP INDEX invoice_number;
ALTER TABLE invoice DROP COLUMN trip_count;

-- Its counts by part of a month may be anything: no later version reads them.
ALTER TABLE trip_rollup DROP COLUMN days;
ALTER TABLE trip_rollup ADD COLUMN part1 INTEGER NOT NULL DEFAULT 0;

CREATE TABLE former (
    vehicle_id INTEGER NOT NULL,
    card_id    INTEGER NOT NULL,
    month      INTEGER NOT NULL,
    scene      INTEGER NOT NULL,
    rows       INTEGER NOT NULL,
    amount     INTEGER NOT NULL,
    part1      INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (vehicle_id, card_id, month, scene)
) STRICT, WITHOUT ROWID;
INSERT INTO former (vehicle_id, card_id, month, scene, rows, amount) SELECT vehicle_id, card_id, month, scene, rows, amount FROM bill_rollup;
DROP TABLE bill_rollup;
ALTER TABLE former RENAME TO bill_rollup;
CREATE INDEX bill_rollup_month ON bill_rollup (month, scene, rows, amount, part1);
PRAGMA user_version = 7;
COMMIT;
