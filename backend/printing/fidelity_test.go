package printing

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// picturesOf are a file's pages, as a viewer shows them, at 72 dots per inch: a point is a pixel.
func picturesOf(t testing.TB, path string, options ...string) []string {
	t.Helper()
	folder := t.TempDir()
	run(t, "pdftoppm", append(append([]string{"-r", "72", "-cropbox"}, options...), path, filepath.Join(folder, "page"))...)
	files, err := filepath.Glob(filepath.Join(folder, "page-*.p[pg]m"))
	if err != nil || len(files) == 0 {
		t.Fatalf("pdftoppm shows %d pages, %v", len(files), err)
	}
	slices.Sort(files)
	var pictures []string
	for _, file := range files {
		picture, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		pictures = append(pictures, string(picture))
	}
	return pictures
}

// blank tells whether a picture has one colour only.
func blank(picture string) bool {
	pixels := picture[len(picture)-300:]
	return strings.Count(picture, pixels[:3])*3 >= len(picture)-20
}

// Every page of a file of pages as they are looks as the page it was made of.
func TestPagesLookAsTheirOriginals(t *testing.T) {
	media := "/MediaBox[0 0 200 300]/Resources<<>>"
	documents := map[string][]byte{
		"plain":           onePage(media+"/Contents 4 0 R", rawStream("", marks)),
		"turned 90":       onePage(media+"/Rotate 90/Contents 4 0 R", rawStream("", marks)),
		"turned 180":      onePage(media+"/Rotate 180/Contents 4 0 R", rawStream("", marks)),
		"turned -90":      onePage(media+"/Rotate -90/Contents 4 0 R", rawStream("", marks)),
		"cropped":         onePage("/MediaBox[-20 -20 220 320]/CropBox[30 30 180 280]/Rotate 270/Resources<<>>/Contents 4 0 R", rawStream("", marks)),
		"crop too large":  onePage("/MediaBox[0 0 200 300]/CropBox[-100 -100 900 900]/Resources<<>>/Contents 4 0 R", rawStream("", marks)),
		"corners swopped": onePage("/MediaBox[200 300 0 0]/Resources<<>>/Contents 4 0 R", rawStream("", marks)),
		// The content comes in pieces, between two of which lie a rectangle's numbers.
		"in pieces": onePage(media+"/Contents[4 0 R 5 0 R]", rawStream("", "1 0 0 rg 20 20"), rawStream("/Filter/FlateDecode", deflated([]byte("60 30 re f")))),
		"inherited": rawPDF("<</Type/Catalog/Pages 2 0 R>>",
			"<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 200 300]/Rotate 90/Resources<</XObject<</Form#201 5 0 R>>>>>>",
			"<</Type/Page/Parent 2 0 R/Contents 4 0 R>>", rawStream("", "/Form#201 Do"), rawStream("/Type/XObject/Subtype/Form/BBox[0 0 200 300]", marks)),
		// A drawing without resources takes those of its page.
		"old drawing": onePage("/MediaBox[0 0 200 300]/Resources<</XObject<</A 5 0 R/AA 6 0 R>>>>/Contents 4 0 R", rawStream("", "/A Do"),
			rawStream("/Type/XObject/Subtype/Form/BBox[0 0 200 300]", "/AA Do"), rawStream("/Type/XObject/Subtype/Form/BBox[0 0 200 300]", marks)),
		"hidden layer": rawPDF("<</Type/Catalog/Pages 2 0 R/OCProperties<</OCGs[5 0 R 6 0 R]/D<</OFF[6 0 R]>>>>>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
			"<</Type/Page/Parent 2 0 R"+media[:len(media)-len("<<>>")]+"<</Properties<</L1 5 0 R/L2 6 0 R>>>>/Contents 4 0 R>>",
			rawStream("", "/OC /L1 BDC 1 0 0 rg 20 20 60 30 re f EMC /OC /L2 BDC 0 0 1 rg 0 0 200 300 re f EMC"),
			"<</Type/OCG/Name(shown)>>", "<</Type/OCG/Name(hidden)>>"),
		"stamped": onePage(media+"/Contents 4 0 R/Annots[5 0 R 7 0 R]", rawStream("", marks),
			"<</Type/Annot/Subtype/Stamp/F 4/Rect[100 200 180 260]/AP<</N 6 0 R>>>>",
			rawStream("/Subtype/Form/BBox[0 0 10 10]/Matrix[0 1 -1 0 5 5]/Resources<<>>", "1 0 1 rg 0 0 10 4 re f 0 1 1 rg 0 4 3 6 re f"),
			"<</Type/Annot/Subtype/Widget/FT/Sig/F 132/Rect[20 100 90 140]/AP<</N 6 0 R>>/V<</Type/Sig/ByteRange[0 1 2 3]/Contents<00>>>>>"),
		"invoice":            sampleInvoice(3).pdf(t),
		"a state of a field": onePage(media+"/Annots[4 0 R]", "<</Type/Annot/Subtype/Widget/FT/Btn/F 4/AS/On/Rect[20 20 60 60]/AP<</N<</On 5 0 R/Off 6 0 R>>>>>>", rawStream("/Subtype/Form/BBox[0 0 40 40]", "1 0 0 rg 0 0 40 40 re f"), rawStream("/Subtype/Form/BBox[0 0 40 40]", "0 0 1 rg 0 0 40 40 re f")),
	}
	for name, data := range documents {
		t.Run(name, func(t *testing.T) {
			want := picturesOf(t, writeTemp(t, data))
			path, _ := packFile(t, []Document{{Name: name, Open: FromBytes(data)}}, Options{})
			got := picturesOf(t, path)
			if len(got) != 1 || len(want) != 1 || got[0] != want[0] {
				t.Errorf("%d pages, %d in the original; they look different", len(got), len(want))
			}
			if blank(want[0]) {
				t.Error("the original is blank, so the comparison says nothing")
			}
		})
	}
}

