package statement

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tollbook/backend/fault"
)

// The cover of a print pack is the document that people know, byte for byte, and never comes in volumes.
func TestAPDFThatIsTakenInIsTheSame(t *testing.T) {
	for name, table := range map[string]Table{"a few lines": lineTable(t), "some pages": longTable(t, 200)} {
		want, err := os.ReadFile(mustWrite(t, PDF, table, standard())[0])
		if err != nil {
			t.Fatal(err)
		}
		var got bytes.Buffer
		if err := WritePDF(context.Background(), &got, table); err != nil || !bytes.Equal(got.Bytes(), want) {
			t.Errorf("%s: %d bytes, %d in the file; %v", name, got.Len(), len(want), err)
		}
	}
	broken := lineTable(t)
	broken.Total++
	if err := WritePDF(context.Background(), io.Discard, broken); !errors.Is(err, ErrContent) {
		t.Errorf("a table that contradicts itself: %v", err)
	}
}

func TestAFileAppearsCompleteOrNotAtAll(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pack.pdf")
	write := func(text string, then error) error {
		return WriteFile(context.Background(), path, func(out io.Writer) error {
			_, err := io.WriteString(out, text)
			return errors.Join(err, then)
		})
	}
	if err := write("first", nil); err != nil {
		t.Fatal(err)
	}
	failed := errors.New("a document cannot be read")
	if err := write("half", failed); !errors.Is(err, failed) {
		t.Errorf("an error of the content: %v", err)
	}
	cancelled, stop := context.WithCancel(context.Background())
	stop()
	if err := WriteFile(cancelled, path, func(io.Writer) error { return cancelled.Err() }); fault.CodeOf(err) != fault.Cancelled {
		t.Errorf("cancelled: %v", err)
	}
	content, err := os.ReadFile(path)
	if left := entriesOf(t, filepath.Dir(path)); err != nil || string(content) != "first" || len(left) != 1 {
		t.Errorf("the file holds %q, %v; in the folder are %v", content, err, left)
	}
}

func TestASpecimenHasTheFont(t *testing.T) {
	specimen, err := Specimen("打印 123 𠮷")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "specimen.pdf")
	if err := os.WriteFile(path, specimen, 0o600); err != nil {
		t.Fatal(err)
	}
	if text := run(t, "pdftotext", path, "-"); strings.TrimSpace(text) != "打印 123 □" {
		t.Errorf("it reads %q", text)
	}
	if fonts := run(t, "pdffonts", path); !strings.Contains(fonts, "Identity-H") {
		t.Errorf("its font is not coded in two bytes a character:\n%s", fonts)
	}
}
