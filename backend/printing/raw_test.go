package printing

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// rawPDF writes a PDF of objects, the first of which is the catalog, with number 1.
func rawPDF(objects ...string) []byte {
	document := []byte("%PDF-1.7\n")
	places := make([]int, len(objects))
	for i, object := range objects {
		places[i] = len(document)
		document = fmt.Appendf(document, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	table := len(document)
	document = fmt.Appendf(document, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, place := range places {
		document = fmt.Appendf(document, "%010d 00000 n \n", place)
	}
	return fmt.Appendf(document, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table)
}

func rawStream(entries, data string) string {
	return fmt.Sprintf("<<%s/Length %d>>stream\n%s\nendstream", entries, len(data), data)
}

func deflated(data []byte) string {
	var packed bytes.Buffer
	packer := zlib.NewWriter(&packed)
	_, _ = packer.Write(data) // a buffer takes everything
	_ = packer.Close()
	return packed.String()
}

// onePage is a PDF of one page; more are objects from number 4 on.
func onePage(page string, more ...string) []byte {
	objects := []string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R" + page + ">>"}
	return rawPDF(append(objects, more...)...)
}

// marks is a content that looks different whichever way it is turned.
const marks = "1 0 0 rg 20 20 60 30 re f 0 0 1 rg 120 150 30 30 re f 0 0.6 0 RG 4 w 10 10 m 190 290 l S"

func writeTemp(t testing.TB, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "document.pdf")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