// A page that is blended as a whole stays so. Poppler smooths the edges of such a drawing a little otherwise than those of a page.
func TestABlendedPageStaysOne(t *testing.T) {
	data := onePage("/MediaBox[0 0 200 300]/Resources<<>>/Group<</S/Transparency/CS/DeviceRGB/I true>>/Contents 4 0 R", rawStream("", marks))
	path, _ := packFile(t, []Document{{Open: FromBytes(data)}}, Options{})
	got, want := picturesOf(t, path)[0], picturesOf(t, writeTemp(t, data))[0]
	differ := 0
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			differ++
		}
	}
	if len(got) != len(want) || differ > len(want)/100 {
		t.Errorf("%d of %d bytes of the picture differ", differ, len(want))
	}
}

// What is packed in object streams, or encrypted without a password to open it, is read as well.
func TestOtherWaysToWriteTheSameInvoice(t *testing.T) {
	invoice := writeTemp(t, sampleInvoice(5).pdf(t))
	want := picturesOf(t, invoice)
	ways := map[string][]string{
		"object streams": {"--object-streams=generate"}, "linearized": {"--linearize"}, "aes": {"--encrypt", "", "owner", "256", "--"},
		"rc4":                     {"--allow-weak-crypto", "--encrypt", "", "owner", "128", "--"},
		"no changes allowed":      {"--encrypt", "", "owner", "256", "--modify=none", "--extract=n", "--annotate=n", "--form=n", "--assemble=n", "--"},
		"no changes allowed, rc4": {"--allow-weak-crypto", "--encrypt", "", "owner", "128", "--modify=none", "--extract=n", "--"},
		"only coarse prints":      {"--encrypt", "", "owner", "256", "--print=low", "--modify=none", "--"},
	}
	for name, arguments := range ways {
		t.Run(name, func(t *testing.T) {
			other := filepath.Join(t.TempDir(), "other.pdf")
			run(t, "qpdf", append(arguments, invoice, other)...)
			path, _ := packFile(t, []Document{{Open: fromFile(other)}}, Options{})
			if got := picturesOf(t, path); !slices.Equal(got, want) {
				t.Errorf("%d pages look different from the %d of the original", len(got), len(want))
			}
			if text := run(t, "pdftotext", path, "-"); !strings.Contains(text, sampleInvoice(5).number) {
				t.Errorf("the number is not in the text:\n%s", text)
			}
		})
	}
}

