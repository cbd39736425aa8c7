package plate

import (
	"errors"
	"testing"
)

func TestPlatesAreWrittenAsThePortalPrintsThemAndReadBack(t *testing.T) {
	cases := map[Plate]string{
		{"浙Z12345", Blue}:           "浙Z12345【蓝色】",
		{"浙ZD12345", GradientGreen}: "浙ZD12345【渐变绿】",
		{"浙Z1234挂", Yellow}:         "浙Z1234挂【黄色】",
	}
	for p, text := range cases {
		if p.String() != text {
			t.Errorf("%v is written %q, want %q", p, p.String(), text)
		}
		if got, err := Parse(text); err != nil || got != p {
			t.Errorf("Parse(%q) = %v, %v", text, got, err)
		}
	}
}

func TestEveryColourIsReadBackByItsName(t *testing.T) {
	for _, color := range colors() {
		if got, ok := ParseColor(color.Name()); !ok || got != color {
			t.Errorf("%d is named %q, which is read as %d, %v", color, color.Name(), got, ok)
		}
	}
	if got, ok := ParseColor("渐变绿色"); !ok || got != GradientGreen {
		t.Errorf("渐变绿色 is read as %d, %v", got, ok)
	}
}

func TestParseRefusesAPlateWithoutItsColour(t *testing.T) {
	for _, text := range []string{"", "浙Z12345", "浙Z12345【】", "浙Z12345【紫色】", "【蓝色】", "浙Z12345【蓝色"} {
		if got, err := Parse(text); !errors.Is(err, ErrPlate) {
			t.Errorf("Parse(%q) = %v, %v; want ErrPlate", text, got, err)
		}
	}
}

func TestNormalizeMakesTypedPlatesComparable(t *testing.T) {
	for typed, want := range map[string]string{" 浙z·12345 ": "浙Z12345", "浙Ｚ１２３４５": "浙Z12345", "浙Z 123 45": "浙Z12345", "z12": "Z12"} {
		if got := Normalize(typed); got != want {
			t.Errorf("Normalize(%q) = %q, want %q", typed, got, want)
		}
	}
}
