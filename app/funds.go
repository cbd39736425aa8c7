package app

import (
	"context"
	"net"
	"net/url"

	"github.com/pkg/browser"

	"tollbook/backend/fault"
	"tollbook/backend/funds"
	"tollbook/backend/job"
	"tollbook/backend/list"
	"tollbook/backend/statement"
	"tollbook/backend/workspace"
)

// Funds is the page's way to 储值卡资金服务. What moves money goes to the hall and is never queued; the event "order" carries a funds.Order
// and "allocation" a funds.Allocation whenever one changed.
type Funds struct{ shell *shell }

// Recharges is a window of 充值记录; limit is at most 500.
func (f *Funds) Recharges(query funds.Query, offset, limit int64) (funds.RechargePage, error) {
	return withDesk(f.shell, "Funds.Recharges", func(ctx context.Context, desk *workspace.Desk) (funds.RechargePage, error) {
		return desk.Funds.Recharges(ctx, query, offset, limit)
	})
}

// Allocations is a window of 预分配记录; limit is at most 500.
func (f *Funds) Allocations(query funds.Query, offset, limit int64) (funds.AllocationPage, error) {
	return withDesk(f.shell, "Funds.Allocations", func(ctx context.Context, desk *workspace.Desk) (funds.AllocationPage, error) {
		return desk.Funds.Allocations(ctx, query, offset, limit)
	})
}

// Loads is a window of 圈存记录; limit is at most 500.
func (f *Funds) Loads(query funds.Query, offset, limit int64) (funds.LoadPage, error) {
	return withDesk(f.shell, "Funds.Loads", func(ctx context.Context, desk *workspace.Desk) (funds.LoadPage, error) {
		return desk.Funds.Loads(ctx, query, offset, limit)
	})
}

// Sum adds up selected rows of a list: recharges, allocations or loads.
func (f *Funds) Sum(name string, query funds.Query, selection list.Selection) (list.SelectionSum, error) {
	return withDesk(f.shell, "Funds.Sum", func(ctx context.Context, desk *workspace.Desk) (list.SelectionSum, error) {
		return desk.Funds.Sum(ctx, funds.Kind(name), query, selection)
	})
}

// Copy puts selected cells of a list on the clipboard as tab-separated text; beyond 50,000 rows it refuses with bad_input.
func (f *Funds) Copy(name string, query funds.Query, selection list.Selection) (list.SelectionSum, error) {
	return withDesk(f.shell, "Funds.Copy", func(ctx context.Context, desk *workspace.Desk) (list.SelectionSum, error) {
		text, sum, err := desk.Funds.Copy(ctx, funds.Kind(name), query, selection)
		return f.shell.toClipboard(text, sum, err)
	})
}

// StartExport exports a list as xlsx, pdf or csv.
func (f *Funds) StartExport(name string, query funds.Query, format string) (job.Job, error) {
	return withDesk(f.shell, "Funds.StartExport", func(ctx context.Context, desk *workspace.Desk) (job.Job, error) {
		return desk.StartFundsExport(ctx, funds.Kind(name), query, statement.Format(format))
	})
}

// StartTemplate exports the workbook to fill in amounts of an allocation.
func (f *Funds) StartTemplate() (job.Job, error) {
	return withDesk(f.shell, "Funds.StartTemplate", func(ctx context.Context, desk *workspace.Desk) (job.Job, error) {
		return desk.StartAllocationTemplate(ctx)
	})
}

// Cards is a window of the stored-value cards that are not cancelled; limit is at most 500.
func (f *Funds) Cards(words string, offset, limit int64) (funds.CardPage, error) {
	return withDesk(f.shell, "Funds.Cards", func(ctx context.Context, desk *workspace.Desk) (funds.CardPage, error) {
		return desk.Funds.Cards(ctx, words, offset, limit)
	})
}

// Overview asks the hall what may be done now.
func (f *Funds) Overview() (funds.Overview, error) {
	return withDesk(f.shell, "Funds.Overview", func(ctx context.Context, desk *workspace.Desk) (funds.Overview, error) {
		return desk.Cashier.Overview(ctx)
	})
}

