package statement

import (
	"os"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	fontfile "tollbook/backend/statement/font"
)

func face(t testing.TB) *typeface {
	t.Helper()
	face, err := newTypeface()
	if err != nil {
		t.Fatal(err)
	}
	return face
}

func TestTheFontHasWhatStatementsNeed(t *testing.T) {
	characters, err := os.ReadFile("font/characters.txt")
	if err != nil {
		t.Fatal(err)
	}
	required, err := os.ReadFile("testdata/required.txt")
	if err != nil {
		t.Fatal(err)
	}
	face := face(t)
	for _, r := range string(characters) + string(required) + " \u00a0\u3000" {
		if r != '\n' && face.advance(r) < 0 {
			t.Errorf("the font lacks %c (%U)", r, r)
		}
	}
	if count := utf8.RuneCount(characters); count < 8900 {
		t.Errorf("the list of characters has only %d", count)
	}
	if licence, err := os.ReadFile("font/OFL.txt"); err != nil || !strings.Contains(string(licence), "SIL OPEN FONT LICENSE Version 1.1") {
		t.Errorf("the font's licence is not beside it: %v", err)
	}
	if size := len(fontfile.Regular()); size > 4<<20 {
		t.Errorf("the font takes %d bytes of every program", size)
	}
}

func TestEveryTextFitsItsWidth(t *testing.T) {
	face := face(t)
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.String().Draw(t, "text")
		width := rapid.Float64Range(5, 200).Draw(t, "width")
		text, replaced := face.printable(raw)
		if again, twice := face.printable(text); again != text || twice {
			t.Fatalf("%q is printable as %q, and that as %q", raw, text, again)
		}
		if !replaced && strings.ContainsRune(text, missingMark) && !strings.ContainsRune(raw, missingMark) {
			t.Fatalf("%q lost characters in silence: %q", raw, text)
		}
		fitted, size := face.fit(text, width, bodySize, smallestText)
		if face.width(fitted, size) > width+1e-9 || size > bodySize || size < smallestText {
			t.Fatalf("%q in %.1f mm: %q at %.1f points is %.2f mm wide", text, width, fitted, size, face.width(fitted, size))
		}
		if fitted != text && !strings.HasPrefix(text, strings.TrimSuffix(fitted, clipMark)) {
			t.Fatalf("%q was cut to %q", text, fitted)
		}
		lines := face.wrap(text, width, coverSize)
		for _, line := range lines {
			if face.width(line, coverSize) > width && utf8.RuneCountInString(line) > 1 {
				t.Fatalf("the line %q is wider than %.1f mm", line, width)
			}
		}
		if strings.Join(lines, "") != text {
			t.Fatalf("%q was broken into %q", text, lines)
		}
	})
}

func FuzzPrintable(f *testing.F) {
	for _, seed := range []string{"浙Z12345【渐变绿】", "😀👨‍👩‍👧", "\xff\x00\u202e", "é"} {
		f.Add(seed)
	}
	face := face(f)
	f.Fuzz(func(t *testing.T, raw string) {
		text, _ := face.printable(raw)
		for _, r := range text {
			if face.advance(r) < 0 || r > 0xFFFF || unicode.IsControl(r) {
				t.Fatalf("%q still holds %U", text, r)
			}
		}
	})
}
