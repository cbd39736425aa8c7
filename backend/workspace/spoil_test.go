package workspace_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3"

	"tollbook/backend/hall"
	"tollbook/backend/period"
	"tollbook/backend/record"
	"tollbook/backend/workspace"
)

// spoilFile changes a closed cache behind the program's back.
func spoilFile(t *testing.T, w *workspace.Workspace, path, statement string) {
	t.Helper()
	key, err := w.Keeper.Key(strings.TrimSuffix(filepath.Base(path), ".db"))
	if err != nil || key == nil {
		t.Fatal("no key", err)
	}
	db, err := sql.Open("sqlite3", fmt.Sprintf("file:%s?cipher=aegis&key=raw:%x", path, key))
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec(statement)
	if closed := db.Close(); err != nil || closed != nil {
		t.Fatal(err, closed)
	}
}

// addLines makes the hall know n more lines of December 2024.
func addLines(c *clerk, n int) error {
	changes := make([]hall.Change, n)
	for i := range changes {
		changes[i] = hall.Upsert(&record.BillLine{
			ID: int64(10_000 + i), VehicleID: int64(i%10 + 1), CardID: int64(i%10 + 1), Scene: record.SceneExpressway, Charged: 1000,
			PassedAt: time.Date(2024, 12, 1+i%14, 10, i, 0, 0, period.Zone()), PostedOn: fmt.Sprintf("2024-12-%02d", 2+i%14),
			EntryStation: "浙江径山站", ExitStation: "浙江灵峰站",
		})
	}
	_, err := c.hall.Store().Apply(c.t.Context(), 9, changes)
	return err
}
