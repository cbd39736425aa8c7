package app

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"sync"

	"github.com/wailsapp/wails/v2/pkg/runtime"

	"context"

	"tollbook/backend/fault"
)

// preferences belong to the program on this computer, not to an account: the hall, the window, the theme.
type preferences struct {
	path string
	mu   sync.Mutex
	kept keptPreferences
}

type keptPreferences struct {
	HallURL string       `json:"hallUrl"` // empty: the demo hall
	Window  *windowPlace `json:"window,omitempty"`
	// IdleMinutes is when the program locks by itself; nil: as at first.
	IdleMinutes *int              `json:"idleMinutes,omitempty"`
	Page        map[string]string `json:"page"` // what the page keeps under names that begin with app.
}

type windowPlace struct {
	X         int  `json:"x"`
	Y         int  `json:"y"`
	Width     int  `json:"width"`
	Height    int  `json:"height"`
	Maximised bool `json:"maximised"`
}

// openPreferences reads the file. A damaged one is not worth refusing to start over: it begins anew.
func openPreferences(path string) (*preferences, error) {
	p := &preferences{path: path}
	raw, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fault.Wrap(fault.ReadOnly, err, "read the preferences")
	}
	if err == nil && json.Unmarshal(raw, &p.kept) != nil {
		p.kept = keptPreferences{}
	}
	if p.kept.Page == nil {
		p.kept.Page = map[string]string{}
	}
	return p, nil
}

func (p *preferences) hallURL() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.kept.HallURL
}

func (p *preferences) page(key string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.kept.Page[key]
}

// change alters the preferences and writes them.
func (p *preferences) change(alter func(*keptPreferences)) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	alter(&p.kept)
	raw, err := json.MarshalIndent(p.kept, "", "  ")
	if err != nil {
		return fault.Wrap(fault.Internal, err, "write the preferences")
	}
	fresh := p.path + ".new"
	if err := os.WriteFile(fresh, raw, 0o600); err != nil {
		return fault.Wrap(fault.ReadOnly, err, "write the preferences")
	}
	if err := os.Rename(fresh, p.path); err != nil {
		return fault.Wrap(fault.ReadOnly, err, "write the preferences")
	}
	return nil
}

// restoreWindow puts the window where it was, if that still is on a screen.
func (s *shell) restoreWindow() {
	s.prefs.mu.Lock()
	place := s.prefs.kept.Window
	s.prefs.mu.Unlock()
	if place == nil {
		return
	}
	runtime.WindowSetSize(s.ctx, max(place.Width, minWidth), max(place.Height, minHeight))
	if s.onScreen(place) {
		runtime.WindowSetPosition(s.ctx, place.X, place.Y)
	}
	if place.Maximised {
		runtime.WindowMaximise(s.ctx)
	}
}

// onScreen: Wails tells sizes of screens, not their places; a corner within the width and height of all of them together is reachable.
func (s *shell) onScreen(place *windowPlace) bool {
	screens, err := runtime.ScreenGetAll(s.ctx)
	if err != nil {
		return false
	}
	width, height := 0, 0
	for _, screen := range screens {
		width += screen.Size.Width
		height = max(height, screen.Size.Height)
	}
	const grip = 100
	return place.X >= 0 && place.Y >= 0 && place.X+grip < width && place.Y+grip < height
}

// beforeClose keeps the window's place. It never prevents the closing.
func (s *shell) beforeClose(ctx context.Context) bool {
	if s.prefs == nil {
		return false
	}
	place := &windowPlace{Maximised: runtime.WindowIsMaximised(ctx)}
	place.X, place.Y = runtime.WindowGetPosition(ctx)
	place.Width, place.Height = runtime.WindowGetSize(ctx)
	if err := s.prefs.change(func(kept *keptPreferences) { kept.Window = place }); err != nil {
		s.log.Error("keep the window's place", "error", err)
	}
	return false
}