// What a person would not see on the paper is not printed, and what cannot be printed is counted.
func TestWhatLiesUponAPage(t *testing.T) {
	page := "/MediaBox[0 0 200 300]/Annots[%s]"
	picture := rawStream("/Subtype/Form/BBox[0 0 10 10]", "0 0 1 rg 0 0 10 10 re f")
	cases := []struct {
		name, annotation string
		seen             bool
		unseen           int
	}{
		{"printed", "<</Subtype/Square/F 4/Rect[20 20 90 90]/AP<</N 4 0 R>>>>", true, 0},
		{"hidden", "<</Subtype/Stamp/F 6/Rect[20 20 90 90]/AP<</N 4 0 R>>>>", false, 0},
		{"only on screens", "<</Subtype/Square/F 0/Rect[20 20 90 90]/AP<</N 4 0 R>>>>", false, 0},
		{"a stamp without flags", "<</Subtype/Stamp/Rect[20 20 90 90]/AP<</N 4 0 R>>>>", true, 0},
		{"a signature without flags", "<</Subtype/Widget/Parent<</FT/Sig>>/Rect[20 20 90 90]/AP<</N 4 0 R>>>>", true, 0},
		{"a link", "<</Subtype/Link/F 4/Rect[20 20 90 90]/A<</S/URI/URI(http://example.invalid)>>>>", false, 0},
		{"a field without a picture", "<</Subtype/Widget/FT/Tx/F 4/V(text)/Rect[20 20 90 90]>>", false, 1},
		{"an unseen signature", "<</Subtype/Widget/FT/Sig/F 4/Rect[0 0 0 0]>>", false, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			path, result := packFile(t, []Document{{Open: FromBytes(onePage(fmt.Sprintf(page, c.annotation), picture))}}, Options{})
			if seen := !blank(picturesOf(t, path)[0]); seen != c.seen || result.Packed[0].Unseen != c.unseen {
				t.Errorf("seen: %v, want %v; %d counted as unseen, want %d", seen, c.seen, result.Packed[0].Unseen, c.unseen)
			}
		})
	}
}

// Scripts, actions, attached files and links stay behind, wherever they hang.
func TestNothingThatActsIsCarriedOver(t *testing.T) {
	act := "<</Type/Action/S/JavaScript/JS(app.alert\\(1\\))>>"
	data := rawPDF("<</Type/Catalog/Pages 2 0 R/OpenAction 8 0 R/Names<</JavaScript<</Names[(a) 8 0 R]>>/EmbeddedFiles<</Names[(x) 9 0 R]>>>>/AcroForm<</Fields[6 0 R]>>>>",
		"<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 300]/AA<</O 8 0 R>>/Annots[6 0 R 7 0 R]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>/Properties<</P1 <</Hook 8 0 R/File 9 0 R/Up 3 0 R>>>>>>>>",
		rawStream("", marks+" /X Do"), rawStream("/Type/XObject/Subtype/Form/BBox[0 0 9 9]/OPI<</F 9 0 R>>/Action 8 0 R/AF[9 0 R]/PieceInfo<</A 8 0 R>>", "0 0 9 9 re f"),
		"<</Subtype/Widget/FT/Btn/F 4/Rect[1 1 9 9]/A 8 0 R/AP<</N 5 0 R>>>>", "<</Subtype/FileAttachment/F 4/FS 9 0 R/Rect[1 1 9 9]/AP<</N 5 0 R>>>>",
		act, "<</Type/Filespec/F(evil.exe)/EF<</F 10 0 R>>>>", rawStream("/Type/EmbeddedFile", "MZ-secret-program"))
	path, _ := packFile(t, []Document{{Open: FromBytes(data)}}, Standard())
	written, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	plain := []byte(run(t, "qpdf", "--qdf", "--object-streams=disable", path, "-"))
	for _, word := range []string{"JavaScript", "/JS", "OpenAction", "app.alert", "EmbeddedFile", "Filespec", "evil", "MZ-secret", "/Annot", "/AA", "AcroForm"} {
		if bytes.Contains(written, []byte(word)) || bytes.Contains(plain, []byte(word)) {
			t.Errorf("%s is in the pack", word)
		}
	}
}
