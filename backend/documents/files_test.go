package documents_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tollbook/backend/documents"
	"tollbook/backend/fault"
	"tollbook/backend/hallapi"
)

// eachFile visits all files of the cabinet's documents.
func (c *cabinet) eachFile(see func(path string)) {
	c.t.Helper()
	err := filepath.WalkDir(c.files.Folder(), func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() && entry.Name() != "lock" {
			see(path)
		}
		return nil
	})
	must(c.t, err)
}

// shows tells whether a file holds about so many bytes.
func (c *cabinet) shows(bytes int64) bool {
	found := false
	_ = filepath.WalkDir(c.files.Folder(), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return nil
		}
		if info, err := os.Stat(path); err == nil && info.Size() > bytes-64<<10 {
			found = true
		}
		return nil
	})
	return found
}

// readsNothing checks that no file in the data folder shows a word of a document, or its hash.
func (c *cabinet) readsNothing(hashes ...string) {
	c.t.Helper()
	files := 0
	must(c.t, filepath.WalkDir(c.folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		raw, err := os.ReadFile(path)
		must(c.t, err)
		files++
		for _, plain := range append([]string{secret, "%PDF", "TOLLBOOK-SECRET"}, hashes...) {
			if bytes.Contains(raw, []byte(plain)) || strings.Contains(path, plain) {
				c.t.Errorf("%s shows %q", entry.Name(), plain)
			}
		}
		return nil
	}))
	if files == 0 {
		c.t.Error("there is no file: nothing is shown")
	}
}

func TestTheFolderTellsNothing(t *testing.T) {
	h, c := newShelf(t, 20, 90_000), openCabinet(t, t.TempDir())
	must(t, c.download(h, 20, nil))
	var hashes []string
	for name := range h.bodies {
		hashes = append(hashes, name, name[:12])
	}
	c.readsNothing(hashes...)
}

// A bit is flipped somewhere in a file, or it is cut, or another's file is put in its place: that is seen, named, and mended.
func TestADamagedFileIsSeenAndFetchedAnew(t *testing.T) {
	h, c := newShelf(t, 2, 150_000), openCabinet(t, t.TempDir())
	must(t, c.download(h, 2, nil))
	var paths []string
	c.eachFile(func(path string) { paths = append(paths, path) })
	noise := rand.New(rand.NewPCG(1, 2))
	for round := range 40 {
		path := paths[round%len(paths)]
		raw, err := os.ReadFile(path)
		must(t, err)
		switch {
		case round < 30:
			raw[noise.IntN(len(raw))] ^= 1 << noise.IntN(8)
		case round < 34:
			raw = raw[:noise.IntN(len(raw))]
		case round < 37:
			raw = nil
		default:
			raw, err = os.ReadFile(paths[(round+1)%len(paths)])
			must(t, err)
		}
		must(t, os.WriteFile(path, raw, 0o600))
		found, err := c.service.Verify(t.Context(), nil)
		must(t, err)
		if found.Checked != 4 || len(found.Lost) != 1 {
			t.Fatalf("round %d: %d checked, lost %v", round, found.Checked, found.Lost)
		}
		lost := found.Lost[0]
		_, err = c.service.Original(t.Context(), lost.InvoiceID, lost.Kind)
		wantCode(t, err, fault.DocumentAbsent) // its remains are gone
		must(t, c.download(h, 2, nil))
	}
	c.holds(h, 2)
}

func TestAFileThatIsGoneIsNoticedWhenItIsOpened(t *testing.T) {
	h, c := newShelf(t, 3, 2000), openCabinet(t, t.TempDir())
	must(t, c.download(h, 3, nil))
	must(t, os.RemoveAll(c.files.Folder()))
	_, err := c.service.Original(t.Context(), 2, "xml")
	wantCode(t, err, fault.DocumentAbsent)
	must(t, c.download(h, 3, nil))
	c.holds(h, 3)
}

