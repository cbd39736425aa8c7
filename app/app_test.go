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
		"Exports.Again", "Exports.Cancel", "Exports.List", "Exports.Open", "Exports.OpenFolder", "Exports.SaveAs", "Exports.StartFleet", "Exports.StartLines", "Exports.StartStatistics",
		"Fleet.Card", "Fleet.Cards", "Fleet.Center", "Fleet.Copy", "Fleet.Renewals", "Fleet.Reveal", "Fleet.StatusEntries", "Fleet.Tag", "Fleet.Tags", "Fleet.Vehicle", "Fleet.Vehicles",
		"Lock.Forgotten", "Lock.Now", "Lock.RemovePassphrase", "Lock.SetIdleMinutes", "Lock.SetPassphrase", "Lock.State", "Lock.Unlock",
		"Order.Assign", "Order.DeleteGroup", "Order.Groups", "Order.Keep", "Order.MatchPasted", "Order.ReadSheet", "Order.SaveGroup", "Order.TakeSheet",
		"Parking.Authorize", "Parking.Batches", "Parking.Continue", "Parking.List", "Parking.Results", "Parking.Retry", "Parking.Stop",
		"Session.AuditTrail", "Session.Captcha", "Session.ChangePassword", "Session.ChangePhone", "Session.ChooseAccount", "Session.ConfirmBinding",
		"Session.DemoMessages", "Session.Hall", "Session.RecoverNickname", "Session.RecoverPhone", "Session.RecoveredNickname", "Session.RequestBindingCode",
		"Session.RequestCode", "Session.RequestPasswordReset", "Session.RequestPhoneChange", "Session.ResetPassword", "Session.SignIn",
		"Session.SignInByNickname", "Session.SignOut", "Session.SignOutEverywhere", "Session.State", "Session.UseHall", "Session.Verify",
		"Settings.Load", "Settings.Save", "Sync.Cancel", "Sync.CancelProof", "Sync.Proof", "Sync.Start", "Sync.Status",
	}
