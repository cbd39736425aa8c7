package app

import (
	"context"

	"tollbook/backend/fleet"
	"tollbook/backend/workspace"
)

// Alerts is the page's way to what a sync found and somebody should know.
type Alerts struct{ shell *shell }

// List is a window of the alerts, newest first; limit is at most 500.
func (a *Alerts) List(query fleet.Query, offset, limit int64) (fleet.AlertPage, error) {
	return withDesk(a.shell, "Alerts.List", func(ctx context.Context, desk *workspace.Desk) (fleet.AlertPage, error) {
		return desk.Fleet.Alerts(ctx, query, offset, limit)
	})
}

// Summary counts the open alerts; the event "alerts" carries the same.
func (a *Alerts) Summary() (fleet.AlertSummary, error) {
	return withDesk(a.shell, "Alerts.Summary", func(ctx context.Context, desk *workspace.Desk) (fleet.AlertSummary, error) {
		return desk.Fleet.AlertSummary(ctx)
	})
}

// Acknowledge marks alerts as 已知悉; without ids it marks all open ones.
func (a *Alerts) Acknowledge(ids []int64) (fleet.AlertSummary, error) {
	return withDesk(a.shell, "Alerts.Acknowledge", func(ctx context.Context, desk *workspace.Desk) (fleet.AlertSummary, error) {
		return desk.Fleet.Acknowledge(ctx, ids)
	})
}

// Settings tells what is worth an alert.
func (a *Alerts) Settings() (fleet.AlertSettings, error) {
	return withDesk(a.shell, "Alerts.Settings", func(ctx context.Context, desk *workspace.Desk) (fleet.AlertSettings, error) {
		return desk.Fleet.AlertSettings(ctx)
	})
}

// SetSettings changes it, from the next sync on.
func (a *Alerts) SetSettings(settings fleet.AlertSettings) error {
	_, err := withDesk(a.shell, "Alerts.SetSettings", func(ctx context.Context, desk *workspace.Desk) (struct{}, error) {
		return struct{}{}, desk.Fleet.SetAlertSettings(ctx, settings)
	})
	return err
}
