// Package font holds the font that documents embed: Noto Sans SC Regular, cut down by build/font.sh; its licence is OFL.txt.
package font

import _ "embed" // the font below

//go:embed NotoSansSC-Regular.ttf
var regular string

// Regular is the font's file. It is a text because writers pad it in place: each takes a copy.
func Regular() string { return regular }
