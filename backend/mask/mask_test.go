package mask

import "testing"

func TestMasksReadAsInTheManual(t *testing.T) {
	cases := []struct{ got, want string }{
		{Card("33011811230000009788"), "1811*****9788"},
		{Card("1811230000009788"), "1811*****9788"},
		{Card("12345678"), "*****"},
		{Card(""), ""},
		{Tag("3301000000005430"), "3301*****5430"},
		{Phone("13700002756"), "137****2756"},
		{Phone("2756"), "****"},
		{Document("京字第一号文"), "京****************文"},
		{Document("91330100MA0000001X"), "9****************X"},
	}
	for _, c := range cases {
		if c.got != c.want {
			t.Errorf("masked as %q, want %q", c.got, c.want)
		}
	}
}
