package fleet

import (
	"context"

	"tollbook/backend/list"
)

type Service struct{}
type Batches struct{}

func (s *Service) Center(ctx context.Context) (Center, error)                             { panic("") }
func (s *Service) Vehicles(ctx context.Context, q Query, o, l int64) (VehiclePage, error) { panic("") }
func (s *Service) Cards(ctx context.Context, q Query, o, l int64) (CardPage, error)       { panic("") }
func (s *Service) Tags(ctx context.Context, q Query, o, l int64) (TagPage, error)         { panic("") }
func (s *Service) Renewals(ctx context.Context, q Query, o, l int64) (RenewalPage, error) { panic("") }
func (s *Service) Parking(ctx context.Context, q Query, o, l int64) (ParkingPage, error)  { panic("") }
func (s *Service) Alerts(ctx context.Context, q Query, o, l int64) (AlertPage, error)     { panic("") }
func (s *Service) BatchResults(ctx context.Context, q Query, o, l int64) (BatchPage, error) {
	panic("")
}
func (s *Service) Copy(ctx context.Context, name string, q Query, sel list.Selection) (string, list.SelectionSum, error) {
	panic("")
}
func (s *Service) Vehicle(ctx context.Context, id int64) (VehicleDetail, error) { panic("") }
func (s *Service) Card(ctx context.Context, id int64) (CardDetail, error)       { panic("") }
func (s *Service) Tag(ctx context.Context, id int64) (TagRow, error)            { panic("") }
func (s *Service) StatusEntries(ctx context.Context, id int64, from, to string, o, l int64) (StatusPage, error) {
	panic("")
}
func (s *Service) Reveal(ctx context.Context, kind string, id int64) (Revealed, error) { panic("") }
func (s *Service) Groups(ctx context.Context) ([]Group, error)                         { panic("") }
func (s *Service) SaveGroup(ctx context.Context, g Group) (Group, error)               { panic("") }
func (s *Service) DeleteGroup(ctx context.Context, id int64) error                     { panic("") }
func (s *Service) Assign(ctx context.Context, a Assignment) (AssignmentResult, error)  { panic("") }
func (s *Service) MatchPasted(ctx context.Context, text string) (Pasted, error)        { panic("") }
func (s *Service) Keep(ctx context.Context, id int64, k Keeping) error                 { panic("") }
func (s *Service) ReadSheet(ctx context.Context, raw []byte) (SheetPreview, error)     { panic("") }
func (s *Service) TakeSheet(ctx context.Context, token string) (int64, error)          { panic("") }
func (s *Service) AlertSummary(ctx context.Context) (AlertSummary, error)              { panic("") }
func (s *Service) Acknowledge(ctx context.Context, ids []int64) (AlertSummary, error)  { panic("") }
func (s *Service) AlertSettings(ctx context.Context) (AlertSettings, error)            { panic("") }
func (s *Service) SetAlertSettings(ctx context.Context, a AlertSettings) error         { panic("") }
func (b *Batches) Stop(ctx context.Context, id int64) (Batch, error)                   { panic("") }
func (b *Batches) List(ctx context.Context) ([]Batch, error)                           { panic("") }
