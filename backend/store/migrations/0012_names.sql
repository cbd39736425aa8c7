-- Rises when a plate or a card's number changes, which are held in memory by it (fleetnames.go).
ALTER TABLE sync_state ADD COLUMN names INTEGER NOT NULL DEFAULT 0;
