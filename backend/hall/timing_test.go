package hall_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"tollbook/backend/hall"
	"tollbook/backend/hallapi"
)

// Somebody who asks often must not find out from the answers, or from how long they take, who is known here.
func TestTheKnownAndTheUnknownAreAnsweredAlike(t *testing.T) {
	w := withNicknames(t)
	for i := range 40 { // phones of one account each: a phone can be asked once a minute only
		holder := unitHolder()
		holder.ID, holder.Phone = hall.AccountID(1000+i), fmt.Sprintf("1000001%04d", i)
		w.add(holder)
	}
	nickname := func(name string) string {
		return `{"userKind":"unit","nickname":"` + name + `","password":"一路平安-2025","captchaId":"` + w.captcha() + `","captcha":"` + captchaText + `"}`
	}
	plate := func(number string) string {
		holder := unitHolder()
		return `{"proof":{"userKind":"unit","plateNumber":"` + number + `","plateColor":1,"name":"别的公司","documentType":"102","documentNumber":"` + holder.DocumentNumber +
			`"},"captchaId":"` + w.captcha() + `","captcha":"` + captchaText + `"}`
	}
	for what, c := range map[string]struct {
		path, answers  string
		known, unknown func(i int) string
		calls          int
	}{
		"a code for a phone": {"/v1/sms-codes", "validSeconds", phoneBody("1000001%04d"), phoneBody("1000002%04d"), 40},
		"a nickname":         {"/v1/session/nickname", "password_rejected", func(int) string { return nickname("样例运输") }, func(int) string { return nickname("没有这个") }, 24},
		"a plate":            {"/v1/phone-recovery", "recovery_failed", func(int) string { return plate("浙X10001") }, func(int) string { return plate("浙X99999") }, 24},
	} {
		// What betrays does so each time, a busy machine does not.
		for attempt := 1; ; attempt++ {
			known, unknown, answer := w.askBoth(c.path, c.known, c.unknown, c.calls)
			if !strings.Contains(answer, c.answers) {
				t.Errorf("%s: the answer is %s", what, answer)
			}
			t.Logf("%s: known %s, unknown %s (medians of %d), answered %s", what, known, unknown, c.calls, answer)
			// A generous bound: half of the call itself, or two milliseconds. The work that could betray is that of argon2id, or of a search.
			if (known - unknown).Abs() <= max(2*time.Millisecond, unknown/2) {
				break
			}
			if attempt == 3 {
				t.Errorf("%s: known takes %s, unknown %s, and so it was twice before", what, known, unknown)
				break
			}
		}
	}
}

// askBoth asks for the known and the unknown in turn and gives what a call of each takes, and the answer, which is the same for both.
func (w *world) askBoth(path string, known, unknown func(i int) string, calls int) (ofKnown, ofUnknown time.Duration, answer string) {
	w.t.Helper()
	var took [2][]time.Duration
	var answers [2]string
	for i := range calls {
		for which, body := range []func(int) string{known, unknown} {
			text := body(i)
			start := time.Now()
			response, said := w.send("POST", path, text, nil)
			took[which] = append(took[which], time.Since(start))
			answers[which] = fmt.Sprint(response.StatusCode, withoutIDs(said))
		}
		if i > 0 && answers[0] != answers[1] {
			w.t.Fatalf("%s: known %s, unknown %s", path, answers[0], answers[1])
		}
		w.clock.pass(6 * time.Hour) // no limit, no lock: those are the same for both too, and are tested elsewhere
	}
	return median(took[0]), median(took[1]), answers[0]
}

func phoneBody(form string) func(int) string {
	return func(i int) string {
		return `{"userKind":"` + string(hallapi.Unit) + `","phone":"` + fmt.Sprintf(form, i) + `","purpose":"signIn"}`
	}
}

// withoutIDs leaves out what differs between any two answers: the id of a problem, and the seconds of a wait.
func withoutIDs(answer string) string {
	return regexp.MustCompile(`"instance":"[^"]*"`).ReplaceAllString(answer, "")
}

func median(took []time.Duration) time.Duration {
	slices.Sort(took)
	return took[len(took)/2]
}