// Recharge orders a recharge. Two calls with one key are one order.
func (f *Funds) Recharge(ask funds.RechargeAsk) (funds.Order, error) {
	return withDesk(f.shell, "Funds.Recharge", func(ctx context.Context, desk *workspace.Desk) (funds.Order, error) {
		return desk.Cashier.Recharge(ctx, ask)
	})
}

// Refresh asks the hall now how a recharge stands.
func (f *Funds) Refresh(id int64) (funds.Order, error) {
	return withDesk(f.shell, "Funds.Refresh", func(ctx context.Context, desk *workspace.Desk) (funds.Order, error) {
		return desk.Cashier.Refresh(ctx, id)
	})
}

// CloseOrder gives an order up; one that was paid meanwhile stays paid.
func (f *Funds) CloseOrder(id int64) (funds.Order, error) {
	return withDesk(f.shell, "Funds.CloseOrder", func(ctx context.Context, desk *workspace.Desk) (funds.Order, error) {
		return desk.Cashier.CloseOrder(ctx, id)
	})
}

// OpenPayment opens the payment page of an order in the system's browser; the answer is its address, to be opened by hand where no browser came up.
func (f *Funds) OpenPayment(id int64) (string, error) {
	return withDesk(f.shell, "Funds.OpenPayment", func(ctx context.Context, desk *workspace.Desk) (string, error) {
		address, err := desk.Cashier.PayURL(ctx, id)
		if err != nil {
			return "", err
		}
		if !isPaymentPage(address) {
			return "", fault.New(fault.HallContract, "the payment page is not at an https address")
		}
		if err := browser.OpenURL(address); err != nil {
			// The order is there all the same: the page offers the address.
			f.shell.log.Warn("open the system's browser", "error", err)
		}
		return address, nil
	})
}

// isPaymentPage: https, or the demo's own page on this computer. Nothing else that a hall names is handed to the system.
func isPaymentPage(address string) bool {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" || parsed.User != nil {
		return false
	}
	ip := net.ParseIP(parsed.Hostname())
	return parsed.Scheme == "https" || parsed.Scheme == "http" && ip != nil && ip.IsLoopback()
}

// Asked is what was asked for and whose end nobody has seen yet.
func (f *Funds) Asked() (funds.Asked, error) {
	return withDesk(f.shell, "Funds.Asked", func(ctx context.Context, desk *workspace.Desk) (funds.Asked, error) {
		return desk.Cashier.Asked(ctx)
	})
}

// SeenOrder notes that the end of a recharge was seen.
func (f *Funds) SeenOrder(id int64) error {
	_, err := withDesk(f.shell, "Funds.SeenOrder", func(ctx context.Context, desk *workspace.Desk) (struct{}, error) {
		return struct{}{}, desk.Cashier.SeenOrder(ctx, id)
	})
	return err
}

// SeenAllocation notes that the end of an allocation was seen.
func (f *Funds) SeenAllocation(id int64) error {
	_, err := withDesk(f.shell, "Funds.SeenAllocation", func(ctx context.Context, desk *workspace.Desk) (struct{}, error) {
		return struct{}{}, desk.Cashier.SeenAllocation(ctx, id)
	})
	return err
}

// Preview looks at an allocation before anything is sent.
func (f *Funds) Preview(draft funds.Draft) (funds.Preview, error) {
	return withDesk(f.shell, "Funds.Preview", func(ctx context.Context, desk *workspace.Desk) (funds.Preview, error) {
		return desk.Cashier.Preview(ctx, draft)
	})
}

// Allocate sends a previewed allocation, by its token. Two calls with one token are one allocation.
func (f *Funds) Allocate(token string) (funds.Allocation, error) {
	return withDesk(f.shell, "Funds.Allocate", func(ctx context.Context, desk *workspace.Desk) (funds.Allocation, error) {
		return desk.Cashier.Allocate(ctx, token)
	})
}

// AskAllocation asks the hall now what became of an allocation.
func (f *Funds) AskAllocation(id int64) (funds.Allocation, error) {
	return withDesk(f.shell, "Funds.AskAllocation", func(ctx context.Context, desk *workspace.Desk) (funds.Allocation, error) {
		return desk.Cashier.AskAllocation(ctx, id)
	})
}
