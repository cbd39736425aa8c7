package monthly

import (
	"context"
	"encoding/json"

	"tollbook/backend/fault"
)

// templateKind is under which templates are kept.
const templateKind = "statement"

// Template is a layout that is kept by name on this computer.
type Template struct {
	Name   string `json:"name"`
	Layout Layout `json:"layout"`
}

// Templates lists the templates by name.
func (s *Service) Templates(ctx context.Context) ([]Template, error) {
	kept, err := s.store.Saved(ctx, templateKind)
	if err != nil {
		return nil, err
	}
	templates := make([]Template, len(kept))
	for i, one := range kept {
		templates[i].Name = one.Name
		if err := json.Unmarshal([]byte(one.Body), &templates[i].Layout); err != nil {
			return nil, fault.Wrap(fault.CacheDamaged, err, "read a template")
		}
	}
	return templates, nil
}

// SaveTemplate keeps a layout under a name, in the place of what had the name, and tells the template as it was kept; fault.BadInput for
// a name that is empty or too long, or a layout that is none.
func (s *Service) SaveTemplate(ctx context.Context, name string, layout Layout) (Template, error) {
	checked, err := layout.check()
	if err != nil {
		return Template{}, err
	}
	body, err := json.Marshal(checked)
	if err != nil {
		return Template{}, fault.Wrap(fault.Internal, err, "write a template")
	}
	name, err = s.store.PutSaved(ctx, templateKind, name, string(body), s.now())
	return Template{Name: name, Layout: checked}, err
}

// RenameTemplate gives a template another name; fault.BadInput when the name is taken.
func (s *Service) RenameTemplate(ctx context.Context, from, to string) (string, error) {
	return s.store.RenameSaved(ctx, templateKind, from, to, s.now())
}

// DeleteTemplate forgets a template.
func (s *Service) DeleteTemplate(ctx context.Context, name string) error {
	return s.store.DeleteSaved(ctx, templateKind, name)
}
