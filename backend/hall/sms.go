package hall

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"sync"
)

// SMS is one message to a phone.
type SMS struct {
	Phone   string `json:"phone"`
	Purpose string `json:"purpose"`
	Code    string `json:"code"`
}

// SMSSender hands messages to whoever delivers them. Send must return at once and leave delivery to later: only phones that are
// reserved get a message, and a slow Send would tell which ones those are.
type SMSSender interface {
	Send(ctx context.Context, message SMS) error
}

// outboxSize is how many messages an Outbox remembers.
const outboxSize = 100

// Outbox stands in for a carrier: it keeps messages where the demo shows them and tests read them.
type Outbox struct {
	path string

	mutex    sync.Mutex
	messages []SMS // oldest first
}

// NewOutbox makes an outbox. With a path, each message is also appended to that file as one line of JSON, readable to the owner only.
func NewOutbox(path string) *Outbox { return &Outbox{path: path} }

// Send keeps the message; it fails when the file cannot be written.
func (o *Outbox) Send(_ context.Context, message SMS) error {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	o.messages = append(o.messages, message)
	if len(o.messages) > outboxSize {
		o.messages = slices.Clone(o.messages[len(o.messages)-outboxSize:])
	}
	if o.path == "" {
		return nil
	}
	return appendLine(o.path, message)
}

// Messages gives the last 100 messages, newest first.
func (o *Outbox) Messages() []SMS {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	newestFirst := slices.Clone(o.messages)
	slices.Reverse(newestFirst)
	return newestFirst
}

// LastCode gives the newest code sent to a phone; empty when there is none.
func (o *Outbox) LastCode(phone string) string {
	for _, message := range o.Messages() {
		if message.Phone == phone {
			return message.Code
		}
	}
	return ""
}

func appendLine(path string, entry any) (err error) {
	line, err := json.Marshal(entry)
	if err != nil {
		return fmt.Errorf("encode an entry: %w", err)
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("open the outbox: %w", err)
	}
	defer func() {
		if closeErr := file.Close(); err == nil && closeErr != nil {
			err = fmt.Errorf("close the outbox: %w", closeErr)
		}
	}()
	if _, err := file.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("write the outbox: %w", err)
	}
	return nil
}
