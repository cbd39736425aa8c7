package printing

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// packBounded packs documents, two to a sheet, and fails the test where that hangs.
func packBounded(t *testing.T, documents []Document, set limits) (Result, []byte) {
	t.Helper()
	type answer struct {
		result Result
		err    error
	}
	done := make(chan answer, 1)
	var packed bytes.Buffer
	go func() {
		result, err := pack(context.Background(), inOrder(documents), Options{PerPage: 2}, &packed, nil, set)
		done <- answer{result, err}
	}()
	select {
	case got := <-done:
		if got.err != nil {
			t.Fatal(got.err)
		}
		return got.result, packed.Bytes()
	case <-time.After(2 * time.Minute):
		t.Fatal("the pack hangs")
		return Result{}, nil
	}
}

// refusedFor packs a document before a good one, which must be in the pack, and gives the reason for which it was refused.
func refusedFor(t *testing.T, data []byte, set limits) Reason {
	t.Helper()
	good := sampleInvoice(1).document(t)
	result, packed := packBounded(t, []Document{{ID: "hostile", Open: FromBytes(data)}, good}, set)
	last := fmt.Sprint(result.Pages)
	if text := run(t, "pdftotext", "-f", last, "-l", last, writeTemp(t, packed), "-"); !strings.Contains(text, good.Number) {
		t.Errorf("the good document is not in the pack:\n%s", text)
	}
	if len(result.Refused) == 0 {
		return ""
	}
	return result.Refused[0].Reason
}

func TestHostileDocumentsAreRefused(t *testing.T) {
	good := sampleInvoice(5).pdf(t)
	media := "/MediaBox[0 0 200 300]/Resources<<>>"
	picture := func(entries, data string) []byte {
		return onePage("/MediaBox[0 0 200 300]/Resources<</XObject<</I 5 0 R>>>>/Contents 4 0 R", rawStream("", "/I Do"), rawStream("/Type/XObject/Subtype/Image/ColorSpace/DeviceGray/BitsPerComponent 8"+entries, data))
	}
	small := standardLimits()
	small.decoded, small.bytes = 4*megabyte, 2*megabyte
	bomb := deflated(bytes.Repeat([]byte("0 0 m 1 1 l S\n"), 1_000_000))
	cases := []struct {
		name string
		data []byte
		want Reason
	}{
		{"nothing", nil, NoPDF},
		{"a text", []byte("发票"), NoPDF},
		{"only a head", []byte("%PDF-1.7\n"), Damaged},
		{"cut off at half", good[:len(good)/2], Damaged},
		{"cut off before its end", good[:len(good)-20], Damaged},
		{"an end without a document", append([]byte("%PDF-1.7\n"), good[len(good)-60:]...), Damaged},
		{"a password", encrypted(t, "user"), Encrypted},
		{"no printing", encrypted(t, "", "--print=none"), Forbidden},
		{"no pages", rawPDF("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[]/Count 0>>"), NoPages},
		{"no page tree", rawPDF("<</Type/Catalog>>"), Damaged},
		{"a page tree in a circle", rawPDF("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[2 0 R]/Count 1>>"), Damaged},
		{"a page that is missing", rawPDF("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[7 0 R]/Count 1>>"), Damaged},
		{"a page whose content is missing", onePage(media + "/Contents 9 0 R"), Damaged},
		{"a page whose content is no content", onePage(media+"/Contents 4 0 R", "<<>>"), Damaged},
		{"a page as large as a town", onePage("/MediaBox[0 0 1e7 1e7]"), OutOfBounds},
		{"a page of no size", onePage("/MediaBox[0 0 0 0]"), OutOfBounds},
		{"references in a circle", onePage(media+"/Contents 4 0 R", "5 0 R", "4 0 R"), Damaged},
		{"a content that unpacks to too much", onePage(media+"/Contents 4 0 R", rawStream("/Filter/FlateDecode", bomb)), TooLarge},
		{"packed twice", onePage(media+"/Contents 4 0 R", rawStream("/Filter[/FlateDecode/FlateDecode]", deflated([]byte(bomb)))), TooLarge},
		{"pieces that unpack to too much", onePage(media+"/Contents[4 0 R 4 0 R 4 0 R]", rawStream("/Filter/FlateDecode", deflated(make([]byte, 2*megabyte)))), TooLarge},
		{"a huge picture", picture("/Width 100000/Height 100000/Filter/FlateDecode", deflated([]byte("x"))), TooLarge},
		{"a picture of less than nothing", picture("/Width -5/Height 100", "x"), TooLarge},
		{"a file that is too large", append(bytes.Clone(good), make([]byte, 3*megabyte)...), TooLarge},
		{"an unknown filter", onePage(media+"/Contents[4 0 R 4 0 R]", rawStream("/Filter/NoSuchDecode", "x")), Damaged},
		{"nested arrays", onePage(media+"/Contents 4 0 R/Group"+strings.Repeat("<</A ", 5000)+strings.Repeat(">>", 5000), rawStream("", marks)), Damaged},
	}
	// All of them in one pack, each before a good one.
	var documents []Document
	for i, c := range cases {
		documents = append(documents, Document{ID: c.name, Open: FromBytes(c.data)}, sampleInvoice(i).document(t))
	}
	result, packed := packBounded(t, documents, small)
	reasons := map[string]Reason{}
	for _, refused := range result.Refused {
		reasons[refused.ID] = refused.Reason
	}
	for _, c := range cases {
		if reasons[c.name] != c.want {
			t.Errorf("%s: refused for %q, want %q", c.name, reasons[c.name], c.want)
		}
	}
	path := writeTemp(t, packed)
	run(t, "qpdf", "--check", path)
	text := run(t, "pdftotext", path, "-")
	for i := range cases {
		if !strings.Contains(text, sampleInvoice(i).number) {
			t.Errorf("the good document after %q is not in the pack", cases[i].name)
		}
	}
}

