package serve

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/hall"
	"tollbook/backend/hall/alipay"
	"tollbook/backend/hall/sandbox"
	"tollbook/backend/money"
)

// paymentFile is the file of --alipay: the merchant, and the rules of recharges; what is left out of these is as usual.
type paymentFile struct {
	alipay.File
	MinRechargeFen   money.Fen `json:"minRechargeFen"`
	MaxRechargeFen   money.Fen `json:"maxRechargeFen"`
	ClosedFrom       string    `json:"closedFrom"` // 22:00
	ClosedTo         string    `json:"closedTo"`   // 02:00
	PayWithinMinutes int       `json:"payWithinMinutes"`
}

// payments completes a hall's configuration with its payment provider; close ends what was started for it.
func (o serveOptions) payments(config *hall.Config, address net.Addr) (close func() error, err error) {
	nothing := func() error { return nil }
	switch {
	case o.alipay != "" && o.sandbox:
		return nil, Usage{Err: errors.New("--alipay and --sandbox exclude each other")}
	case o.alipay != "":
		return nothing, readPayments(config, o.alipay)
	case !o.sandbox:
		return nothing, nil
	}
	url := "http://" + address.String()
	running, err := sandbox.Start(sandbox.Config{Path: o.sandboxPath(config), Now: config.Now, Logger: config.Logger}, url+hall.NotificationPath, url+hall.ReturnPath)
	if err != nil {
		return nil, err
	}
	config.Payments = running.Client
	return running.Stop, nil
}

// sandboxPath is beside the database, or among the documents of one that is no file.
func (o serveOptions) sandboxPath(config *hall.Config) string {
	if config.Path == "" {
		return filepath.Join(o.documents, "sandbox")
	}
	return config.Path + ".sandbox"
}

func readPayments(config *hall.Config, path string) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return fault.Wrap(fault.BadInput, err, "read the payment provider's file")
	}
	var file paymentFile
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields() // a misspelt field would be ignored
	if err := decoder.Decode(&file); err != nil {
		return fault.Wrap(fault.BadInput, err, "%s", path)
	}
	merchant, err := file.Load(filepath.Dir(path))
	if err != nil {
		return err
	}
	if config.Funds, err = file.rules(); err != nil {
		return fault.Wrap(fault.BadInput, err, "%s", path)
	}
	client, err := alipay.NewClient(merchant, config.Now)
	if err != nil {
		return err
	}
	config.Payments = client
	return nil
}

func (f paymentFile) rules() (hall.FundsRules, error) {
	rules := hall.DefaultFundsRules()
	if f.MinRechargeFen != 0 {
		rules.MinRecharge = f.MinRechargeFen
	}
	if f.MaxRechargeFen != 0 {
		rules.MaxRecharge = f.MaxRechargeFen
	}
	if f.PayWithinMinutes != 0 {
		rules.PayWithin = time.Duration(f.PayWithinMinutes) * time.Minute
	}
	for _, each := range []struct {
		text string
		into *time.Duration
	}{{f.ClosedFrom, &rules.ClosedFrom}, {f.ClosedTo, &rules.ClosedTo}} {
		if each.text == "" {
			continue
		}
		at, err := time.Parse("15:04", each.text)
		if err != nil {
			return rules, fmt.Errorf("%q is no hour such as 22:00", each.text)
		}
		*each.into = time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute
	}
	if rules.MinRecharge < 1 || rules.MaxRecharge < rules.MinRecharge || rules.PayWithin < time.Minute {
		return rules, errors.New("a recharge is at least 1 fen, at most what maxRechargeFen says, and paid within a minute or more")
	}
	return rules, nil
}
