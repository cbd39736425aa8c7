package bills

import (
	"context"
	"time"

	"tollbook/backend/mask"
)

// Shown is one entry of 查看记录: what was shown in full on this computer, masked again. At is "2006-01-02 15:04:05" in UTC+8.
type Shown struct {
	At    string `json:"at"`
	Event string `json:"event"`
	Card  string `json:"card"`
}

// shownLimit is how many entries 查看记录 lists.
const shownLimit = 200

// RevealCard gives a card's full number, and notes that it was asked for (SPEC 0: an explicit, logged 显示).
func (s *Service) RevealCard(ctx context.Context, cardID int64) (string, error) {
	return s.store.RevealCard(ctx, cardID, s.now())
}

// Shown lists what was shown in full, newest first, 200 entries at most.
func (s *Service) Shown(ctx context.Context) ([]Shown, error) {
	entries, err := s.store.Audit(ctx, shownLimit)
	shown := make([]Shown, len(entries))
	for i, e := range entries {
		shown[i] = Shown{At: e.At.Format(time.DateTime), Event: e.Event, Card: mask.Card(e.CardNumber)}
	}
	return shown, err
}
