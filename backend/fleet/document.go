package fleet

import (
	"context"
	"fmt"
	"strings"
	"time"

	"tollbook/backend/period"
	"tollbook/backend/statement"
	"tollbook/backend/store"
)

// Title is a list's name on paper and in 导出记录; fault.BadInput for a list there is not.
func (s *Service) Title(name string) (string, error) {
	t, err := s.named(name)
	if err != nil {
		return "", err
	}
	return t.heading(), nil
}

// Rows tells how many rows a list has.
func (s *Service) Rows(ctx context.Context, name string, q Query) (int64, error) {
	t, err := s.named(name)
	if err != nil {
		return 0, err
	}
	return t.count(ctx, s, q)
}

// Document makes the table of a list. With full, card and tag numbers are not masked, which is noted in 查看记录.
func (s *Service) Document(ctx context.Context, name string, q Query, full, sample bool) (statement.Table, error) {
	t, err := s.named(name)
	if err != nil {
		return statement.Table{}, err
	}
	if full {
		if err := s.store.NoteShown(ctx, store.ExportedInFull, t.heading(), s.now()); err != nil {
			return statement.Table{}, err
		}
	}
	document, err := t.document(ctx, s, q, full)
	if err != nil {
		return statement.Table{}, err
	}
	document.Cover, err = s.cover(ctx, t.heading(), q, sample)
	return document, err
}

func (s *Service) cover(ctx context.Context, title string, q Query, sample bool) (statement.Cover, error) {
	holder, _, err := s.holder(ctx)
	if err != nil {
		return statement.Cover{}, err
	}
	filter, err := s.Narrowing(ctx, q)
	if err != nil {
		return statement.Cover{}, err
	}
	cursor, err := s.store.Cursor(ctx)
	if err != nil {
		return statement.Cover{}, err
	}
	cover := statement.Cover{Title: title, Holder: holder.Name, Period: "截至 " + day(s.now()), Filter: filter, MadeAt: s.now(), Undated: true, Sample: sample}
	if cursor.SyncedAt > 0 {
		cover.DataAsOf = time.Unix(cursor.SyncedAt, 0)
	}
	return cover, nil
}

// Narrowing says in words what narrows a list; empty when nothing does.
func (s *Service) Narrowing(ctx context.Context, q Query) (string, error) {
	f := q.Filter
	var parts []string
	say := func(what, value string) {
		if value != "" {
			parts = append(parts, what+value)
		}
	}
	say("搜索：", strings.TrimSpace(f.Search))
	say("车牌号码含：", plateNumber(f.Plate))
	say("卡类型：", cardTypeName(f.CardType))
	say("通行卡状态：", statusName(f.CardStatus))
	say("标签状态：", statusName(f.TagStatus))
	say("车辆状态：", vehicleStatusName(f.VehicleStatus))
	if f.Card != "" {
		parts = append(parts, "按通行卡卡号筛选") // the number itself is not printed
	}
	if f.Tag != "" {
		parts = append(parts, "按标签编号筛选")
	}
	if f.Listed != "" {
		parts = append(parts, "状态名单："+listedName(f.Listed == "listed"))
	}
	if f.Authorized != "" {
		parts = append(parts, "授权状态："+onOff(f.Authorized == "on"))
	}
	if f.GroupID != 0 {
		group, err := s.store.Group(ctx, f.GroupID)
		if err != nil {
			return "", err
		}
		parts = append(parts, groupKindName(group.Kind)+"："+group.Name)
	}
	if f.Ungrouped != "" {
		parts = append(parts, "无"+groupKindName(f.Ungrouped))
	}
	if f.WithinDays > 0 {
		parts = append(parts, fmt.Sprintf("%d 天内到期", f.WithinDays))
	}
	say("结果：", outcomeName(f.Outcome))
	return strings.Join(parts, "，"), nil
}

// FileName is a name for a list's file, without folder and ending: 车辆列表_20241212-211344.
func (s *Service) FileName(name string) (string, error) {
	title, err := s.Title(name)
	return title + "_" + s.now().In(period.Zone()).Format("20060102-150405"), err
}
