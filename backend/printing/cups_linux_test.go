package printing

import (
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tollbook/backend/fault"
)

// cups is a print server of the test's own, with a printer "TollbookPDF" that writes PDF files. The system's own configuration is not
// touched; only the files come where the PDF back end always puts them, in the person's folder PDF, and are removed.
type cups struct {
	folder string
	log    string
}

const pdfQueue = "TollbookPDF"

// startCups starts the server, or skips the test where it cannot be had; on CI it must be there.
func startCups(t *testing.T) cups {
	t.Helper()
	for _, file := range []string{"/usr/sbin/cupsd", "/usr/lib/cups/backend/cups-pdf"} {
		if _, err := os.Stat(file); err != nil {
			skipUnlessCI(t, "cups or printer-driver-cups-pdf is missing: "+err.Error())
		}
	}
	if os.Getuid() != 0 {
		skipUnlessCI(t, "cupsd needs root")
	}
	c := cups{folder: openFolder(t)}
	c.log = filepath.Join(c.folder, "error_log")
	configuration := c.configure(t)
	ctx, stop := context.WithTimeout(context.Background(), 4*time.Minute)
	server := exec.CommandContext(ctx, "/usr/sbin/cupsd", "-f", "-c", configuration[0], "-s", configuration[1])
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		_ = server.Wait() // it was killed
	})
	t.Setenv("CUPS_SERVER", filepath.Join(c.folder, "cups.sock"))
	c.await(t, func() bool {
		_, err := os.Stat(filepath.Join(c.folder, "cups.sock"))
		return err == nil
	})
	run(t, "lpadmin", "-p", pdfQueue, "-v", "cups-pdf:/", "-P", "/usr/share/ppd/cups-pdf/CUPS-PDF_opt.ppd", "-E")
	return c
}

func skipUnlessCI(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(why)
	}
	t.Skip("SKIPPED: " + why)
}

