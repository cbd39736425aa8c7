package app

import (
	"context"
	"fmt"

	"github.com/wailsapp/wails/v2/pkg/runtime"

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

// tellAlerts passes the alerts on after a sync, and tells new ones on the desktop. A desktop without notifications is no fault: the
// window shows them all the same. It holds no plate: the screen of a locked computer may show it to anybody.
func (s *shell) tellAlerts(summary fleet.AlertSummary) {
	s.emit(alertsEvent, summary)
	if summary.Fresh == 0 || !s.mayNotify() {
		return
	}
	note := runtime.NotificationOptions{
		ID: "alerts", Title: "通行账本", Body: fmt.Sprintf("有 %d 条新提醒（待处理 %d 条，其中 %d 条影响通行）。", summary.Fresh, summary.Open, summary.Urgent),
	}
	if err := runtime.SendNotification(s.ctx, note); err != nil {
		s.log.Info("tell on the desktop", "error", err)
	}
}

// mayNotify tells whether the user wants notifications and the desktop has them; it looks for the desktop's service once.
func (s *shell) mayNotify() bool {
	desk, err := s.workspace.DeskAtOnce(s.ctx)
	if err != nil {
		return false
	}
	settings, err := desk.Fleet.AlertSettings(s.ctx)
	if err != nil || !settings.Notify {
		return false
	}
	s.notifications.Do(func() {
		if err := runtime.InitializeNotifications(s.ctx); err != nil {
			s.log.Info("no notifications on this desktop", "error", err)
			return
		}
		s.notifies = runtime.IsNotificationAvailable(s.ctx)
	})
	return s.notifies
}
