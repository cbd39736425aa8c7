package statement

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/jung-kurt/gofpdf"
)

const fontName = "NotoSansSC"

// sharedObjects are the objects of a PDF beside its pages, by their numbers; nil where there is none.
type sharedObjects struct {
	objects       [][]byte
	info, catalog int
}

// sharedObjects has gofpdf make a document of one page with every character in use, takes the font and the properties from it and puts
// the list of the pages written here in the place of its own.
func (p *paper) sharedObjects() (sharedObjects, error) {
	document, err := p.fontDocument()
	if err != nil {
		return sharedObjects{}, err
	}
	objects, err := cutObjects(document)
	if err != nil {
		return sharedObjects{}, fmt.Errorf("take the font out of gofpdf's document: %w", err)
	}
	// gofpdf writes 1 the list of pages, 2 resources, 3 the page, 4 its content, then the font, at last properties and catalog.
	const page, content, fewest = 3, 4, 8
	fontInUse := regexp.MustCompile(`/Font <<\n/F\w+ (\d+) 0 R`).FindSubmatch(objects[resourceObject])
	if len(objects) < fewest || len(objects) > firstPage || fontInUse == nil {
		return sharedObjects{}, fmt.Errorf("gofpdf's document has %d objects or no font", len(objects))
	}
	objects[pagesObject] = p.pageList()
	objects[resourceObject] = fmt.Appendf(nil, "%d 0 obj\n<</ProcSet [/PDF /Text] /Font <</F1 %s 0 R>>>>\nendobj\n", resourceObject, fontInUse[1])
	objects[page], objects[content] = nil, nil
	return sharedObjects{objects: objects, info: len(objects) - 2, catalog: len(objects) - 1}, nil
}

func (p *paper) pageList() []byte {
	list := fmt.Appendf(nil, "%d 0 obj\n<</Type /Pages /Kids [", pagesObject)
	for i := 0; i < len(p.offsets); i += 2 {
		list = fmt.Appendf(list, "%d 0 R ", firstPage+i)
	}
	return fmt.Appendf(list, "] /Count %d /MediaBox [0 0 %.2f %.2f]>>\nendobj\n", len(p.offsets)/2, p.width/pointsToMM, p.height/pointsToMM)
}

func (p *paper) fontDocument() ([]byte, error) {
	pdf := gofpdf.New("P", "mm", "A4", "")
	pdf.AddUTF8FontFromBytes(fontName, "", p.face.copyOfData())
	pdf.SetCatalogSort(true) // the same rows give the same bytes
	pdf.SetCreationDate(p.imprint.madeAt)
	pdf.SetModificationDate(p.imprint.madeAt)
	pdf.SetTitle(p.imprint.title, true)
	pdf.SetSubject(p.imprint.subject, true)
	pdf.SetCreator(programName, true)
	pdf.SetProducer(programName, true)
	pdf.AddPage()
	pdf.SetFont(fontName, "", bodySize)
	pdf.Text(0, 0, p.charactersInUse())
	var document bytes.Buffer
	if err := pdf.Output(&document); err != nil {
		return nil, fmt.Errorf("cut the font down: %w", err)
	}
	return document.Bytes(), nil
}

func (p *paper) charactersInUse() string {
	var characters strings.Builder
	for r, used := range p.used {
		if used {
			characters.WriteRune(rune(r))
		}
	}
	return characters.String()
}

// cutObjects cuts a document of gofpdf into its objects, along its table of offsets. Number 0 is no object.
func cutObjects(document []byte) ([][]byte, error) {
	offsets, end, err := readOffsets(document)
	if err != nil {
		return nil, err
	}
	ends := append(slices.Sorted(slices.Values(offsets)), end)
	objects := make([][]byte, len(offsets))
	for number, start := range offsets[1:] {
		after, _ := slices.BinarySearch(ends, start+1)
		objects[number+1] = document[start:ends[after]]
	}
	return objects, nil
}

// readOffsets reads where a document's objects begin, by their numbers, and where the last one ends.
func readOffsets(document []byte) (offsets []int, end int, err error) {
	tail := regexp.MustCompile(`startxref\n(\d+)\n%%EOF\n$`).FindSubmatch(document)
	if tail == nil {
		return nil, 0, fmt.Errorf("it has no end")
	}
	end, err = strconv.Atoi(string(tail[1]))
	if err != nil || end > len(document) {
		return nil, 0, fmt.Errorf("its table is at %s of %d bytes", tail[1], len(document))
	}
	for _, entry := range regexp.MustCompile(`(?m)^(\d{10}) \d{5} [nf] $`).FindAllSubmatch(document[end:], -1) {
		offset, err := strconv.Atoi(string(entry[1]))
		if err != nil || offset >= end {
			return nil, 0, fmt.Errorf("an object is at %s, beyond the table", entry[1])
		}
		offsets = append(offsets, offset)
	}
	return offsets, end, nil
}
