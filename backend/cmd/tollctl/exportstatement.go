package main

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"tollbook/backend/fault"
	"tollbook/backend/fleet"
	"tollbook/backend/monthly"
	"tollbook/backend/store"
	"tollbook/backend/workspace"
)

type statementFlags struct {
	month, to, group, by, plate, template, format, out string
	ungrouped, perVehicle                              bool
}

func (c *console) exportStatement() *cobra.Command {
	var f statementFlags
	command := &cobra.Command{
		Use: "statement", Short: "Export 月结单: the monthly statement of the fleet, of a group, or of one plate",
		RunE: func(command *cobra.Command, _ []string) error {
			return c.withDesk(command.Context(), func(_ *workspace.Workspace, desk *workspace.Desk) error {
				return c.writeStatement(command.Context(), desk, f, command.Flags().Changed)
			})
		},
	}
	requireKnownArguments(command)
	flags := command.Flags()
	flags.StringVar(&f.month, "month", "", "month, YYYY-MM (required)")
	flags.StringVar(&f.to, "to", "", "last month of several, YYYY-MM")
	flags.StringVar(&f.group, "group", "", "name of a group of the kind --by: only while vehicles were in it")
	flags.BoolVar(&f.ungrouped, "ungrouped", false, "only while vehicles were in no group of the kind --by")
	flags.StringVar(&f.plate, "plate", "", "a whole plate number, with or without its colour")
	flags.StringVar(&f.by, "by", store.Team, "team, project or customer: what the summary adds up by")
	flags.StringVar(&f.template, "template", "", "name of a template kept in the window: its parts, columns, format")
	flags.BoolVar(&f.perVehicle, "per-vehicle", false, "a statement for each vehicle, in a zip file")
	flags.StringVar(&f.format, "format", "xlsx", "xlsx, pdf or csv (csv makes a zip file)")
	flags.StringVar(&f.out, "out", "", "file to write (required)")
	c.addDataFlag(command)
	for _, name := range []string{"month", "out"} {
		if err := command.MarkFlagRequired(name); err != nil {
			panic(err) // the flag was defined above
		}
	}
	return command
}

// writeStatement: what a flag says goes before what the template says.
func (c *console) writeStatement(ctx context.Context, desk *workspace.Desk, f statementFlags, given func(flag string) bool) error {
	order, err := statementOrder(ctx, desk, f, given)
	if err != nil {
		return err
	}
	format, err := readyFor(ctx, desk, order.Layout.Format)
	if err != nil {
		return err
	}
	order.Layout.Format = string(format)
	plan, err := desk.Monthly.Plan(ctx, order)
	if err != nil {
		return err
	}
	files, err := desk.WriteStatement(ctx, order, f.out, func(done int64) { c.tell("statement %s: %d of %d rows", format, done, plan.Rows) })
	if err != nil {
		return err
	}
	return c.printExported(exported{Rows: plan.Rows, Files: files})
}

func statementOrder(ctx context.Context, desk *workspace.Desk, f statementFlags, given func(flag string) bool) (monthly.Order, error) {
	order := monthly.Order{From: f.month, To: f.to, Plate: f.plate, Layout: monthly.Layout{SumBy: f.by, Format: f.format}}
	if order.To == "" {
		order.To = f.month
	}
	if f.template != "" {
		template, err := templateNamed(ctx, desk, f.template)
		if err != nil {
			return order, err
		}
		order.Layout = template.Layout
	}
	if given("by") {
		order.Layout.SumBy = f.by
	}
	if given("format") {
		order.Layout.Format = f.format
	}
	if given("per-vehicle") {
		order.Layout.PerVehicle = f.perVehicle
	}
	if f.ungrouped {
		order.Ungrouped = order.Layout.SumBy
	}
	if f.group == "" {
		return order, nil
	}
	group, err := groupOfKind(ctx, desk, order.Layout.SumBy, f.group)
	order.GroupID = group
	return order, err
}

func templateNamed(ctx context.Context, desk *workspace.Desk, name string) (monthly.Template, error) {
	templates, err := desk.Monthly.Templates(ctx)
	if err != nil {
		return monthly.Template{}, err
	}
	at := slices.IndexFunc(templates, func(t monthly.Template) bool { return t.Name == name })
	if at < 0 {
		return monthly.Template{}, fault.New(fault.NotFound, "there is no template of that name")
	}
	return templates[at], nil
}

// groupOfKind finds a group by its name among those of a kind.
func groupOfKind(ctx context.Context, desk *workspace.Desk, kind, name string) (int64, error) {
	groups, err := desk.Fleet.Groups(ctx)
	if err != nil {
		return 0, err
	}
	return groupNamed(slices.DeleteFunc(groups, func(g fleet.Group) bool { return g.Kind != kind }), name)
}
