// Package frontend carries the built pages into the program.
package frontend

import "embed"

// Dist is the output of the frontend's build; in a clean checkout it holds .gitkeep alone.
//
//go:embed all:dist
var Dist embed.FS