// openFolder is a temporary folder that the filters of CUPS, which run as another user, may enter.
func openFolder(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "tollbook-cups")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(folder); err != nil {
			t.Error(err)
		}
	})
	for name, mode := range map[string]os.FileMode{"": 0o755, "root": 0o755, "root/ppd": 0o755, "spool": 0o755, "cache": 0o755, "state": 0o755, "tmp": 0o777 | os.ModeSticky} {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(path, mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func (c cups) configure(t *testing.T) [2]string {
	t.Helper()
	files := map[string]string{
		"cupsd.conf": "Listen FOLDER/cups.sock\nLogLevel info\nDefaultAuthType None\nWebInterface No\nBrowsing No\n" +
			"<Location />\nAllow all\n</Location>\n<Policy default>\n<Limit All>\nAllow all\n</Limit>\n</Policy>\n",
		"cups-files.conf": "ServerRoot FOLDER/root\nRequestRoot FOLDER/spool\nCacheDir FOLDER/cache\nStateDir FOLDER/state\nTempDir FOLDER/tmp\n" +
			"AccessLog FOLDER/access_log\nErrorLog FOLDER/error_log\nPageLog FOLDER/page_log\nServerKeychain FOLDER/root/ssl\nSystemGroup root\n",
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(c.folder, "root", name), []byte(strings.ReplaceAll(text, "FOLDER", c.folder)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return [2]string{filepath.Join(c.folder, "root", "cupsd.conf"), filepath.Join(c.folder, "root", "cups-files.conf")}
}

// await waits for what another process does, at most a minute.
func (c cups) await(t *testing.T, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if done() {
			return
		}
	}
	said, err := os.ReadFile(c.log)
	t.Fatalf("CUPS does not do it; its log: %v\n%s", err, said)
}

// A pack goes to a printer of a real queue: what comes out is what the preview showed.
func TestPrintingOnARealQueue(t *testing.T) {
	c := startCups(t)
	printer := System()
	ctx := context.Background()
	if queues, err := printer.Queues(ctx); err != nil || !slices.Equal(queues, []Queue{{Name: pdfQueue}}) {
		t.Fatalf("printers: %v, %v", queues, err)
	}
	preview, result := packFile(t, sampleDocuments(t, 5), Standard())
	title := fmt.Sprintf("tollbookpack%d", os.Getpid())
	receipt, err := Hand(ctx, printer, Request{Path: preview, Printer: pdfQueue, Title: title, Copies: 1}, result, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	following, stop := context.WithTimeout(ctx, time.Minute)
	defer stop()
	if state, err := Follow(following, printer, receipt.Job, 100*time.Millisecond); err != nil || state != Left {
		said, _ := os.ReadFile(c.log)
		t.Fatalf("job %+v: %q, %v\n%s", receipt.Job, state, err, said)
	}
	if len(receipt.Documents) != 5 {
		t.Errorf("the receipt names %v", receipt.Documents)
	}
	printed := findPrinted(t, title)
	size := []string{"-gray", "-scale-to-x", fmt.Sprint(pictureWidth), "-scale-to-y", fmt.Sprint(pictureHeight)}
	want, got := picturesOf(t, preview, size...), picturesOf(t, printed, size...)
	if len(got) != len(want) {
		t.Fatalf("%d pages came out of %d", len(got), len(want))
	}
	for i := range got {
		same := difference(got[i], want[i])
		other := difference(got[i], want[(i+1)%len(want)])
		t.Logf("page %d differs by %.2f of 255 from the preview's, by %.2f from another", i+1, same, other)
		if same > 1 || same > other/2 {
			t.Errorf("page %d differs from the preview by %.2f of 255 on average, from another page by %.2f", i+1, same, other)
		}
	}
	if _, err := printer.Print(ctx, Request{Path: preview, Printer: "Nowhere", Copies: 1}); fault.CodeOf(err) != fault.PrinterMissing {
		t.Errorf("a printer that is not there: %v", err)
	}
	if _, err := printer.Print(ctx, Request{Path: preview, Copies: 1}); fault.CodeOf(err) != fault.PrinterMissing {
		t.Errorf("no default printer: %v", err)
	}
	if _, err := printer.Print(ctx, Request{Path: preview + ".gone", Printer: pdfQueue, Copies: 1}); fault.CodeOf(err) != fault.PrintFailed {
		t.Errorf("a file that is gone: %v", err)
	}
	t.Run("under Wine", printUnderWine)
	// A queue that takes no more holds the job: it must not be told as printed.
	run(t, "cupsdisable", pdfQueue)
	held, err := printer.Print(ctx, Request{Path: preview, Printer: pdfQueue, Title: title + "held", Copies: 1})
	if err != nil {
		t.Fatal(err)
	}
	if state, err := printer.State(ctx, held); err != nil || state != Waiting {
		t.Errorf("a job on a stopped printer: %q, %v", state, err)
	}
	run(t, "cancel", "-x", held.ID)
}

// findPrinted is the file that the PDF back end wrote of a job.
func findPrinted(t *testing.T, title string) string {
	t.Helper()
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(me.HomeDir, "PDF", title+"*.pdf"))
	if err != nil || len(files) != 1 {
		t.Fatalf("the printer wrote %v, %v", files, err)
	}
	t.Cleanup(func() {
		if err := os.Remove(files[0]); err != nil {
			t.Error(err)
		}
	})
	return files[0]
}

// Pictures that are compared are of one size, since PostScript knows A4 in whole points alone, and of whole squares.
const (
	pictureWidth, pictureHeight = 1120, 1584
	square                      = 16
)

// difference is the mean difference of the greys of two pictures' squares, of 255: letters and lines that are drawn a hair otherwise, as
// they are after a way through PostScript, hardly count.
func difference(a, b string) float64 {
	first, second := squares(a), squares(b)
	sum := 0.0
	for i := range first {
		sum += math.Abs(first[i] - second[i])
	}
	return sum / float64(len(first))
}

func squares(picture string) []float64 {
	pixels := picture[len(picture)-pictureWidth*pictureHeight:]
	greys := make([]float64, pictureWidth/square*pictureHeight/square)
	for i := range len(pixels) {
		x, y := i%pictureWidth/square, i/pictureWidth/square
		greys[y*(pictureWidth/square)+x] += float64(pixels[i]) / (square * square)
	}
	return greys
}

// printUnderWine runs the Windows part in a Wine of its own, whose printers are those of the test's CUPS: the list of printers and the
// call of the shell are the real ones, the program that is called is the test itself.
func printUnderWine(t *testing.T) {
	for _, tool := range []string{"wine", "x86_64-w64-mingw32-gcc"} {
		if _, err := exec.LookPath(tool); err != nil {
			skipUnlessCI(t, "printing under Wine: "+err.Error())
		}
	}
	folder := t.TempDir()
	binary := filepath.Join(folder, "printing.test.exe")
	build := exec.Command("go", "test", "-c", "-o", binary, ".")
	build.Env = append(os.Environ(), "GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build for Windows: %v\n%s", err, out)
	}
	prefix := filepath.Join(folder, "wine")
	wine := func(arguments ...string) string {
		ctx, stop := context.WithTimeout(context.Background(), 3*time.Minute)
		defer stop()
		command := exec.CommandContext(ctx, "wine", arguments...)
		command.Env = append(os.Environ(), "WINEPREFIX="+prefix, "WINEDEBUG=-all", "TOLLBOOK_SHELL_TEST=1", "DISPLAY=", "WINEDLLOVERRIDES=mscoree=;mshtml=", "LC_ALL=C.UTF-8")
		command.WaitDelay = 10 * time.Second
		out, err := command.CombinedOutput()
		if err != nil {
			t.Fatalf("wine %v: %v\n%s", arguments, err, out)
		}
		return string(out)
	}
	wine("wineboot", "--init")
	t.Cleanup(func() {
		stopped := exec.Command("wineserver", "-k")
		if path, err := exec.LookPath("wineserver"); err != nil || path == "" {
			stopped = exec.Command("/usr/lib/wine/wineserver", "-k")
		}
		stopped.Env = append(os.Environ(), "WINEPREFIX="+prefix)
		_ = stopped.Run() // it may have ended by itself
	})
	shim := filepath.Join(prefix, "drive_c", "windows", "system32", "bcryptprimitives.dll")
	if _, err := os.Stat(shim); err != nil {
		run(t, "x86_64-w64-mingw32-gcc", "-shared", "-O2", "-o", shim, filepath.Join("testdata", "bcryptprimitives.c"), "-ladvapi32")
	}
	said := wine(binary, "-test.v", "-test.run", "^TestTheShellOfWindows$")
	if !strings.Contains(said, "--- PASS: TestTheShellOfWindows") || !strings.Contains(said, pdfQueue) {
		t.Errorf("under Wine:\n%s", said)
	}
}