// encrypted is an invoice behind a password.
func encrypted(t *testing.T, password string, more ...string) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), "encrypted.pdf")
	arguments := append([]string{"--encrypt", password, "owner", "256"}, more...)
	run(t, "qpdf", append(arguments, "--", writeTemp(t, sampleInvoice(6).pdf(t)), out)...)
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func longDocument(pages int) []byte {
	objects := []string{"<</Type/Catalog/Pages 2 0 R>>", ""}
	var kids strings.Builder
	for i := range pages {
		fmt.Fprintf(&kids, "%d 0 R ", i+3)
		objects = append(objects, "<</Type/Page/Parent 2 0 R>>")
	}
	objects[1] = fmt.Sprintf("<</Type/Pages/Kids[%s]/Count %d/MediaBox[0 0 200 300]>>", kids.String(), pages)
	return rawPDF(objects...)
}

func TestTenThousandPagesAreTooMany(t *testing.T) {
	if got := refusedFor(t, longDocument(10_000), standardLimits()); got != TooLong {
		t.Errorf("refused for %q", got)
	}
	if got := refusedFor(t, longDocument(5_000), standardLimits()); got != "" {
		t.Errorf("5,000 pages were refused for %q", got)
	}
}

// Every page draws the same large content anew: the pack would be a thousand times its source.
func TestADocumentThatGrowsIsRefused(t *testing.T) {
	set := standardLimits()
	set.output = 4 * megabyte
	objects := []string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 100/MediaBox[0 0 9 9]/Kids[" + strings.Repeat("<</Type/Page/Contents 3 0 R>>", 100) + "]>>",
		rawStream("", strings.Repeat("0 0 m 1 1 l S ", 10_000))}
	if got := refusedFor(t, rawPDF(objects...), set); got != TooLarge {
		t.Errorf("refused for %q", got)
	}
}

