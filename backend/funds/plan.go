package funds

import (
	"bufio"
	"context"
	"encoding/base64"
	"regexp"
	"strings"
	"unicode"

	"tollbook/backend/fault"
	"tollbook/backend/hallapi"
	"tollbook/backend/intake"
	"tollbook/backend/list"
	"tollbook/backend/mask"
	"tollbook/backend/money"
	"tollbook/backend/record"
	"tollbook/backend/store"
)

// The ways to say what to allocate.
const (
	equalMode  = "equal"  // 平均分配
	chosenMode = "chosen" // 自定义分配
	pastedMode = "pasted"
	sheetMode  = "sheet"
	topUpMode  = "topUp" // 按余额补足至
)

// Why a line or a card is left out, besides what package intake finds wrong with plates and amounts. The contract's own words stand for a card
// that the hall would refuse.
const (
	problemNoCard      = "noCard"       // the vehicle has no card
	problemSeveral     = "severalCards" // the vehicle has several stored-value cards: name one
	problemUnknownCard = "unknownCardNumber"
)

// Why an allocation cannot be sent as it is.
const (
	whyNothing      = "nothing"
	whyInsufficient = hallapi.AllocationInsufficient
	whyTooMany      = "tooMany" // cards of one command
)

// The columns of a workbook of amounts.
const (
	plateTitle  = "车牌号码"
	colourTitle = "车牌颜色"
	cardTitle   = "卡号"
	cardTitle2  = "ETC通行卡卡号"
	amountTitle = "金额"
)

// amountTitles are what the column of amounts is called, here and on the screens of the manual.
func amountTitles() []string {
	return []string{amountTitle, "金额(元)", "本次预分配金额", "本次预分配金额(元)", "预分配金额(元)"}
}

const (
	shownRows     = 500
	shownRefusals = 1000
	pasteLimit    = 4 << 20
)

// plan is an allocation that was looked at and not sent.
type plan struct {
	items    []planned
	refusals []Refusal
	enough   int64
}

type planned struct {
	card   store.FundsCard
	amount money.Fen
}

func (p plan) total() money.Fen {
	sum := money.Fen(0)
	for _, each := range p.items {
		sum += each.amount
	}
	return sum
}

// fleetCards finds the cards of the account by what people write.
type fleetCards struct {
	all       []store.FundsCard
	plates    intake.Plates
	byVehicle map[int64][]store.FundsCard
	byNumber  map[string]store.FundsCard
}

func newFleetCards(all []store.FundsCard) fleetCards {
	f := fleetCards{all: all, plates: intake.Plates{}, byVehicle: map[int64][]store.FundsCard{}, byNumber: map[string]store.FundsCard{}}
	for _, card := range all {
		if len(f.byVehicle[card.VehicleID]) == 0 && card.Plate.Number != "" {
			f.plates.Add(card.Plate, card.VehicleID)
		}
		f.byVehicle[card.VehicleID] = append(f.byVehicle[card.VehicleID], card)
		f.byNumber[card.Number] = card
	}
	return f
}

// whyNot tells in the contract's words why a card gets no funds; empty: it does.
func whyNot(card store.FundsCard) string {
	switch {
	case card.Type != record.CardStoredValue:
		return hallapi.FundsNotStoredValue
	case card.Status == record.StatusCancelled:
		return hallapi.FundsCardCancelled
	case card.Status == record.StatusLost:
		return hallapi.FundsCardLost
	case card.Status == record.StatusFrozen:
		return hallapi.FundsCardFrozen
	case card.Listed:
		return hallapi.FundsOnStatusList
	}
	return ""
}

// ofVehicle finds the one card of a vehicle that gets funds, or the most telling reason why there is none. number may name it among several,
// in full or masked.
func (f fleetCards) ofVehicle(vehicle int64, number string) (store.FundsCard, string) {
	var open []store.FundsCard
	reason := problemNoCard
	for _, card := range f.byVehicle[vehicle] {
		if number != "" && number != card.Number && number != mask.Card(card.Number) {
			continue
		}
		why := whyNot(card)
		if why == "" {
			open = append(open, card)
			continue
		}
		// A stored-value card that cannot be served tells more than a charge card, and one of today more than one of the past.
		if reason == problemNoCard || reason == hallapi.FundsNotStoredValue || reason == hallapi.FundsCardCancelled {
			reason = why
		}
	}
	switch {
	case len(open) == 1:
		return open[0], ""
	case len(open) > 1:
		return store.FundsCard{}, problemSeveral
	case number != "" && reason == problemNoCard:
		return store.FundsCard{}, problemUnknownCard
	}
	return store.FundsCard{}, reason
}

// cardNumber is one that was written, without the blanks in which numbers are printed; empty for a text that is none.
func cardNumber(text string) string {
	number := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, strings.TrimPrefix(text, "'"))
	if len(number) < 10 || strings.Trim(number, "0123456789*") != "" {
		return ""
	}
	return number
}

