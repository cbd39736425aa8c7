package hall_test

import (
	"fmt"
	"testing"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/hallapi"
)

// A guesser tries a code a second, each from another network, with a new code whenever one may be sent and a restart of the hall now and
// then. While the phone is locked he even brings the right code.
func TestTenThousandGuessesOfACode(t *testing.T) {
	w := newWorld(t)
	w.add(unitHolder())
	const phone, guesses = "10000000001", 10_000
	judged, inARow := 0, 0
	var lockedUntil time.Time
	for i := range guesses {
		w.from = fmt.Sprintf("203.%d.%d.9", i/250, i%250)
		if i%1000 == 999 {
			w.open()
		}
		if i%60 == 0 {
			_, err := w.caller("").RequestCode(t.Context(), hallapi.Unit, phone)
			if err != nil {
				wantCode(t, err, fault.TooManyRequests)
			}
		}
		guess, want := wrongCode(w, phone), fault.CodeRejected
		if w.clock.Now().Before(lockedUntil) {
			guess, want = w.outbox.LastCode(phone), fault.Locked
		}
		_, err := w.caller("").SignIn(t.Context(), hallapi.Unit, phone, guess)
		wantCode(t, err, want)
		if want == fault.CodeRejected {
			judged++
			inARow++
		}
		if inARow == 5 {
			inARow, lockedUntil = 0, w.clock.Now().Add(15*time.Minute)
		}
		w.clock.pass(time.Second)
	}
	if sent := len(w.outbox.Messages()); sent > 10 {
		t.Errorf("%d codes were sent in three hours", sent)
	}
	if judged > 60 {
		t.Errorf("%d of %d guesses were judged", judged, guesses)
	}
	t.Logf("of %d guesses %d were judged, %d codes were sent", guesses, judged, len(w.outbox.Messages()))
}

// One network cannot try many phones either.
func TestOneNetworkIsLimitedWhateverItAsksFor(t *testing.T) {
	w := newWorld(t)
	refusedAt := func(from string, try func(i int) error) int {
		for i := range 1000 {
			w.from = fmt.Sprintf(from, i%200+1)
			if fault.CodeOf(try(i)) == fault.TooManyRequests {
				return i
			}
		}
		return -1
	}
	send := func(i int) error {
		_, err := w.caller("").RequestCode(t.Context(), hallapi.Unit, fmt.Sprintf("1%010d", i))
		return err
	}
	try := func(i int) error {
		_, err := w.caller("").SignIn(t.Context(), hallapi.Unit, fmt.Sprintf("1%010d", i), "000000")
		return err
	}
	for what, c := range map[string]struct{ got, want int }{
		"codes from one /24":        {refusedAt("198.51.100.%d", send), 20},
		"codes from one IPv6 /56":   {refusedAt("2001:db8:0:12%02x::1", func(i int) error { return send(i + 4000) }), 20},
		"tries from one /24":        {refusedAt("203.0.113.%d", try), 60},
		"codes from this computer":  {refusedAt("127.0.0.%d", func(i int) error { return send(i + 500) }), -1},
		"codes from the next /24":   {refusedAt("198.51.101.%d", func(i int) error { return send(i + 2000) }), 20},
		"mapped IPv4 is that IPv4":  {refusedAt("::ffff:198.51.100.%d", func(i int) error { return send(i + 6000) }), 0},
		"tries go on being refused": {refusedAt("203.0.113.%d", try), 0},
	} {
		if c.got != c.want {
			t.Errorf("%s: refused at %d, want %d", what, c.got, c.want)
		}
	}
}