// Object streams that unpack to gigabytes are noticed while they do: when pages lie in them, and when what is on a page does.
func TestAFileThatUnpacksToGigabytesIsRefused(t *testing.T) {
	set := standardLimits()
	set.memory = 64 * megabyte
	const streams, first = 12, 5
	packed := func(number int, object string) string {
		return rawStream("/Type/ObjStm/N 1/First 8/Filter/FlateDecode", deflated(append(fmt.Appendf(nil, "%-8s%s", fmt.Sprint(number, " 0 "), object), make([]byte, 10*megabyte)...)))
	}
	for _, where := range []string{"pages", "drawings"} {
		var kids, drawings strings.Builder
		object := "<</Type/Page/Parent 2 0 R>>"
		if where == "drawings" {
			object = "<</Type/ExtGState/LW 1>>"
		}
		var containers []string
		for i := range streams {
			number := first + streams + 1 + i
			fmt.Fprintf(&kids, "%d 0 R ", number)
			fmt.Fprintf(&drawings, "/G%d %d 0 R", i, number)
			containers = append(containers, packed(number, object))
		}
		page := "<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</ExtGState<<" + drawings.String() + ">>>>>>"
		if where == "drawings" {
			kids.Reset()
			kids.WriteString("3 0 R")
		}
		objects := []string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/MediaBox[0 0 99 99]/Count 1/Kids[" + kids.String() + "]>>", page, rawStream("", marks)}
		if got := refusedFor(t, withObjectStreams(append(objects, containers...)), set); got != TooLarge {
			t.Errorf("%s: refused for %q", where, got)
		}
	}
}

// withObjectStreams says in a table that is a stream that there are objects in the object streams from number 5 on.
func withObjectStreams(objects []string) []byte {
	document := []byte("%PDF-1.7\n")
	var table bytes.Buffer
	row := func(kind byte, second, third int) {
		table.Write([]byte{kind, byte(second >> 24), byte(second >> 16), byte(second >> 8), byte(second), byte(third)})
	}
	row(0, 0, 0)
	for i, object := range objects {
		row(1, len(document), 0)
		document = fmt.Appendf(document, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	self, place := len(objects)+1, len(document)
	row(1, place, 0)
	streams := len(objects) - 4
	for i := range streams {
		row(2, 5+i, 0)
	}
	entries := fmt.Sprintf("/Type/XRef/Size %d/W[1 4 1]/Root 1 0 R", self+1+streams)
	document = fmt.Appendf(document, "%d 0 obj\n%s\nendobj\n", self, rawStream(entries, table.String()))
	return fmt.Appendf(document, "startxref\n%d\n%%%%EOF\n", place)
}

// A reader that never ends, or pdfcpu in an endless loop, must not hold the pack: reading has its time.
func TestAReadingThatNeverEndsIsLeftBehind(t *testing.T) {
	set := standardLimits()
	set.time = time.Nanosecond
	documents := []Document{sampleInvoice(0).document(t)}
	result, err := pack(context.Background(), inOrder(documents), Options{}, io.Discard, nil, set)
	if err == nil || len(result.Refused) != 1 || result.Refused[0].Reason != TooSlow {
		t.Errorf("%v, %+v", err, result.Refused)
	}
}

// FuzzPack: whatever the bytes, a pack ends, and what it writes is a PDF with its good document.
func FuzzPack(f *testing.F) {
	good := sampleInvoice(2)
	good.compress = false
	f.Add(good.pdf(f))
	f.Add(onePage("/MediaBox[0 0 200 300]/Annots[5 0 R]/Contents[4 0 R 4 0 R]", rawStream("", marks), "<</Subtype/Stamp/Rect[1 1 9 9]/AP<</N 6 0 R>>>>", rawStream("/Subtype/Form/BBox[0 0 1 1]", "f")))
	f.Add(longDocument(3))
	f.Add([]byte("%PDF-1.7\nstartxref\n0\n%%EOF"))
	set := standardLimits()
	set.bytes, set.decoded, set.output, set.time = megabyte, megabyte, 4*megabyte, 5*time.Second
	f.Fuzz(func(t *testing.T, data []byte) {
		documents := []Document{{ID: "fuzzed", Open: FromBytes(data)}, {ID: "good", Open: FromBytes(onePage("/MediaBox[0 0 200 300]"))}}
		var packed bytes.Buffer
		result, err := pack(context.Background(), inOrder(documents), Options{}, &packed, nil, set)
		if err != nil || len(result.Packed)+len(result.Refused) != 2 {
			t.Fatalf("%v, %+v", err, result)
		}
		again, err := pack(context.Background(), inOrder([]Document{{Open: FromBytes(packed.Bytes())}}), Options{}, io.Discard, nil, standardLimits())
		if err != nil || again.Pages != result.Pages {
			t.Fatalf("the pack of %d pages cannot be read again: %v, %+v", result.Pages, err, again)
		}
	})
}
