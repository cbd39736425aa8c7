package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/hall"
	"tollbook/backend/hall/paper"
	"tollbook/backend/hall/sample"
	"tollbook/backend/hall/sandbox"
)

// demoHall is the hall that the program carries in itself for 体验模式. It listens on the loopback address alone, at a port of its own,
// and the client speaks to it over HTTP as to any other.
type demoHall struct {
	folder string
	outbox *hall.Outbox

	mu      sync.Mutex
	running bool
	now     demoState
	end     context.CancelFunc
	ended   chan struct{}
}

type demoState struct {
	url     string // empty until it listens
	percent int64  // of the generation
	signIns []DemoSignIn
	err     error
}

func newDemoHall(folder string) *demoHall {
	return &demoHall{folder: folder, outbox: hall.NewOutbox("")}
}

func (d *demoHall) state() demoState {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now
}

func (d *demoHall) change(alter func(*demoState)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	alter(&d.now)
}

// start brings the hall up in the background and tells its address when it listens. A hall that runs is told at once; one that failed is
// tried again.
func (d *demoHall) start(ready func(url string)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.running {
		if d.now.url != "" {
			go ready(d.now.url)
		}
		return
	}
	ctx, end := context.WithCancel(context.Background())
	d.running, d.end, d.ended, d.now = true, end, make(chan struct{}), demoState{}
	go func() {
		defer close(d.ended)
		err := d.run(ctx, ready)
		d.mu.Lock()
		defer d.mu.Unlock()
		d.running = false
		if err != nil && ctx.Err() == nil {
			d.now.err = demoFault(err)
		}
	}()
}

// demoFault keeps the code on which a person can act, such as a full disk; any other failure is the hall's.
func demoFault(err error) error {
	if code := fault.CodeOf(err); code != fault.Internal {
		return err
	}
	return fault.Wrap(fault.HallFailed, err, "start the demo hall")
}

// run opens the hall, makes its fleet unless it is there, and serves it until the context ends.
func (d *demoHall) run(ctx context.Context, ready func(url string)) (err error) {
	params, err := demoParams()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(d.folder, 0o700); err != nil {
		return fmt.Errorf("make the demo's folder: %w", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	// Serve closes it as well, and then there is nothing to close.
	defer listener.Close()
	// One file a sample: another size begins anew instead of being refused. hall4 has the history of its funds, which the fleets before had not.
	config := hall.Config{Path: filepath.Join(d.folder, fmt.Sprintf("hall4-%d-%d-%d.db", params.Vehicles, params.Months, params.Seed)), Sender: d.outbox, Issuer: paper.Issue}
	url := "http://" + listener.Addr().String()
	payments, err := sandbox.Start(sandbox.Config{Path: config.Path + ".sandbox"}, url+hall.NotificationPath, url+hall.ReturnPath)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, payments.Stop()) }()
	config.Payments = payments.Client
	h, err := hall.Open(ctx, config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	if _, err := sample.Ensure(ctx, h.Store(), params, time.Now(), func(done, total int) {
		d.change(func(s *demoState) { s.percent = int64(done) * 100 / int64(max(total, 1)) })
	}); err != nil {
		return err
	}
	signIns, err := sample.SignIns()
	if err == nil {
		err = sample.WithPlates(ctx, h.Store(), signIns)
	}
	if err != nil {
		return err
	}
	d.change(func(s *demoState) { s.url, s.signIns = url, onPage(signIns) })
	go ready(url)
	return h.Serve(ctx, listener)
}

// demoParams: a fleet of a middling company over a good year, unless TOLLBOOK_DEMO says otherwise.
func demoParams() (sample.Params, error) {
	usual := sample.Params{Vehicles: 200, Months: 14, Seed: 1}
	if text := os.Getenv("TOLLBOOK_DEMO"); text != "" {
		return sample.ParseParams(text, usual)
	}
	return usual, nil
}

// messages are the outbox's, newest first.
func (d *demoHall) messages() []DemoMessage {
	shown := []DemoMessage{}
	for _, sms := range d.outbox.Messages() {
		shown = append(shown, DemoMessage{Phone: sms.Phone, Purpose: sms.Purpose, Code: sms.Code})
	}
	return shown
}

// onPage shows the sample's logins; their plates are known once the fleet is there.
func onPage(samples []sample.SignIn) []DemoSignIn {
	shown := []DemoSignIn{}
	for _, each := range samples {
		shown = append(shown, DemoSignIn{UserKind: string(each.UserKind), Phone: each.Phone, Name: each.Name, DocumentType: each.DocumentType,
			DocumentNumber: each.DocumentNumber, Nickname: each.Nickname, Password: each.Password, PlateNumber: each.Plate.Number, PlateColor: int(each.Plate.Color)})
	}
	return shown
}

// stop ends the hall and waits for it.
func (d *demoHall) stop() {
	d.mu.Lock()
	end, ended := d.end, d.ended
	d.mu.Unlock()
	if end == nil {
		return
	}
	end()
	<-ended
}
