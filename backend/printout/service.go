package printout

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"tollbook/backend/documents"
	"tollbook/backend/fault"
	"tollbook/backend/invoices"
	"tollbook/backend/money"
	"tollbook/backend/printing"
	"tollbook/backend/statement"
	"tollbook/backend/store"
)

// Service prints the invoices of one cache. Its methods are safe for concurrent use.
type Service struct {
	store     *store.Store
	invoices  *invoices.Service
	documents *documents.Service
	printer   printing.Printer
	now       func() time.Time

	mu     sync.Mutex
	last   int64
	staged *staged // nil: none
}

// staged is a pack that waits.
type staged struct {
	Pack
	path   string
	order  Order
	result printing.Result
}

// New makes the service of a cache, its originals, and the printers of a system.
func New(s *store.Store, i *invoices.Service, d *documents.Service, printer printing.Printer, now func() time.Time) *Service {
	return &Service{store: s, invoices: i, documents: d, printer: printer, now: now}
}

// Printers lists the printers of the system, the default one first. Errors are those of printing.Printer.
func (s *Service) Printers(ctx context.Context) ([]printing.Queue, error) {
	return s.printer.Queues(ctx)
}

// Survey tells what would be printed of a choice.
func (s *Service) Survey(ctx context.Context, choice invoices.Choice) (Survey, error) {
	chosen, err := s.chosen(ctx, choice)
	if err != nil {
		return Survey{}, err
	}
	var survey Survey
	var first, last time.Time
	vehicles := map[int64]bool{}
	for _, i := range chosen {
		survey.Invoices++
		survey.AmountFen += i.Total
		vehicles[i.VehicleID] = true
		if !isHere(i) {
			survey.Missing++
		}
		if i.Printed.First == nil {
			survey.UnprintedFen += i.Total
			if !isHere(i) {
				survey.MissingOfNew++
			}
			continue
		}
		survey.Printed++
		if i.Printed.Failed {
			survey.Failed++
		}
		if first.IsZero() || i.Printed.First.Before(first) {
			first = *i.Printed.First
		}
		if i.Printed.Last.After(last) {
			last = *i.Printed.Last
		}
	}
	survey.Vehicles, survey.FirstPrinted, survey.LastPrinted = int64(len(vehicles)), civil(first), civil(last)
	return survey, nil
}

func civil(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.Format(time.DateTime)
}

func isHere(i store.PrintableInvoice) bool { return i.PDF != nil && i.PDF.State == store.DocumentKept }

func (s *Service) chosen(ctx context.Context, choice invoices.Choice) ([]store.PrintableInvoice, error) {
	ids, err := s.invoices.Chosen(ctx, choice)
	if err != nil {
		return nil, err
	}
	return s.store.PrintableInvoices(ctx, ids)
}

// toPrint are the invoices of an order, and how many are skipped because they were printed before.
func (s *Service) toPrint(ctx context.Context, order Order) (wanted []store.PrintableInvoice, skipped int64, err error) {
	all, err := s.chosen(ctx, order.Choice)
	if err != nil {
		return nil, 0, err
	}
	wanted = slices.DeleteFunc(slices.Clone(all), func(i store.PrintableInvoice) bool { return i.Printed.First != nil })
	before := int64(len(all) - len(wanted))
	switch {
	case order.Before == Again:
		return all, 0, orNothing(all)
	case before > 0 && order.Before != Skip:
		return nil, 0, fault.New(fault.AlreadyPrinted, "%d of %d invoices were printed before", before, len(all))
	}
	return wanted, before, orNothing(wanted)
}

func orNothing(wanted []store.PrintableInvoice) error {
	if len(wanted) == 0 {
		return fault.New(fault.NotFound, "there is no invoice to print")
	}
	return nil
}

