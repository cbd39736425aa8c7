package app

import (
	"context"
	"io"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/invoices"
	"tollbook/backend/job"
	"tollbook/backend/printout"
	"tollbook/backend/workspace"
)

// Printing is the page's way to printing invoices.
type Printing struct{ shell *shell }

// Printer is a printer of the system.
type Printer struct {
	Name      string `json:"name"`
	IsDefault bool   `json:"isDefault"`
}

// Printers lists the printers, the default one first; no_print_program where nothing on this system prints.
func (p *Printing) Printers() ([]Printer, error) {
	return withDesk(p.shell, "Printing.Printers", func(ctx context.Context, desk *workspace.Desk) ([]Printer, error) {
		queues, err := desk.Printouts.Printers(ctx)
		printers := make([]Printer, len(queues))
		for i, queue := range queues {
			printers[i] = Printer{Name: queue.Name, IsDefault: queue.Default}
		}
		return printers, err
	})
}

// Survey tells what would be printed of a choice, what of it was printed before, and whose originals are not on this computer.
func (p *Printing) Survey(choice invoices.Choice) (printout.Survey, error) {
	return deskPatiently(p.shell, "Printing.Survey", func(ctx context.Context, desk *workspace.Desk) (printout.Survey, error) {
		return desk.Printouts.Survey(ctx, choice)
	})
}

// PrintProgress is what the event "print" carries while a pack is made.
type PrintProgress struct {
	Done  int `json:"done"`
	Total int `json:"total"`
}

// Stage makes the pack of an order, in the place of the one before: what the preview shows, a printer gets or a file becomes. The event
// "print" tells how far it is, and CancelStage ends it.
func (p *Printing) Stage(order printout.Order) (printout.Pack, error) {
	return deskPatiently(p.shell, "Printing.Stage", func(ctx context.Context, desk *workspace.Desk) (printout.Pack, error) {
		ctx, end := p.shell.staging.begin(ctx)
		defer end()
		var told time.Time
		return desk.StagePrint(ctx, order, func(done, total int) {
			if now := time.Now(); now.Sub(told) >= tellEvery {
				told = now
				p.shell.emit(printEvent, PrintProgress{Done: done, Total: total})
			}
		})
	})
}

// CancelStage ends the making of a pack; without one it does nothing.
func (p *Printing) CancelStage() error {
	_, err := guard(p.shell, "Printing.CancelStage", func(context.Context) (struct{}, error) {
		p.shell.staging.cancel()
		return struct{}{}, nil
	})
	return err
}

// Discard removes the pack that waits, which nobody wants any more.
func (p *Printing) Discard() error {
	_, err := withDesk(p.shell, "Printing.Discard", func(_ context.Context, desk *workspace.Desk) (struct{}, error) {
		return struct{}{}, desk.Printouts.Discard()
	})
	return err
}

// Print gives the pack of an id to a printer, and follows it through the queue in the background: the event "job" tells how it goes on.
func (p *Printing) Print(id int64, paper printout.Paper) (job.Job, error) {
	return withDesk(p.shell, "Printing.Print", func(ctx context.Context, desk *workspace.Desk) (job.Job, error) {
		return desk.StartPrint(ctx, id, paper)
	})
}

// Save saves the pack of an id among the exports; its invoices count as printed.
func (p *Printing) Save(id int64) (job.Job, error) {
	return withDesk(p.shell, "Printing.Save", func(ctx context.Context, desk *workspace.Desk) (job.Job, error) {
		return desk.SavePrint(ctx, id)
	})
}

// SaveEach saves a pack for each vehicle of an order in one zip file among the exports; their invoices count as printed.
func (p *Printing) SaveEach(order printout.Order) (job.Job, error) {
	return deskPatiently(p.shell, "Printing.SaveEach", func(ctx context.Context, desk *workspace.Desk) (job.Job, error) {
		return desk.SavePrintEach(ctx, order)
	})
}

// discardPack removes the pack that waits, which lies in the clear, when the program is locked.
func (s *shell) discardPack(ctx context.Context) error {
	s.staging.cancel()
	desk, err := s.workspace.DeskAtOnce(ctx)
	if code := fault.CodeOf(err); code == fault.SignInNeeded || code == fault.CacheUpgrading {
		return nil
	}
	if err != nil {
		return err
	}
	return desk.Printouts.Discard()
}

// pack opens the bytes of the pack that waits, for the page's preview.
func (s *shell) pack(id int64) (io.ReadSeekCloser, error) {
	return withDesk(s, "pack", func(_ context.Context, desk *workspace.Desk) (io.ReadSeekCloser, error) {
		return desk.Printouts.Preview(id)
	})
}
