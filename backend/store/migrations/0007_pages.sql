-- Pages of lists that hold years (SPEC 5.2, 5.3): the index on time gives order and filter without the rows, and counts by part of a month
-- tell where a far page of some vehicles' rows begins. Part n of a month are its days 6n-5 to 6n, the fifth all that are left.

DROP INDEX trip_time;
CREATE INDEX trip_time ON trip (type, exited_at, vehicle_id);
DROP INDEX trip_vehicle;
CREATE INDEX trip_vehicle ON trip (vehicle_id, type, exited_at, gross, discount, paid);

DROP INDEX bill_line_passed;
CREATE INDEX bill_line_passed ON bill_line (passed_at, vehicle_id, scene);
DROP INDEX bill_line_vehicle;
CREATE INDEX bill_line_vehicle ON bill_line (vehicle_id, passed_at, scene, card_id);
-- Nine lines of ten are of the expressway: the others are found without them.
CREATE INDEX bill_line_scene ON bill_line (scene, passed_at, vehicle_id) WHERE scene <> 1;

CREATE TABLE bill_day (
    scene  INTEGER NOT NULL,
    day    INTEGER NOT NULL, -- of UTC+8 since 1970-01-01
    rows   INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    PRIMARY KEY (scene, day)
) STRICT, WITHOUT ROWID;
INSERT INTO bill_day (scene, day, rows, amount)
SELECT scene, (passed_at + 28800) / 86400, COUNT(*), SUM(amount) FROM bill_line GROUP BY 1, 2;

ALTER TABLE trip_rollup ADD COLUMN part1 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE trip_rollup ADD COLUMN part2 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE trip_rollup ADD COLUMN part3 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE trip_rollup ADD COLUMN part4 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE trip_rollup ADD COLUMN part5 INTEGER NOT NULL DEFAULT 0;
INSERT INTO trip_rollup (vehicle_id, type, month, rows, gross, discount, paid, part1, part2, part3, part4, part5)
SELECT vehicle_id, type, month, 0, 0, 0, 0, SUM(part = 0), SUM(part = 1), SUM(part = 2), SUM(part = 3), SUM(part = 4) FROM (
    SELECT vehicle_id, type, CAST(strftime('%Y', exited_at + 28800, 'unixepoch') AS INTEGER) * 12 + CAST(strftime('%m', exited_at + 28800, 'unixepoch') AS INTEGER) - 1 AS month,
        MIN((CAST(strftime('%d', exited_at + 28800, 'unixepoch') AS INTEGER) - 1) / 6, 4) AS part FROM trip
) WHERE true GROUP BY 1, 2, 3
ON CONFLICT DO UPDATE SET part1 = excluded.part1, part2 = excluded.part2, part3 = excluded.part3, part4 = excluded.part4, part5 = excluded.part5;

ALTER TABLE bill_rollup ADD COLUMN part1 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE bill_rollup ADD COLUMN part2 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE bill_rollup ADD COLUMN part3 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE bill_rollup ADD COLUMN part4 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE bill_rollup ADD COLUMN part5 INTEGER NOT NULL DEFAULT 0;
INSERT INTO bill_rollup (vehicle_id, card_id, month, scene, rows, amount, part1, part2, part3, part4, part5)
SELECT vehicle_id, card_id, month, scene, 0, 0, SUM(part = 0), SUM(part = 1), SUM(part = 2), SUM(part = 3), SUM(part = 4) FROM (
    SELECT vehicle_id, card_id, scene,
        CAST(strftime('%Y', passed_at + 28800, 'unixepoch') AS INTEGER) * 12 + CAST(strftime('%m', passed_at + 28800, 'unixepoch') AS INTEGER) - 1 AS month,
        MIN((CAST(strftime('%d', passed_at + 28800, 'unixepoch') AS INTEGER) - 1) / 6, 4) AS part FROM bill_line
) WHERE true GROUP BY 1, 2, 3, 4
ON CONFLICT DO UPDATE SET part1 = excluded.part1, part2 = excluded.part2, part3 = excluded.part3, part4 = excluded.part4, part5 = excluded.part5;
DROP INDEX bill_rollup_month;
CREATE INDEX bill_rollup_month ON bill_rollup (month, scene, rows, amount, part1, part2, part3, part4, part5);
