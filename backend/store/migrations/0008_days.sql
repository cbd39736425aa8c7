-- Counts by day of a vehicle's month take the place of those by part of a month (migration 0007): a far page of some vehicles' rows begins in a
-- known day. days holds 31 counts, of a byte each, or of four (high byte first) where one is above 255. The sums of the bill stand by vehicle and
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
INSERT INTO trip_rollup_by_day (vehicle_id, type, month, rows, gross, discount, paid, days)
SELECT r.vehicle_id, r.type, r.month, r.rows, r.gross, r.discount, r.paid,
        unhex(CASE WHEN
        length(printf('%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x',
        d0, d1, d2, d3, d4, d5, d6, d7, d8, d9, d10, d11, d12, d13, d14, d15, d16, d17, d18, d19, d20, d21, d22, d23, d24, d25, d26, d27, d28, d29,
        d30)) = 62 THEN
        printf('%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x', d0, d1,
        d2, d3, d4, d5, d6, d7, d8, d9, d10, d11, d12, d13, d14, d15, d16, d17, d18, d19, d20, d21, d22, d23, d24, d25, d26, d27, d28, d29, d30) ELSE
        printf('%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x', d0, d1,
        d2, d3, d4, d5, d6, d7, d8, d9, d10, d11, d12, d13, d14, d15, d16, d17, d18, d19, d20, d21, d22, d23, d24, d25, d26, d27, d28, d29, d30) END)
FROM trip_rollup r JOIN (
    SELECT vehicle_id, type, month,
        SUM(day = 0) AS d0, SUM(day = 1) AS d1, SUM(day = 2) AS d2, SUM(day = 3) AS d3, SUM(day = 4) AS d4, SUM(day = 5) AS d5, SUM(day = 6) AS d6,
        SUM(day = 7) AS d7, SUM(day = 8) AS d8, SUM(day = 9) AS d9, SUM(day = 10) AS d10, SUM(day = 11) AS d11, SUM(day = 12) AS d12, SUM(day = 13) AS
        d13, SUM(day = 14) AS d14, SUM(day = 15) AS d15, SUM(day = 16) AS d16, SUM(day = 17) AS d17, SUM(day = 18) AS d18, SUM(day = 19) AS d19,
        SUM(day = 20) AS d20, SUM(day = 21) AS d21, SUM(day = 22) AS d22, SUM(day = 23) AS d23, SUM(day = 24) AS d24, SUM(day = 25) AS d25, SUM(day =
        26) AS d26, SUM(day = 27) AS d27, SUM(day = 28) AS d28, SUM(day = 29) AS d29, SUM(day = 30) AS d30
    FROM (SELECT vehicle_id, type, CAST(strftime('%Y', exited_at + 28800, 'unixepoch') AS INTEGER) * 12 + CAST(strftime('%m', exited_at + 28800, 'unixepoch') AS INTEGER) - 1 AS month,
        CAST(strftime('%d', exited_at + 28800, 'unixepoch') AS INTEGER) - 1 AS day FROM trip)
    GROUP BY 1, 2, 3
) d USING (vehicle_id, type, month);
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
INSERT INTO bill_rollup_by_day (vehicle_id, month, scene, card_id, rows, amount, days)
SELECT r.vehicle_id, r.month, r.scene, r.card_id, r.rows, r.amount,
        unhex(CASE WHEN
        length(printf('%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x',
        d0, d1, d2, d3, d4, d5, d6, d7, d8, d9, d10, d11, d12, d13, d14, d15, d16, d17, d18, d19, d20, d21, d22, d23, d24, d25, d26, d27, d28, d29,
        d30)) = 62 THEN
        printf('%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x', d0, d1,
        d2, d3, d4, d5, d6, d7, d8, d9, d10, d11, d12, d13, d14, d15, d16, d17, d18, d19, d20, d21, d22, d23, d24, d25, d26, d27, d28, d29, d30) ELSE
        printf('%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x', d0, d1,
        d2, d3, d4, d5, d6, d7, d8, d9, d10, d11, d12, d13, d14, d15, d16, d17, d18, d19, d20, d21, d22, d23, d24, d25, d26, d27, d28, d29, d30) END)
FROM bill_rollup r JOIN (
    SELECT vehicle_id, card_id, month, scene,
        SUM(day = 0) AS d0, SUM(day = 1) AS d1, SUM(day = 2) AS d2, SUM(day = 3) AS d3, SUM(day = 4) AS d4, SUM(day = 5) AS d5, SUM(day = 6) AS d6,
        SUM(day = 7) AS d7, SUM(day = 8) AS d8, SUM(day = 9) AS d9, SUM(day = 10) AS d10, SUM(day = 11) AS d11, SUM(day = 12) AS d12, SUM(day = 13) AS
        d13, SUM(day = 14) AS d14, SUM(day = 15) AS d15, SUM(day = 16) AS d16, SUM(day = 17) AS d17, SUM(day = 18) AS d18, SUM(day = 19) AS d19,
        SUM(day = 20) AS d20, SUM(day = 21) AS d21, SUM(day = 22) AS d22, SUM(day = 23) AS d23, SUM(day = 24) AS d24, SUM(day = 25) AS d25, SUM(day =
        26) AS d26, SUM(day = 27) AS d27, SUM(day = 28) AS d28, SUM(day = 29) AS d29, SUM(day = 30) AS d30
    FROM (SELECT vehicle_id, card_id, scene, CAST(strftime('%Y', passed_at + 28800, 'unixepoch') AS INTEGER) * 12 + CAST(strftime('%m', passed_at + 28800, 'unixepoch') AS INTEGER) - 1 AS month,
        CAST(strftime('%d', passed_at + 28800, 'unixepoch') AS INTEGER) - 1 AS day FROM bill_line)
    GROUP BY 1, 2, 3, 4
) d USING (vehicle_id, card_id, month, scene);
DROP TABLE bill_rollup;
ALTER TABLE bill_rollup_by_day RENAME TO bill_rollup;
CREATE INDEX bill_rollup_month ON bill_rollup (month, scene, rows, amount);