// The cache is lost and its documents are not: they are taken up without being fetched.
func TestDocumentsOutliveTheirCache(t *testing.T) {
	h, folder := newShelf(t, 25, 2000), t.TempDir()
	must(t, openCabinet(t, folder).download(h, 25, nil))
	fresh := t.TempDir()
	must(t, os.Rename(filepath.Join(folder, "documents"), filepath.Join(fresh, "documents")))
	c, asked := openCabinet(t, fresh), h.requests
	must(t, c.download(h, 25, nil))
	if h.requests != asked {
		t.Errorf("%d documents were fetched again", h.requests-asked)
	}
	c.holds(h, 25)
}

func TestReadingFromAnyByte(t *testing.T) {
	h, c := newShelf(t, 1, 200_001), openCabinet(t, t.TempDir())
	must(t, c.download(h, 1, nil))
	want := h.bodies[h.listed[1][0].Sha256]
	reader, _, err := c.service.Open(t.Context(), 1, "pdf")
	must(t, err)
	defer reader.Close()
	for _, offset := range []int64{0, 1, 65_535, 65_536, 131_072, 200_000, 77, 200_001} {
		_, err := reader.Seek(offset, io.SeekStart)
		must(t, err)
		got, err := io.ReadAll(reader)
		must(t, err)
		if !bytes.Equal(got, want[offset:]) {
			t.Errorf("from byte %d on it is another", offset)
		}
	}
}

func TestClearingRemovesFilesAndForgetsStrays(t *testing.T) {
	h, c := newShelf(t, 10, 2000), openCabinet(t, t.TempDir())
	must(t, c.download(h, 10, nil))
	removed, err := c.service.Clear(t.Context(), 0, func(int64) {})
	must(t, err)
	left := 0
	c.eachFile(func(string) { left++ })
	if use, err := c.service.Use(t.Context(), 0); removed != 20 || left != 0 || err != nil || use.Documents != 0 || use.Bytes != 0 {
		t.Errorf("%d removed, %d files left, the cache says %+v, %v", removed, left, use, err)
	}
}

// It is cancelled in its midst: what was removed by then is noted and nothing else, and the next one finishes the work.
func TestAClearingThatIsCancelledLeavesNoHalfDone(t *testing.T) {
	h, c := newShelf(t, 40, 2000), openCabinet(t, t.TempDir())
	must(t, c.download(h, 40, nil))
	ctx, cancel := context.WithCancel(t.Context())
	var told atomic.Int64
	removed, err := c.service.Clear(ctx, 0, func(removed int64) {
		if told.Add(1); removed >= 20 {
			cancel()
		}
	})
	wantCode(t, err, fault.Cancelled)
	left := int64(0)
	c.eachFile(func(string) { left++ })
	if use, err := c.service.Use(t.Context(), 0); removed != told.Load() || left != 80-removed || left == 0 || err != nil || use.Documents != left {
		t.Errorf("%d removed, %d told, %d files left, the cache says %+v, %v", removed, told.Load(), left, use, err)
	}
	if removed, err := c.service.Clear(t.Context(), 0, func(int64) {}); removed != left || err != nil {
		t.Errorf("the rest was %d of %d, %v", removed, left, err)
	}
}

// workerFolder and workerHall make this test's program a download of its own, to be killed or run on a small disk.
const (
	workerFolder = "TOLLBOOK_DOCUMENTS_FOLDER"
	workerHall   = "TOLLBOOK_DOCUMENTS_HALL"
	workerCount  = 120
)

