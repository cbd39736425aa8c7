package app

import (
	"context"

	"tollbook/backend/job"
	"tollbook/backend/monthly"
	"tollbook/backend/workspace"
)

// Statements is the page's way to 月结单 and its templates.
type Statements struct{ shell *shell }

// Parts tells which parts and columns a statement may have.
func (s *Statements) Parts() ([]monthly.PartInfo, error) {
	return guard(s.shell, "Statements.Parts", func(context.Context) ([]monthly.PartInfo, error) { return monthly.Parts(), nil })
}

// Preview is what the cover of a statement would say now, with the first rows of its summary.
func (s *Statements) Preview(order monthly.Order) (monthly.Preview, error) {
	return withDesk(s.shell, "Statements.Preview", func(ctx context.Context, desk *workspace.Desk) (monthly.Preview, error) {
		return desk.Monthly.Preview(ctx, order)
	})
}

// Start makes a statement as a job, which is listed among the exports.
func (s *Statements) Start(order monthly.Order) (job.Job, error) {
	return withDesk(s.shell, "Statements.Start", func(ctx context.Context, desk *workspace.Desk) (job.Job, error) {
		return desk.StartStatement(ctx, order)
	})
}

// Templates lists the templates by name.
func (s *Statements) Templates() ([]monthly.Template, error) {
	return withDesk(s.shell, "Statements.Templates", func(ctx context.Context, desk *workspace.Desk) ([]monthly.Template, error) {
		return desk.Monthly.Templates(ctx)
	})
}

// SaveTemplate keeps a layout under a name, in the place of what had the name.
func (s *Statements) SaveTemplate(name string, layout monthly.Layout) (monthly.Template, error) {
	return withDesk(s.shell, "Statements.SaveTemplate", func(ctx context.Context, desk *workspace.Desk) (monthly.Template, error) {
		return desk.Monthly.SaveTemplate(ctx, name, layout)
	})
}

// RenameTemplate gives a template a name that no other has, and tells it as it was kept.
func (s *Statements) RenameTemplate(from, to string) (string, error) {
	return withDesk(s.shell, "Statements.RenameTemplate", func(ctx context.Context, desk *workspace.Desk) (string, error) {
		return desk.Monthly.RenameTemplate(ctx, from, to)
	})
}

// DeleteTemplate forgets a template.
func (s *Statements) DeleteTemplate(name string) error {
	_, err := withDesk(s.shell, "Statements.DeleteTemplate", func(ctx context.Context, desk *workspace.Desk) (struct{}, error) {
		return struct{}{}, desk.Monthly.DeleteTemplate(ctx, name)
	})
	return err
}
