package hall

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"tollbook/backend/fault"
	"tollbook/backend/record"
)

// longestLine is the most bytes of a written change: a merged invoice lists a month of trips.
const longestLine = 4 << 20

// Changes are changes read from a file, with the lines, from one, on which they stand.
type Changes struct {
	List  []Change
	Lines []int
}

// changeLine is the written form of a change: {"kind":"card","record":{…}} or {"kind":"card","id":5,"deleted":true}.
type changeLine struct {
	Kind    record.Kind     `json:"kind"`
	ID      int64           `json:"id"`
	Deleted bool            `json:"deleted"`
	Record  json.RawMessage `json:"record"`
}

// ReadChanges reads changes, a line of JSON each; empty lines are passed over. A record is written as in the contract, whole: a field
// that is missing or unknown is refused, since it would be a slip of the pen that nobody sees. fault.BadInput names the first bad line.
func ReadChanges(r io.Reader) (Changes, error) {
	var changes Changes
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, longestLine)
	number := 1
	for ; lines.Scan(); number++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		change, err := readChange(lines.Bytes())
		if err != nil {
			return Changes{}, fault.Wrap(fault.BadInput, err, "line %d", number)
		}
		changes.List, changes.Lines = append(changes.List, change), append(changes.Lines, number)
	}
	if err := lines.Err(); err != nil {
		return Changes{}, fault.Wrap(fault.BadInput, err, "line %d", number)
	}
	return changes, nil
}

// Locate names the line of a change that Apply refused; other errors stay as they are.
func (c Changes) Locate(err error) error {
	var refused *ChangeError
	if !errors.As(err, &refused) {
		return err
	}
	return fmt.Errorf("line %d: %w", c.Lines[refused.Index], refused.Err)
}

func readChange(text []byte) (Change, error) {
	var line changeLine
	if err := strictly(text, &line); err != nil {
		return Change{}, err
	}
	if _, known := record.New(line.Kind); !known {
		return Change{}, fmt.Errorf("there is no kind %q; there are %v", line.Kind, record.Kinds())
	}
	if line.Deleted {
		if line.ID <= 0 || line.Record != nil {
			return Change{}, errors.New("a deletion has a positive id and no record")
		}
		return Delete(line.Kind, line.ID), nil
	}
	if line.ID != 0 || line.Record == nil {
		return Change{}, errors.New("a change has a record, with its id inside, or an id and \"deleted\": true")
	}
	return readUpsert(line.Kind, line.Record)
}

func readUpsert(kind record.Kind, body []byte) (Change, error) {
	r, _ := record.New(kind)
	if err := strictly(body, r); err != nil {
		return Change{}, fmt.Errorf("the %s: %w", kind, err)
	}
	if r.RecordID() <= 0 {
		return Change{}, fmt.Errorf("the %s has no positive id", kind)
	}
	missing, err := missingFields(r, body)
	if err != nil {
		return Change{}, fmt.Errorf("the %s: %w", kind, err)
	}
	if len(missing) > 0 {
		return Change{}, fmt.Errorf("the %s lacks %v", kind, missing)
	}
	return Upsert(r), nil
}

// strictly decodes one value of JSON and refuses unknown fields and anything after it.
func strictly(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the JSON")
	}
	return nil
}

// missingFields are those that the record always has on the wire and the given text does not.
func missingFields(r record.Record, given []byte) ([]string, error) {
	whole, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	var want, have map[string]json.RawMessage
	if err := errors.Join(json.Unmarshal(whole, &want), json.Unmarshal(given, &have)); err != nil {
		return nil, err
	}
	var missing []string
	for name := range want {
		if value, there := have[name]; !there || string(value) == "null" {
			missing = append(missing, name)
		}
	}
	slices.Sort(missing)
	return missing, nil
}
