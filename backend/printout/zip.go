package printout

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"slices"

	"tollbook/backend/fault"
	"tollbook/backend/printing"
	"tollbook/backend/statement"
	"tollbook/backend/store"
)

// SaveEach makes a pack for each vehicle of an order, with the list of its trips, as the files of one zip file at path, and remembers their
// invoices as printed. Invoices that cannot be packed are left out and named. progress, which may be nil, hears how many invoices are done.
// Errors are those of Stage.
func (s *Service) SaveEach(ctx context.Context, order Order, sample bool, path string, progress func(done, total int)) (Pack, error) {
	order.PerVehicle = true
	d, err := s.draft(ctx, order, sample)
	if err != nil {
		return Pack{}, err
	}
	if progress == nil {
		progress = func(int, int) {}
	}
	var results []printing.Result
	err = statement.WriteFile(ctx, path, func(out io.Writer) error {
		var err error
		results, err = d.writeEach(ctx, out, progress)
		if err == nil && len(numbersOf(results...)) == 0 {
			err = fault.New(fault.DocumentAbsent, "none of %d invoices can be printed", len(d.wanted))
		}
		return err
	})
	made := Pack{Skipped: d.skipped}
	made.add(results)
	if err != nil {
		return made, err
	}
	if made.Bytes, err = sizeOf(path); err != nil {
		return made, err
	}
	return made, s.noteSaved(ctx, path, order, numbersOf(results...))
}

// add fills in what came of several packs.
func (p *Pack) add(results []printing.Result) {
	p.LeftOut = []LeftOut{}
	for _, result := range results {
		part := staged{result: result}
		part.tell(0)
		p.Pages, p.CoverPages, p.Invoices, p.AmountFen, p.Signed = p.Pages+part.Pages, p.CoverPages+part.CoverPages, p.Invoices+part.Invoices, p.AmountFen+part.AmountFen, p.Signed+part.Signed
		p.LeftOutAll, p.LeftOutFen = p.LeftOutAll+part.LeftOutAll, p.LeftOutFen+part.LeftOutFen
		p.LeftOut = append(p.LeftOut, part.LeftOut[:min(len(part.LeftOut), mostLeftOut-len(p.LeftOut))]...)
	}
}

func (d draft) writeEach(ctx context.Context, out io.Writer, progress func(done, total int)) ([]printing.Result, error) {
	files, names := zip.NewWriter(out), map[string]int{}
	var results []printing.Result
	done := 0
	for _, of := range byVehicle(d.wanted) {
		if !slices.ContainsFunc(of, isHere) {
			results = append(results, allAbsent(of))
			continue
		}
		one := d
		one.wanted = of
		name := statement.FileName(of[0].Plate.Number + "_" + of[0].Plate.Color.Name())
		if names[name]++; names[name] > 1 {
			name = fmt.Sprintf("%s(%d)", name, names[name])
		}
		result, err := one.writeOne(ctx, files, name)
		if err != nil {
			return results, err
		}
		results = append(results, result)
		done += len(of)
		progress(done, len(d.wanted))
	}
	if err := files.Close(); err != nil {
		return results, fmt.Errorf("end the zip file: %w", err)
	}
	return results, nil
}

// allAbsent is what comes of a vehicle of which no original is here: there is no file of it.
func allAbsent(of []store.PrintableInvoice) printing.Result {
	var result printing.Result
	for _, i := range of {
		absent := fault.New(fault.DocumentAbsent, "the PDF was not downloaded")
		result.Refused = append(result.Refused, printing.Refused{Document: described(i), Reason: printing.Absent, Err: absent})
	}
	return result
}

// writeOne writes a vehicle's file.
func (d draft) writeOne(ctx context.Context, files *zip.Writer, name string) (printing.Result, error) {
	header := &zip.FileHeader{Name: name + ".pdf", Method: zip.Store, Modified: d.cover.MadeAt}
	out, err := files.CreateHeader(header)
	if err != nil {
		return printing.Result{}, fmt.Errorf("start a vehicle's file: %w", err)
	}
	return printing.Pack(ctx, d.documents(d.wanted), d.options(), out, nil)
}
