-- Pages of lists that hold years (SPEC 5.2, 5.3): the index on time gives order and filter without the rows. Earlier programs also counted by part
-- of a month here; what replaced it (migration 0008) does not need that.

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
