package app

import (
	"context"

	"tollbook/backend/fleet"
	"tollbook/backend/list"
	"tollbook/backend/workspace"
)

// Fleet is the page's way to 用户中心 and ETC管理.
type Fleet struct{ shell *shell }

// Center is 用户中心: holder and totals.
func (f *Fleet) Center() (fleet.Center, error) {
	return withDesk(f.shell, "Fleet.Center", func(ctx context.Context, desk *workspace.Desk) (fleet.Center, error) {
		return desk.Fleet.Center(ctx)
	})
}

// Vehicles is a window of 车辆管理; limit is at most 500.
func (f *Fleet) Vehicles(query fleet.Query, offset, limit int64) (fleet.VehiclePage, error) {
	return withDesk(f.shell, "Fleet.Vehicles", func(ctx context.Context, desk *workspace.Desk) (fleet.VehiclePage, error) {
		return desk.Fleet.Vehicles(ctx, query, offset, limit)
	})
}

// Cards is a window of 通行卡管理; limit is at most 500.
func (f *Fleet) Cards(query fleet.Query, offset, limit int64) (fleet.CardPage, error) {
	return withDesk(f.shell, "Fleet.Cards", func(ctx context.Context, desk *workspace.Desk) (fleet.CardPage, error) {
		return desk.Fleet.Cards(ctx, query, offset, limit)
	})
}

// Tags is a window of 标签管理; limit is at most 500.
func (f *Fleet) Tags(query fleet.Query, offset, limit int64) (fleet.TagPage, error) {
	return withDesk(f.shell, "Fleet.Tags", func(ctx context.Context, desk *workspace.Desk) (fleet.TagPage, error) {
		return desk.Fleet.Tags(ctx, query, offset, limit)
	})
}

// Renewals is a window of the documents that are due; limit is at most 500.
func (f *Fleet) Renewals(query fleet.Query, offset, limit int64) (fleet.RenewalPage, error) {
	return withDesk(f.shell, "Fleet.Renewals", func(ctx context.Context, desk *workspace.Desk) (fleet.RenewalPage, error) {
		return desk.Fleet.Renewals(ctx, query, offset, limit)
	})
}

// Copy puts selected cells of a list on the clipboard as tab-separated text; beyond 50,000 rows it refuses with bad_input.
func (f *Fleet) Copy(name string, query fleet.Query, selection list.Selection) (list.SelectionSum, error) {
	return withDesk(f.shell, "Fleet.Copy", func(ctx context.Context, desk *workspace.Desk) (list.SelectionSum, error) {
		text, sum, err := desk.Fleet.Copy(ctx, name, query, selection)
		return f.shell.toClipboard(text, sum, err)
	})
}

// Vehicle is the detail of one vehicle.
func (f *Fleet) Vehicle(id int64) (fleet.VehicleDetail, error) {
	return withDesk(f.shell, "Fleet.Vehicle", func(ctx context.Context, desk *workspace.Desk) (fleet.VehicleDetail, error) {
		return desk.Fleet.Vehicle(ctx, id)
	})
}

// Card is the detail of one card; fault.NotFound for a cancelled one, which has none (manual 2.5.2).
func (f *Fleet) Card(id int64) (fleet.CardDetail, error) {
	return withDesk(f.shell, "Fleet.Card", func(ctx context.Context, desk *workspace.Desk) (fleet.CardDetail, error) {
		return desk.Fleet.Card(ctx, id)
	})
}

// Tag is the detail of one tag.
func (f *Fleet) Tag(id int64) (fleet.TagRow, error) {
	return withDesk(f.shell, "Fleet.Tag", func(ctx context.Context, desk *workspace.Desk) (fleet.TagRow, error) {
		return desk.Fleet.Tag(ctx, id)
	})
}

// StatusEntries is a window of a card's 状态名单记录, those in force on any of the days from–to (2006-01-02, empty: open).
func (f *Fleet) StatusEntries(cardID int64, from, to string, offset, limit int64) (fleet.StatusPage, error) {
	return withDesk(f.shell, "Fleet.StatusEntries", func(ctx context.Context, desk *workspace.Desk) (fleet.StatusPage, error) {
		return desk.Fleet.StatusEntries(ctx, cardID, from, to, offset, limit)
	})
}

// Reveal shows one value for a short look, noted in 查看记录: kind is card, tag or balance, id that of the card or tag.
func (f *Fleet) Reveal(kind string, id int64) (fleet.Revealed, error) {
	return withDesk(f.shell, "Fleet.Reveal", func(ctx context.Context, desk *workspace.Desk) (fleet.Revealed, error) {
		return desk.Fleet.Reveal(ctx, kind, id)
	})
}
