package hall_test

import (
	"strings"
	"testing"

	"tollbook/backend/fault"
	"tollbook/backend/hall"
)

const (
	entryLine = `{"kind":"statusEntry","record":{"id":1,"cardId":5,"since":"2026-11-20T08:00:00+08:00","reason":"冻结"}}`
	endLine   = `{"kind":"statusEntry","id":1,"deleted":true}`
)

func TestWrittenChangesAreRead(t *testing.T) {
	changes, err := hall.ReadChanges(strings.NewReader(entryLine + "\r\n\n  \n" + endLine))
	must(t, err)
	if len(changes.List) != 2 || len(changes.Lines) != 2 || changes.Lines[0] != 1 || changes.Lines[1] != 4 {
		t.Errorf("read %+v", changes)
	}
}

func TestABadLineIsNamed(t *testing.T) {
	for bad, reason := range map[string]string{
		`{`:                                      "EOF",
		`[]`:                                     "cannot unmarshal",
		`{}`:                                     "there is no kind",
		endLine + endLine:                        "something follows",
		`{"kind":"lorry","id":1}`:                "there is no kind",
		`{"kind":"card","id":1}`:                 "a change has a record",
		`{"kind":"card","deleted":true}`:         "positive id",
		`{"kind":"card","id":-1,"deleted":true}`: "positive id",
		`{"kind":"card","id":1,"delete":true}`:   `unknown field "delete"`,
		strings.Replace(entryLine, `"record"`, `"id":1,"record"`, 1):         "a change has a record",
		strings.Replace(entryLine, `"record"`, `"deleted":true,"record"`, 1): "positive id and no record",
		strings.Replace(entryLine, `"id":1`, `"id":0`, 1):                    "no positive id",
		strings.Replace(entryLine, `"id":1`, `"id":1.5`, 1):                  "cannot unmarshal",
		strings.Replace(entryLine, `"reason"`, `"raeson"`, 1):                `unknown field "raeson"`,
		strings.Replace(entryLine, `"reason"`, `"Reason"`, 1):                "lacks [reason]",
		strings.Replace(entryLine, `"冻结"`, `null`, 1):                        "lacks [reason]",
		strings.Replace(entryLine, `+08:00`, ``, 1):                          "cannot parse",
		strings.Replace(entryLine, `,"reason":"冻结"`, ``, 1):                  "lacks [reason]",
		`{"kind":"card","record":` + strings.Repeat(" ", 5<<20) + `}`:        "too long",
	} {
		_, err := hall.ReadChanges(strings.NewReader(entryLine + "\n\n" + bad + "\n" + endLine))
		if fault.CodeOf(err) != fault.BadInput || !strings.Contains(err.Error(), "line 3: ") || !strings.Contains(err.Error(), reason) {
			t.Errorf("%.120s gives %v, want line 3 and %q", bad, err, reason)
		}
	}
}