// find finds the card that a line names: by the vehicle's plate, by its number, or by both.
func (f fleetCards) find(plateText, cardText string) (store.FundsCard, string) {
	number := cardNumber(cardText)
	if plateText == "" && number == "" {
		number = cardNumber(plateText)
	}
	if plateText == "" || cardNumber(plateText) != "" {
		if number == "" {
			number = cardNumber(plateText)
		}
		card, known := f.byNumber[number]
		if !known {
			return card, problemUnknownCard
		}
		return card, whyNot(card)
	}
	if cardText != "" && number == "" {
		return store.FundsCard{}, problemUnknownCard
	}
	_, vehicle, problem := f.plates.Match(plateText)
	if problem != "" {
		return store.FundsCard{}, problem
	}
	return f.ofVehicle(vehicle, number)
}

// planner takes lines one after the other.
type planner struct {
	cards fleetCards
	plan  plan
	seen  map[int64]bool
}

func (p *planner) line(number int, plateText, cardText, amountText string, read func(string) (money.Fen, string)) {
	refusal := Refusal{Line: number, Text: strings.TrimSpace(plateText + " " + cardText), Amount: amountText}
	card, problem := p.cards.find(plateText, cardText)
	amount, wrong := read(amountText)
	switch {
	case problem != "":
		refusal.Problem = problem
	case p.seen[card.ID]:
		refusal.Problem = intake.Duplicate
	case wrong != "":
		refusal.Problem = wrong
	default:
		p.seen[card.ID] = true
		p.plan.items = append(p.plan.items, planned{card, amount})
		return
	}
	p.plan.refusals = append(p.plan.refusals, refusal)
}

// leaveOut names a card that gets nothing.
func (p *planner) leaveOut(card store.FundsCard, problem string) {
	p.plan.refusals = append(p.plan.refusals, Refusal{Text: card.Plate.String() + " " + mask.Card(card.Number), Problem: problem})
}

// plan reads a draft against the cards of the cache.
func (s *Service) plan(ctx context.Context, d Draft) (plan, error) {
	all, err := s.fundsCards(ctx)
	if err != nil {
		return plan{}, err
	}
	p := &planner{cards: newFleetCards(all), seen: map[int64]bool{}}
	switch d.Mode {
	case equalMode:
		err = p.equal(d.AmountFen)
	case topUpMode:
		err = p.topUp(d.AmountFen, d.LowOnly)
	case chosenMode:
		err = p.chosen(d.Chosen)
	case pastedMode:
		err = p.pasted(d.Text)
	case sheetMode:
		err = p.sheet(d.Text)
	default:
		err = fault.New(fault.BadInput, "there is no way %q to allocate", d.Mode)
	}
	return p.plan, err
}

func checkAmount(amount money.Fen) error {
	if amount <= 0 {
		return fault.New(fault.BadInput, "an amount is above zero")
	}
	return nil
}

// present are the stored-value cards that are not of the past.
func (f fleetCards) present() []store.FundsCard {
	var cards []store.FundsCard
	for _, card := range f.all {
		if card.Type == record.CardStoredValue && card.Status != record.StatusCancelled {
			cards = append(cards, card)
		}
	}
	return cards
}

// equal gives every stored-value card the same amount (manual 2.8.1, 平均分配).
func (p *planner) equal(amount money.Fen) error {
	if err := checkAmount(amount); err != nil {
		return err
	}
	for _, card := range p.cards.present() {
		if why := whyNot(card); why != "" {
			p.leaveOut(card, why)
			continue
		}
		p.plan.items = append(p.plan.items, planned{card, amount})
	}
	return nil
}

// topUp gives every card what its balance and unloaded amount lack of an amount.
func (p *planner) topUp(amount money.Fen, lowOnly bool) error {
	if err := checkAmount(amount); err != nil {
		return err
	}
	for _, card := range p.cards.present() {
		lacks := amount - card.Balance - card.Unloaded
		switch why := whyNot(card); {
		case lowOnly && !card.IsLow:
		case lacks <= 0:
			p.plan.enough++
		case why != "":
			p.leaveOut(card, why)
		default:
			p.plan.items = append(p.plan.items, planned{card, lacks})
		}
	}
	return nil
}

// chosen takes the amounts that were typed beside cards (manual 2.8.1, 自定义分配).
func (p *planner) chosen(amounts []CardAmount) error {
	byID := make(map[int64]store.FundsCard, len(p.cards.all))
	for _, card := range p.cards.all {
		byID[card.ID] = card
	}
	for _, each := range amounts {
		card, known := byID[each.CardID]
		if !known || p.seen[each.CardID] {
			return fault.New(fault.BadInput, "card %d is not there, or twice", each.CardID)
		}
		if err := checkAmount(each.AmountFen); err != nil {
			return err
		}
		p.seen[each.CardID] = true
		if why := whyNot(card); why != "" {
			p.leaveOut(card, why)
			continue
		}
		p.plan.items = append(p.plan.items, planned{card, each.AmountFen})
	}
	return nil
}

