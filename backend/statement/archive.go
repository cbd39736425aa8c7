package statement

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"path"
	"strings"
	"time"
)

// archive is a zip file that documents are put into as they are written. Names within it are UTF-8.
type archive struct {
	pack   *pack
	madeAt time.Time
}

func newArchive(ctx context.Context, to shelf, name string, madeAt time.Time) (*archive, error) {
	target, err := to.create(name)
	if err != nil {
		return nil, err
	}
	p, err := newPack(cancellable{ctx: ctx, to: target})
	return &archive{pack: p, madeAt: madeAt}, err
}

// create starts the next file, which ends the one before it. Workbooks and PDF files are compressed already.
func (a *archive) create(name string) (io.Writer, error) {
	header := &zip.FileHeader{Name: name, Method: zip.Store, Modified: a.madeAt}
	if path.Ext(name) == "."+string(CSV) {
		header.Method = zip.Deflate
	}
	file, err := a.pack.CreateHeader(header)
	if err != nil {
		return nil, fmt.Errorf("start a file of the zip file: %w", err)
	}
	return file, nil
}

func (a *archive) finish() error { return a.pack.finish() }

// fileNames gives each of many texts a file name that Windows takes and that differs from all before it, whatever the case of letters.
type fileNames map[string]bool

func (f fileNames) of(text string) string {
	name := FileName(text)
	unique := name
	for n := 2; f[strings.ToLower(unique)]; n++ {
		unique = fmt.Sprintf("%s(%d)", name, n)
	}
	f[strings.ToLower(unique)] = true
	return unique
}

// FileName is a text as far as Windows takes it for a file's name: none of <>:"/\|?*, no dot or blank at its end, no name of a device.
func FileName(text string) string {
	const longest = 80
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`<>:"/\|?*`, r) || r < ' ' || r == 0x7F {
			return '_'
		}
		return r
	}, text)
	runes := []rune(name)
	name = strings.Trim(string(runes[:min(len(runes), longest)]), " .")
	stem, _, _ := strings.Cut(strings.ToUpper(name), ".")
	if isDevice(strings.TrimSpace(stem)) {
		return "_" + name
	}
	return orElse(name, "_")
}

func isDevice(stem string) bool {
	switch stem {
	case "CON", "PRN", "AUX", "NUL":
		return true
	}
	numbered := strings.HasPrefix(stem, "COM") || strings.HasPrefix(stem, "LPT")
	return numbered && len(stem) == 4 && stem[3] >= '0' && stem[3] <= '9'
}
