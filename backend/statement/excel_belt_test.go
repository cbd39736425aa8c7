package statement

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
)

func TestTheBeltKeepsTheOrder(t *testing.T) {
	var out, want bytes.Buffer
	b := newBelt(&out)
	var xml []byte
	for i := range 1000 {
		xml = fmt.Appendf(xml, "row %d;", i)
		want.Write(xml)
		var err error
		if xml, err = b.pass(xml); err != nil || len(xml) != 0 {
			t.Fatalf("after piece %d: %d bytes, %v", i, len(xml), err)
		}
	}
	if err := errors.Join(b.end(), b.end()); err != nil || !bytes.Equal(out.Bytes(), want.Bytes()) {
		t.Errorf("%d bytes came, want %d; %v", out.Len(), want.Len(), err)
	}
}

func TestTheBeltTellsWhatBroke(t *testing.T) {
	b := newBelt(&brokenDisk{left: 25})
	var failed error
	passed := 0
	for xml := []byte(nil); failed == nil && passed < 10; passed++ {
		xml, failed = b.pass(append(xml, "ten bytes."...))
	}
	if !errors.Is(failed, errBroken) || passed > 4 {
		t.Errorf("told after %d pieces: %v", passed, failed)
	}
	if err := b.end(); !errors.Is(err, errBroken) {
		t.Errorf("told at the end: %v", err)
	}
	if err := newBelt(&brokenDisk{left: 25}).end(); err != nil {
		t.Errorf("an empty belt ends with %v", err)
	}
}
