package fleet

import (
	"context"
	"encoding/json"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/money"
	"tollbook/backend/store"
)

const alertSetting = "alerts"

// usualLowBalance is the limit until the user sets another: 100 yuan, less than a long trip of a lorry.
const usualLowBalance money.Fen = 100_00

// highestLimit bounds the limit to what a card can hold.
const highestLimit money.Fen = 1_000_000_00

// dueSoonDays is how far ahead documents count as due soon.
const dueSoonDays = 30

// AlertSettings tell what is worth an alert.
func (s *Service) AlertSettings(ctx context.Context) (AlertSettings, error) {
	settings := AlertSettings{LowBalanceFen: usualLowBalance, Notify: true}
	kept, err := s.store.Setting(ctx, alertSetting)
	if err != nil || kept == "" {
		return settings, err
	}
	if err := json.Unmarshal([]byte(kept), &settings); err != nil {
		return settings, fault.Wrap(fault.CacheDamaged, err, "read what is worth an alert")
	}
	return settings, nil
}

// SetAlertSettings changes what is worth an alert, from the next sync on.
func (s *Service) SetAlertSettings(ctx context.Context, settings AlertSettings) error {
	if settings.LowBalanceFen < 0 || settings.LowBalanceFen > highestLimit {
		return fault.New(fault.BadInput, "a low balance lies between 0 and %s yuan", highestLimit)
	}
	text, err := json.Marshal(settings)
	if err != nil {
		return fault.Wrap(fault.Internal, err, "keep what is worth an alert")
	}
	return s.store.SetSetting(ctx, alertSetting, string(text))
}

// FindAlerts looks for what the sync that just ended brought, and counts the alerts. since is when the sync before it ended; zero for
// the first, which brings the present and no past.
func (s *Service) FindAlerts(ctx context.Context, since time.Time) (AlertSummary, error) {
	settings, err := s.AlertSettings(ctx)
	if err != nil {
		return AlertSummary{}, err
	}
	now := s.now()
	if since.IsZero() {
		since = now
	}
	if _, err := s.store.FindAlerts(ctx, settings.LowBalanceFen, since, now); err != nil {
		return AlertSummary{}, err
	}
	s.mu.Lock()
	s.looked = now
	s.mu.Unlock()
	return s.AlertSummary(ctx)
}

// AlertSummary counts the open alerts.
func (s *Service) AlertSummary(ctx context.Context) (AlertSummary, error) {
	s.mu.Lock()
	looked := s.looked
	s.mu.Unlock()
	if looked.IsZero() {
		looked = s.now().Add(time.Hour) // no sync in this session: nothing is new
	}
	n, err := s.store.CountAlerts(ctx, looked, store.DayOf(s.now())+dueSoonDays+1)
	return AlertSummary{Open: n.Open, Urgent: n.Urgent, Fresh: n.Fresh, DueSoon: n.Due}, err
}

// Acknowledge marks alerts as 已知悉; without ids it marks all open ones.
func (s *Service) Acknowledge(ctx context.Context, ids []int64) (AlertSummary, error) {
	if len(ids) == 0 {
		ids = nil
	}
	if err := s.store.Acknowledge(ctx, ids, s.now()); err != nil {
		return AlertSummary{}, err
	}
	return s.AlertSummary(ctx)
}
