package bills

import (
	"context"
	"time"
)

// Shown is one entry of 查看记录: what was shown in full on this computer; Label names it, a number masked again. At is "2006-01-02 15:04:05" in UTC+8.
type Shown struct {
	At    string `json:"at"`
	Event string `json:"event"`
	Label string `json:"label"`
}

// shownLimit is how many entries 查看记录 lists.
const shownLimit = 200

// Shown lists what was shown in full, newest first, 200 entries at most.
func (s *Service) Shown(ctx context.Context) ([]Shown, error) {
	entries, err := s.store.Audit(ctx, shownLimit)
	shown := make([]Shown, len(entries))
	for i, e := range entries {
		shown[i] = Shown{At: e.At.Format(time.DateTime), Event: e.Event, Label: e.Label}
	}
	return shown, err
}