// Stage makes the pack of an order in a folder, in the place of the one that waited. Invoices whose original is not on this computer, or
// cannot be packed, are left out and named. progress, which may be nil, hears how many are done. Errors: fault.AlreadyPrinted, NotFound
// (nothing to print), Cancelled, DiskFull, ReadOnly.
func (s *Service) Stage(ctx context.Context, order Order, folder string, sample bool, progress func(done, total int)) (Pack, error) {
	if err := s.Discard(); err != nil {
		return Pack{}, err
	}
	s.mu.Lock()
	s.last++
	made := staged{Pack: Pack{ID: s.last, LeftOut: []LeftOut{}}, order: order}
	s.mu.Unlock()
	made.path = statement.UnfinishedPath(folder, fmt.Sprintf("print%d", made.ID))
	d, err := s.draft(ctx, order, sample)
	if err != nil {
		return Pack{}, err
	}
	err = statement.WriteFile(ctx, made.path, func(out io.Writer) error {
		var err error
		made.result, err = printing.Pack(ctx, d.documents(d.wanted), d.options(), out, progress)
		return err
	})
	made.tell(d.skipped)
	made.Summary = d.words()
	hasEnded := err == nil || fault.CodeOf(err) == fault.NotFound // and was not cut off before an invoice came
	if hasEnded && made.Invoices == 0 && made.LeftOutAll > 0 {
		made.ID = 0
		return made.Pack, remove(made.path) // there are lists of trips in it at most
	}
	if err != nil {
		return Pack{}, err
	}
	if made.Bytes, err = sizeOf(made.path); err != nil {
		return Pack{}, err
	}
	return made.Pack, s.keep(&made)
}

// keep has a pack wait, unless another was made meanwhile: that one is newer.
func (s *Service) keep(made *staged) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if made.ID != s.last {
		return errors.Join(fault.New(fault.Cancelled, "another pack was asked for"), remove(made.path))
	}
	s.staged = made
	return nil
}

func sizeOf(path string) (int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, fault.Wrap(fault.NotFound, err, "look at the pack")
	}
	return info.Size(), nil
}

// tell fills in what a page shows of a pack.
func (m *staged) tell(skipped int64) {
	m.Pages, m.CoverPages, m.AmountFen, m.Skipped = m.result.Pages, m.result.CoverPages, m.result.Amount, skipped
	for _, p := range m.result.Packed {
		if p.Kind != printing.Invoice {
			continue
		}
		m.Invoices++
		if p.Signed {
			m.Signed++
		}
	}
	m.LeftOut, m.LeftOutAll, m.LeftOutFen = leftOut(m.result)
}

func leftOut(result printing.Result) (named []LeftOut, all int64, amount money.Fen) {
	named = []LeftOut{}
	for _, r := range result.Refused {
		amount += r.Amount
		if len(named) == mostLeftOut {
			continue
		}
		id, _ := strconv.ParseInt(r.ID, 10, 64) // a list of trips has none
		named = append(named, LeftOut{ID: id, Number: r.Number, Plate: r.Plate.String(), AmountFen: r.Amount, Reason: string(r.Reason), Words: r.Reason.Words()})
	}
	return named, int64(len(result.Refused)), amount
}

// Preview opens the pack that waits: the file itself that will be printed. fault.NotFound when another took its place.
func (s *Service) Preview(id int64) (*os.File, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.staged == nil || s.staged.ID != id {
		return nil, fault.New(fault.NotFound, "the pack is gone")
	}
	file, err := os.Open(s.staged.path)
	if err != nil {
		return nil, fault.Wrap(fault.NotFound, err, "open the pack")
	}
	return file, nil
}

// Discard removes the pack that waits, if there is one.
func (s *Service) Discard() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.staged == nil {
		return nil
	}
	path := s.staged.path
	s.staged = nil
	return remove(path)
}

func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fault.Wrap(fault.ReadOnly, err, "remove a pack")
	}
	return nil
}

// Claimed is a pack that is about to be printed or saved; nobody else can print or discard it.
type Claimed struct {
	Pack
	service *Service
	staged  *staged
}

// Claim takes the pack that waits. fault.NotFound when another took its place, fault.AlreadyPrinted when something of it was printed after it was
// made, by the console or another pack, unless it may be printed again. What comes of it is Print, Save or Release.
func (s *Service) Claim(ctx context.Context, id int64) (*Claimed, error) {
	s.mu.Lock()
	waits := s.staged
	if waits != nil && waits.ID == id {
		s.staged = nil
	}
	s.mu.Unlock()
	if waits == nil || waits.ID != id {
		return nil, fault.New(fault.NotFound, "the pack is gone")
	}
	claimed := &Claimed{Pack: waits.Pack, service: s, staged: waits}
	if err := s.checkUnprinted(ctx, waits); err != nil {
		return nil, errors.Join(err, claimed.Release())
	}
	return claimed, nil
}

// Release has the pack wait again, unless another was made meanwhile.
func (c *Claimed) Release() error {
	c.service.mu.Lock()
	defer c.service.mu.Unlock()
	if c.ID != c.service.last || c.service.staged != nil {
		return remove(c.staged.path)
	}
	c.service.staged = c.staged
	return nil
}

