package app

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"tollbook/backend/fault"
)

// Every exported method of a bound struct can be called from the page: a new one must be meant.
func TestThePageReachesTheseMethodsAndNoOthers(t *testing.T) {
	want := []string{
		"Alerts.Acknowledge", "Alerts.List", "Alerts.SetSettings", "Alerts.Settings", "Alerts.Summary",
		"Bills.CopyLines", "Bills.CopyStatistics", "Bills.Lines", "Bills.Plates", "Bills.Shown", "Bills.Span", "Bills.Statistics", "Bills.SumLines", "Bills.SumStatistics",
		"Coverage.CopyInvoices", "Coverage.CopyMonths", "Coverage.CopyTrips", "Coverage.Export", "Coverage.Invoices", "Coverage.Months", "Coverage.Refresh", "Coverage.States", "Coverage.SumInvoices", "Coverage.SumTrips", "Coverage.Trips",
		"Deduction.Copy", "Deduction.CopySums", "Deduction.Export", "Deduction.List", "Deduction.Mark", "Deduction.Rules", "Deduction.Sum", "Deduction.SumSums", "Deduction.Sums", "Deduction.Unmark",
		"Exports.Again", "Exports.Cancel", "Exports.List", "Exports.Open", "Exports.OpenFolder", "Exports.SaveAs", "Exports.StartAnalysis", "Exports.StartFleet", "Exports.StartInvoiceSettings", "Exports.StartInvoices", "Exports.StartLines", "Exports.StartRefunds", "Exports.StartStatistics", "Exports.StartTrips",
		"Fleet.Card", "Fleet.Cards", "Fleet.Center", "Fleet.Copy", "Fleet.Renewals", "Fleet.Reveal", "Fleet.StatusEntries", "Fleet.Tag", "Fleet.Tags", "Fleet.Vehicle", "Fleet.Vehicles",
		"Funds.Allocate", "Funds.Allocations", "Funds.AskAllocation", "Funds.Asked", "Funds.Cards", "Funds.CloseOrder", "Funds.Copy", "Funds.Loads", "Funds.OpenPayment", "Funds.Overview", "Funds.Preview",
		"Funds.Recharge", "Funds.Recharges", "Funds.Refresh", "Funds.SeenAllocation", "Funds.SeenOrder", "Funds.StartExport", "Funds.StartTemplate", "Funds.Sum",
		"Invoices.Clear", "Invoices.Copy", "Invoices.CopySettings", "Invoices.Detail", "Invoices.Download", "Invoices.List", "Invoices.OpenDocument", "Invoices.SaveDocument", "Invoices.Settings",
		"Invoices.Sum", "Invoices.Use",
		"Lock.Forgotten", "Lock.Now", "Lock.RemovePassphrase", "Lock.SetIdleMinutes", "Lock.SetPassphrase", "Lock.State", "Lock.Unlock",
		"Order.Assign", "Order.DeleteGroup", "Order.Groups", "Order.Keep", "Order.MatchPasted", "Order.ReadSheet", "Order.SaveGroup", "Order.TakeSheet",
		"Parking.Authorize", "Parking.Batches", "Parking.Continue", "Parking.List", "Parking.Results", "Parking.Retry", "Parking.Stop",
		"Printing.CancelStage", "Printing.Discard", "Printing.Print", "Printing.Printers", "Printing.Save", "Printing.SaveEach", "Printing.Stage", "Printing.Survey",
		"Saved.Delete", "Saved.List", "Saved.Put", "Saved.Rename",
		"Session.AuditTrail", "Session.Captcha", "Session.ChangePassword", "Session.ChangePhone", "Session.ChooseAccount", "Session.ConfirmBinding",
		"Session.DemoMessages", "Session.Hall", "Session.OpenCache", "Session.RecoverNickname", "Session.RecoverPhone", "Session.RecoveredNickname", "Session.RequestBindingCode",
		"Session.RequestCode", "Session.RequestPasswordReset", "Session.RequestPhoneChange", "Session.ResetPassword", "Session.SignIn",
		"Session.SignInByNickname", "Session.SignOut", "Session.SignOutEverywhere", "Session.State", "Session.UseHall", "Session.Verify",
		"Settings.Load", "Settings.Save",
		"Statements.DeleteTemplate", "Statements.Parts", "Statements.Preview", "Statements.RenameTemplate", "Statements.SaveTemplate", "Statements.Start", "Statements.Templates",
		"Sync.Cancel", "Sync.CancelProof", "Sync.Proof", "Sync.Start", "Sync.Status",
		"Trips.Analysis", "Trips.CancelAnalysis", "Trips.Charts", "Trips.Copy", "Trips.CopyAnalysis", "Trips.CopyRefunds", "Trips.Detail", "Trips.List", "Trips.Refunds", "Trips.Sum", "Trips.SumAnalysis", "Trips.SumRefunds",
	}
	var got []string
	for _, bound := range windowOptions(newShell(), fstest.MapFS{}).Bind {
		kind := reflect.TypeOf(bound)
		for i := range kind.NumMethod() {
			got = append(got, kind.Elem().Name()+"."+kind.Method(i).Name)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("the page reaches\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func startedShell(t *testing.T) *shell {
	s := newShell()
	s.ctx = t.Context()
	s.log = slog.New(slog.DiscardHandler)
	close(s.ready)
	return s
}

func TestABrokenMethodAnswersInsteadOfHanging(t *testing.T) {
	s := startedShell(t)
	_, err := guard(s, "Test.Break", func(context.Context) (int, error) { panic("personal data") })
	if fault.CodeOf(err) != fault.Internal || strings.Contains(err.Error(), "personal") {
		t.Errorf("a panic becomes %v", err)
	}
	s.failed = fault.New(fault.ReadOnly, "no folder")
	if _, err := guard(s, "Test.Any", func(context.Context) (int, error) { return 1, nil }); fault.CodeOf(err) != fault.ReadOnly {
		t.Errorf("after a failed start: %v", err)
	}
}

func TestErrorsReachThePageWithTheirCode(t *testing.T) {
	for _, c := range []struct {
		err  error
		want pageError
	}{
		{&fault.Error{Code: fault.Locked, Detail: "wait", RetryAfter: 90 * time.Second}, pageError{fault.Locked, "wait", 90}},
		{errors.Join(fault.New(fault.DiskFull, "full"), errors.New("more")), pageError{fault.DiskFull, "full\nmore", 0}},
		{errors.New("plain"), pageError{fault.Internal, "plain", 0}},
	} {
		text, isText := formatError(c.err).(string)
		var got pageError
		if !isText || json.Unmarshal([]byte(text), &got) != nil || got != c.want {
			t.Errorf("%v reaches the page as %q", c.err, text)
		}
	}
}

func TestOnlyPaymentPagesAreHandedToTheBrowser(t *testing.T) {
	for address, want := range map[string]bool{
		"https://openapi.example.test/gateway.do?a=b": true, "http://127.0.0.1:8790/pay?x=1": true, "http://[::1]:80/pay": true,
		"http://openapi.example.test/gateway.do": false, "http://localhost.example.test/": false, "file:///etc/passwd": false, "javascript:alert(1)": false,
		"https://user@example.test/": false, "https:///pay": false, "": false, "-version": false,
	} {
		if got := isPaymentPage(address); got != want {
			t.Errorf("%q: %v", address, got)
		}
	}
}
