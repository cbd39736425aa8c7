package record

import "strings"

// Stations joins entry and exit as the portal's 出入口站点 does (manual 2.6.1); a passage without stations has its place there.
func Stations(entry, exit, place string) string {
	if entry == "" && exit == "" {
		return place
	}
	return strings.TrimSpace(entry + " " + exit)
}