func (s *Service) checkUnprinted(ctx context.Context, waits *staged) error {
	if waits.order.Before == Again {
		return nil
	}
	var ids []int64
	for _, p := range waits.result.Packed {
		if id, err := strconv.ParseInt(p.ID, 10, 64); err == nil { // a list of trips has none
			ids = append(ids, id)
		}
	}
	now, err := s.store.PrintableInvoices(ctx, ids)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(now, func(i store.PrintableInvoice) bool { return i.Printed.First != nil }) {
		return fault.New(fault.AlreadyPrinted, "some of the invoices were printed meanwhile")
	}
	return nil
}

// move gives the pack another name.
func (c *Claimed) move(path string) error {
	if err := os.Rename(c.staged.path, path); err != nil {
		return fault.Wrap(fault.ReadOnly, err, "put the pack in place")
	}
	c.staged.path = path
	return nil
}

// followEvery is how often the printer's queue is asked.
const followEvery = time.Second

// Print gives the pack to a printer and follows it through the queue until it leaves it, or ctx ends. The pack is moved to path first, where it
// stays after it was handed over; a pack that no printer took waits again. What was handed over is remembered as printed, whatever becomes
// of it. handed, which may be nil, is called then. A queue that gave up, or holds the job, is fault.PrintFailed.
func (c *Claimed) Print(ctx context.Context, paper Paper, path string, handed func()) (Printed, error) {
	waitedAt, s := c.staged.path, c.service
	if err := c.move(path); err != nil {
		return Printed{}, errors.Join(err, c.Release())
	}
	request := printing.Request{Path: path, Printer: paper.Printer, Title: filepath.Base(path), Copies: paper.Copies}
	receipt, err := printing.Hand(ctx, s.printer, request, c.staged.result, s.now())
	if err != nil {
		return Printed{}, errors.Join(err, c.move(waitedAt), c.Release())
	}
	note := store.Printing{At: receipt.HandedAt, Way: store.ToPrinter, Target: receipt.Job.Printer, PerPage: c.staged.order.PerPage, Copies: receipt.Copies}
	id, err := s.store.NotePrinted(context.WithoutCancel(ctx), note, numbersOf(c.staged.result))
	if err != nil {
		return Printed{}, err
	}
	if handed != nil {
		handed()
	}
	return s.follow(ctx, receipt.Job, id)
}

func (s *Service) follow(ctx context.Context, job printing.Job, printingID int64) (Printed, error) {
	printed := Printed{Printer: job.Printer, JobID: job.ID, State: string(printing.Waiting)}
	state, err := printing.Follow(ctx, s.printer, job, followEvery)
	if ctx.Err() != nil {
		return printed, fault.Wrap(fault.Cancelled, ctx.Err(), "wait for the printer")
	}
	if err != nil {
		return printed, err
	}
	printed.State = string(state)
	if state == printing.Failed {
		err := fault.New(fault.PrintFailed, "the queue of %q gave the job up, or holds it", job.Printer)
		return printed, errors.Join(err, s.store.NotePrintFailed(context.WithoutCancel(ctx), printingID))
	}
	return printed, nil
}

// Save gives the pack a name, and remembers its invoices as printed: a file like this is made to be printed.
func (c *Claimed) Save(ctx context.Context, path string) error {
	if err := c.move(path); err != nil {
		return errors.Join(err, c.Release())
	}
	return c.service.noteSaved(ctx, path, c.staged.order, numbersOf(c.staged.result))
}

func (s *Service) noteSaved(ctx context.Context, path string, order Order, numbers []string) error {
	note := store.Printing{At: s.now(), Way: store.ToFile, Target: filepath.Base(path), PerPage: order.PerPage, Copies: 1}
	if _, err := s.store.NotePrinted(context.WithoutCancel(ctx), note, numbers); err != nil {
		return errors.Join(err, remove(path))
	}
	return nil
}

func numbersOf(results ...printing.Result) []string {
	var numbers []string
	for _, result := range results {
		for _, p := range result.Packed {
			if p.Kind == printing.Invoice {
				numbers = append(numbers, p.Number)
			}
		}
	}
	return numbers
}

// each yields documents to a pack.
func each(all []printing.Document) iter.Seq2[printing.Document, error] {
	return func(yield func(printing.Document, error) bool) {
		for _, document := range all {
			if !yield(document, nil) {
				return
			}
		}
	}
}
