package statement

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"tollbook/backend/fault"
)

// fullDisk opens a part on the device that answers every write with "no space left".
func fullDisk(folder string) (*os.File, error) {
	name := filepath.Join(folder, ".tollbook-1-full.part")
	if err := os.Symlink("/dev/full", name); err != nil {
		return nil, err
	}
	return os.OpenFile(name, os.O_WRONLY, 0)
}

func TestAFullDiskIsNamedAndNothingIsLeft(t *testing.T) {
	for _, format := range allFormats() {
		folder := t.TempDir()
		set := standard()
		set.createPart = fullDisk
		files, err := write(context.Background(), filepath.Join(folder, "a."+string(format)), format, longTable(t, 5000), nil, set)
		if fault.CodeOf(err) != fault.DiskFull || files != nil {
			t.Errorf("%s on a full disk: %v, %v", format, files, err)
		}
		if left := entriesOf(t, folder); len(left) > 0 {
			t.Errorf("%s on a full disk left %v", format, left)
		}
	}
}

// Nobody, root included, may create a file in /sys.
func TestAFolderThatMayNotBeWrittenIsNamed(t *testing.T) {
	for _, format := range allFormats() {
		if _, err := Write(context.Background(), "/sys/a."+string(format), format, lineTable(t), nil); fault.CodeOf(err) != fault.ReadOnly {
			t.Errorf("%s into /sys: %v", format, err)
		}
	}
}

// A program killed in the midst leaves only what the next sweep removes.
func TestAKilledExportLeavesNoHalfDocument(t *testing.T) {
	if folder := os.Getenv("TOLLBOOK_EXPORT_INTO"); folder != "" {
		exportUntilKilled(t, folder)
	}
	for _, format := range allFormats() {
		folder := t.TempDir()
		killDuringExport(t, folder, format)
		left := entriesOf(t, folder)
		if len(left) == 0 {
			t.Errorf("%s: the process was killed before it began", format)
		}
		if err := SweepPartial(folder); err != nil {
			t.Error(err)
		}
		if left := entriesOf(t, folder); len(left) > 0 {
			t.Errorf("%s: after the sweep there is %v", format, left)
		}
	}
}

// exportUntilKilled writes half a document, says so on its output and waits for its end.
func exportUntilKilled(t *testing.T, folder string) {
	format := Format(os.Getenv("TOLLBOOK_EXPORT_FORMAT"))
	table := longTable(t, 100_000)
	rows := table.Rows
	table.Rows = func(yield func([]Cell, error) bool) {
		count := 0
		for row, err := range rows {
			if count++; count == 50_000 {
				fmt.Println("half")
				select {}
			}
			if !yield(row, err) {
				return
			}
		}
	}
	_, err := Write(context.Background(), filepath.Join(folder, "a."+string(format)), format, table, nil)
	t.Fatal("the export ended: ", err)
}

func killDuringExport(t *testing.T, folder string, format Format) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestAKilledExportLeavesNoHalfDocument$")
	child.Env = append(os.Environ(), "TOLLBOOK_EXPORT_INTO="+folder, "TOLLBOOK_EXPORT_FORMAT="+string(format))
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "half\n" {
		t.Errorf("the export said %q, %v", line, err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := child.Wait(); err == nil {
		t.Error("the killed export ended well")
	}
}
