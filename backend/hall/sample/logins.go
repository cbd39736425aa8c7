package sample

import (
	"context"
	"time"

	"tollbook/backend/hall"
	"tollbook/backend/hallapi"
	"tollbook/backend/period"
	"tollbook/backend/plate"
	"tollbook/backend/record"
)

// SignIn is what a person needs to sign in to a sample. Nickname and Password are those of a login of the old portal, empty for phones.
type SignIn struct {
	UserKind       hallapi.UserKind
	Phone          string
	Name           string
	DocumentType   string
	DocumentNumber string
	Nickname       string
	Password       string
	Plate          plate.Plate // of one of the holder's vehicles
}

// portalRule is a nickname of the old portal, with the accounts that were bound to it there.
type portalRule struct {
	UserKind hallapi.UserKind
	Nickname string
	Phone    string
	Name     string
	Accounts []hall.AccountID
}

// Password is that of every nickname of every sample: a sample protects nothing.
const Password = "sample-fleet-2024"

// document gives the type and number under which a holder is registered.
type document struct{ kind, number string }

func putPortalUser(ctx context.Context, store *hall.Store, user portalRule, of document) error {
	return store.PutPortalUser(ctx, hall.PortalUser{UserKind: user.UserKind, Nickname: user.Nickname, Password: Password, Phone: user.Phone,
		Name: user.Name, DocumentType: of.kind, DocumentNumber: of.number, Accounts: user.Accounts})
}

// WithPlates adds to each sign-in the plate of a vehicle that the database holds for it.
func WithPlates(ctx context.Context, store *hall.Store, signIns []SignIn) error {
	for i, each := range signIns {
		vehicle, found, err := store.VehicleOf(ctx, each.UserKind, each.Phone)
		if err != nil {
			return err
		}
		if found {
			signIns[i].Plate = plate.Plate{Number: vehicle.PlateNumber, Color: plate.Color(vehicle.PlateColor)}
		}
	}
	return nil
}

// The manual's sample has, beside the account with the manual's figures, one for every way in and every refusal of signing in.
const (
	manualLapsed   hall.AccountID = 19
	manualPerson   hall.AccountID = 29
	manualTwins    hall.AccountID = 39 // and the one after it, both of one phone
	manualVehicles                = 1000
)

// ManualSignIns are all logins of the manual's sample: the one with its figures first.
func ManualSignIns() []SignIn {
	clerk := ManualSignIn()
	lapsed := SignIn{UserKind: hallapi.Unit, Phone: "10000000019", Name: "操作手册销户样例有限公司", DocumentType: "102", DocumentNumber: creditCode("91000000MA0000019")}
	person := SignIn{UserKind: hallapi.Personal, Phone: "10000000029", Name: "样例个人", DocumentType: "0", DocumentNumber: identityNumber("99999918000230029")}
	twins := SignIn{UserKind: hallapi.Personal, Phone: "10000000039", Name: "样例双户", DocumentType: "0", DocumentNumber: identityNumber("99999918000230039")}
	return []SignIn{clerk, lapsed, person, twins,
		named(clerk, "手册样例"), named(clerk, "手册未绑定"), named(clerk, "手册已失效"), named(person, "手册个人"), named(twins, "手册双户")}
}

func named(holder SignIn, nickname string) SignIn {
	holder.Nickname, holder.Password = nickname, Password
	return holder
}

// portalBindings are what the old portal had bound to the nicknames above; the rest is unbound.
func portalBindings() map[string][]hall.AccountID {
	return map[string][]hall.AccountID{"手册样例": {manualAccount}, "手册已失效": {manualLapsed}, "手册个人": {manualPerson}, "手册双户": {manualTwins, manualTwins + 1}}
}

// loadManualLogins fills in the other accounts of the manual's sample, each with one vehicle and one card, and the nicknames.
func loadManualLogins(ctx context.Context, store *hall.Store) error {
	ids := []hall.AccountID{manualAccount, manualLapsed, manualPerson, manualTwins}
	for i, each := range ManualSignIns() {
		if each.Nickname != "" {
			user := portalRule{each.UserKind, each.Nickname, each.Phone, each.Name, portalBindings()[each.Nickname]}
			if err := putPortalUser(ctx, store, user, document{each.DocumentType, each.DocumentNumber}); err != nil {
				return err
			}
			continue
		}
		if ids[i] == manualAccount {
			continue // LoadManual put it
		}
		if err := putOneVehicleAccount(ctx, store, ids[i], each); err != nil {
			return err
		}
		if ids[i] == manualTwins {
			if err := putOneVehicleAccount(ctx, store, manualTwins+1, each); err != nil {
				return err
			}
		}
	}
	return nil
}

func putOneVehicleAccount(ctx context.Context, store *hall.Store, id hall.AccountID, holder SignIn) error {
	account := hall.Account{ID: id, UserKind: holder.UserKind, Phone: holder.Phone, Name: holder.Name, DocumentType: holder.DocumentType,
		DocumentNumber: holder.DocumentNumber, Address: "浙江省样例市", OpenedAt: time.Date(2020, 1, 1, 0, 0, 0, 0, period.Zone()), Lapsed: id == manualLapsed}
	if err := store.PutAccount(ctx, account); err != nil {
		return err
	}
	vehicle, card := manualVehicle(manualVehicles+int(id)), manualCard(manualVehicles+int(id))
	line := &record.BillLine{ID: 1, VehicleID: vehicle.ID, CardID: card.ID, Scene: record.SceneExpressway, Charged: 1000, PostedOn: "2024-11-02",
		PassedAt: time.Date(2024, 11, 1, 8, 0, 0, 0, period.Zone()), EntryStation: "浙江径山站", ExitStation: "浙江小港站"}
	_, err := store.Apply(ctx, id, []hall.Change{hall.Upsert(vehicle), hall.Upsert(card), hall.Upsert(line)})
	return err
}
