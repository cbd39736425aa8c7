package app

import (
	"context"
	"strings"

	"tollbook/backend/fault"
	"tollbook/backend/workspace"
)

// Settings keeps small values for the page. Names that begin with "app." belong to the program on this computer, all others to the
// signed-in account.
type Settings struct{ shell *shell }

const (
	appSetting   = "app."
	settingLimit = 64 << 10
)

// Load gives a value that the page kept under a name, as JSON; empty when there is none.
func (s *Settings) Load(key string) (string, error) {
	if strings.HasPrefix(key, appSetting) {
		return guard(s.shell, "Settings.Load", func(context.Context) (string, error) { return s.shell.prefs.page(key), nil })
	}
	return withDesk(s.shell, "Settings.Load", func(ctx context.Context, desk *workspace.Desk) (string, error) {
		return desk.Store.Setting(ctx, "page."+key)
	})
}

// Save keeps a JSON value of at most 64 KiB under a name.
func (s *Settings) Save(key, value string) error {
	if key == "" || len(key) > 100 || len(value) > settingLimit {
		return fault.New(fault.BadInput, "a setting has a name of up to 100 bytes and a value of up to %d", settingLimit)
	}
	if strings.HasPrefix(key, appSetting) {
		_, err := guard(s.shell, "Settings.Save", func(context.Context) (struct{}, error) {
			return struct{}{}, s.shell.prefs.change(func(kept *keptPreferences) { kept.Page[key] = value })
		})
		return err
	}
	_, err := withDesk(s.shell, "Settings.Save", func(ctx context.Context, desk *workspace.Desk) (struct{}, error) {
		return struct{}{}, desk.Store.SetSetting(ctx, "page."+key, value)
	})
	return err
}