// writtenLine parts a pasted line: what names the card, and the amount behind it, which may hold commas of its own.
var writtenLine = regexp.MustCompile(`^(.*?)[\s,，;；　]+([¥￥]?\s*[-+]?[\d０-９][\d０-９,.，．]*\s*元?)$`)

// pasted reads a list, a line a card: its plate or number, and behind blanks, a tab or a comma the amount. Lines without anything are none.
func (p *planner) pasted(text string) error {
	if len(text) > pasteLimit {
		return fault.New(fault.BadInput, "a pasted list has up to %d bytes", pasteLimit)
	}
	lines := bufio.NewScanner(strings.NewReader(text))
	lines.Buffer(nil, pasteLimit+1)
	for number := 1; lines.Scan(); number++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || intake.IsTotals(firstField(line)) {
			continue
		}
		named, amount := splitLine(line)
		p.line(number, named, "", amount, intake.Amount)
	}
	return lines.Err()
}

func firstField(line string) string {
	if fields := strings.Fields(line); len(fields) > 0 {
		return fields[0]
	}
	return ""
}

// splitLine gives a line of more than one word whose end is no number as it is written: its amount is what cannot be read.
func splitLine(line string) (named, amount string) {
	if parts := writtenLine.FindStringSubmatch(line); parts != nil {
		return parts[1], strings.ReplaceAll(strings.ReplaceAll(parts[2], "，", ","), "．", ".")
	}
	if i := strings.LastIndexAny(line, "\t ,，;；　"); i > 0 {
		rest := strings.TrimLeft(line[i:], "\t ,，;；　")
		if !strings.HasSuffix(rest, "色") && !strings.HasSuffix(rest, "绿") && !strings.HasSuffix(rest, "】") {
			return strings.TrimSpace(line[:i]), rest
		}
	}
	return line, ""
}

// sheet reads the first sheet of a workbook, which has a column of plates or card numbers and one of amounts. Rows without an amount are left
// as they are: a template that lists the whole fleet is filled in for some.
func (p *planner) sheet(content string) error {
	raw, err := base64.StdEncoding.DecodeString(content)
	if err != nil {
		return fault.Wrap(fault.BadInput, err, "read the workbook")
	}
	sheet, err := intake.FirstSheet(raw, plateTitle, cardTitle, cardTitle2)
	if err != nil {
		return err
	}
	amount := ""
	for _, title := range amountTitles() {
		for _, each := range sheet.Titles {
			if amount == "" && each == title {
				amount = title
			}
		}
	}
	if amount == "" {
		return fault.New(fault.BadInput, "no column 金额 beside 车牌号码 or 卡号")
	}
	for i, cells := range sheet.Rows {
		texts := sheet.Texts(cells)
		plateText, cardText := texts[plateTitle], texts[cardTitle]+texts[cardTitle2]
		if intake.IsTotals(plateText) || intake.IsTotals(cardText) || texts[amount] == "" {
			continue
		}
		if plateText != "" {
			plateText = strings.TrimSpace(plateText + " " + texts[colourTitle])
		}
		p.line(sheet.FirstRow+i, plateText, cardText, texts[amount], intake.CellAmount)
	}
	return nil
}

// cardsKey is everything that the cards depend on: alerts are of this computer.
type cardsKey struct{ revision, local int64 }

// fundsCards reads all cards, once for every state of the cache.
func (s *Service) fundsCards(ctx context.Context) ([]store.FundsCard, error) {
	cursor, err := s.store.Cursor(ctx)
	if err != nil {
		return nil, err
	}
	return s.cards.Get(cardsKey{cursor.Revision, s.store.LocalRevision()}, func() ([]store.FundsCard, error) { return s.store.FundsCards(ctx, hallapi.StatusBalanceLow) })
}

// Cards is a window of the stored-value cards that are not cancelled, by plate; words narrow it to plates and numbers with all of them.
func (s *Service) Cards(ctx context.Context, words string, offset, limit int64) (CardPage, error) {
	if err := list.CheckWindow(offset, limit); err != nil {
		return CardPage{}, err
	}
	all, err := s.fundsCards(ctx)
	if err != nil {
		return CardPage{}, err
	}
	var found []store.FundsCard
	for _, card := range newFleetCards(all).present() {
		if hasWords(card, words) {
			found = append(found, card)
		}
	}
	page := CardPage{Rows: []CardRow{}, Total: int64(len(found))}
	for _, card := range list.Window(found, offset, limit) {
		page.Rows = append(page.Rows, CardRow{CardID: card.ID, VehicleID: card.VehicleID, Plate: card.Plate.String(), Card: mask.Card(card.Number), UnloadedFen: card.Unloaded, Why: whyNot(card)})
	}
	return page, nil
}

func hasWords(card store.FundsCard, words string) bool {
	for word := range strings.FieldsSeq(strings.ToUpper(words)) {
		if !strings.Contains(card.Plate.String(), word) && !strings.Contains(card.Number, word) {
			return false
		}
	}
	return true
}