func TestMain(m *testing.M) {
	folder := os.Getenv(workerFolder)
	if folder == "" {
		os.Exit(m.Run())
	}
	if err := downloadAsWorker(folder); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func downloadAsWorker(folder string) error {
	caller, err := hallapi.NewCaller(os.Getenv(workerHall), "")
	if err != nil {
		return err
	}
	c := &cabinet{folder: folder}
	if err := c.open(); err != nil {
		return err
	}
	ids := make([]int64, workerCount)
	for i := range ids {
		ids[i] = int64(i + 1)
	}
	err = c.service.Download(context.Background(), caller, documents.Order{Invoices: ids, Kinds: documents.Kinds()}, func(documents.Progress) {})
	return errors.Join(err, c.cache.Close())
}

func (h *shelf) worker(folder string, before ...string) *exec.Cmd {
	h.t.Helper()
	program, err := os.Executable()
	must(h.t, err)
	args := append(before, program)
	command := exec.Command(args[0], args[1:]...)
	command.Env = append(os.Environ(), workerFolder+"="+folder, workerHall+"="+h.server.URL)
	return command
}

// The program is killed again and again in the midst of a download: nothing is lost, nothing comes twice, nothing is in the clear.
func TestKilledDownloadsGoOn(t *testing.T) {
	h, folder := newShelf(t, workerCount, 40_000), t.TempDir()
	noise := rand.New(rand.NewPCG(3, 4))
	kills := 0
	for range 25 {
		worker := h.worker(folder)
		must(t, worker.Start())
		time.AfterFunc(time.Duration(40+noise.IntN(120))*time.Millisecond, func() { _ = worker.Process.Kill() })
		if worker.Wait() == nil {
			break
		}
		kills++
	}
	if out, err := h.worker(folder).CombinedOutput(); err != nil {
		t.Fatalf("after %d kills: %v\n%s", kills, err, out)
	}
	if kills < 3 {
		t.Errorf("only %d kills fell into a download", kills)
	}
	c := openCabinet(t, folder)
	c.holds(h, workerCount)
	c.readsNothing()
	c.eachFile(func(path string) {
		if strings.HasSuffix(path, ".part") {
			t.Errorf("%s is left", filepath.Base(path))
		}
	})
	// A kill costs at most what four documents had not sealed yet, and what came after the last look at the clock.
	total := int64(0)
	for _, body := range h.bodies {
		total += int64(len(body))
	}
	if most := total + int64(kills)*8*40_000; h.served > most {
		t.Errorf("%d bytes came for %d in %d kills", h.served, total, kills)
	}
	t.Logf("%d kills, %d bytes came for %d", kills, h.served, total)
}

func TestAFullDiskIsNamedAndTheDownloadGoesOnWithRoom(t *testing.T) {
	h, folder := newShelf(t, workerCount, 40_000), t.TempDir()
	script := `set -e; mount -t tmpfs -o size=3m none "$0"; shift; code=0; "$@" || code=$?; echo "first $code"; mount -o remount,size=64m "$0"; "$@"; find "$0" -type f | wc -l`
	out, err := h.worker(folder, "unshare", "--map-root-user", "--mount", "sh", "-c", script, folder, "-").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text := string(out)
	if !strings.Contains(text, "first 1") || !strings.Contains(text, "no space left") && !strings.Contains(text, "disk is full") {
		t.Errorf("the full disk is not named:\n%s", text)
	}
}

func TestOneProgramDownloadsAtATime(t *testing.T) {
	h, folder := newShelf(t, 1, 2000), t.TempDir()
	held, other := openCabinet(t, folder), openCabinet(t, folder)
	h.fail = func(w http.ResponseWriter, _ *http.Request, _ []byte) bool {
		err := other.download(newShelf(t, 1, 2000), 1, nil)
		if fault.CodeOf(err) != fault.CacheBusy {
			t.Errorf("a second download at the same time: %v", err)
		}
		return false
	}
	must(t, held.download(h, 1, nil))
}

func TestAHashThatIsNoneIsRefused(t *testing.T) {
	h, c := newShelf(t, 1, 2000), openCabinet(t, t.TempDir())
	h.listed[1][0].Sha256 = hex.EncodeToString(make([]byte, sha256.Size-1))
	wantCode(t, c.download(h, 1, nil), fault.HallNotRecognized)
}
