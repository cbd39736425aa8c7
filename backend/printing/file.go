package printing

import (
	"bufio"
	"fmt"
	"io"

	"tollbook/backend/fault"
)

const header = "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n" // the comment's bytes tell programs that transfer files that this one is not text

// longestFile is the last place in a file that its table of objects can name, in ten digits.
const longestFile = 9_999_999_999

// file is a PDF that is written object by object: of what is written, only the places of its objects are kept, 8 bytes each.
type file struct {
	to      *bufio.Writer
	written int64
	places  []int64 // by object number; 0: not written
}

func newFile(to io.Writer) (*file, error) {
	const buffered = 1 << 17
	f := &file{to: bufio.NewWriterSize(to, buffered), places: make([]int64, 1)} // number 0 is no object
	return f, f.write([]byte(header))
}

// reserve gives the number of an object that is written later.
func (f *file) reserve() int {
	f.places = append(f.places, 0)
	return len(f.places) - 1
}

func (f *file) write(piece []byte) error {
	f.written += int64(len(piece))
	if f.written > longestFile {
		return fault.New(fault.BadInput, "the pack would be larger than %d bytes: take fewer documents", int64(longestFile))
	}
	if _, err := f.to.Write(piece); err != nil {
		return fmt.Errorf("write the pack: %w", err)
	}
	return nil
}

// put writes an object of a reserved number.
func (f *file) put(number int, body []byte) error {
	f.places[number] = f.written
	if err := f.write(appendHead(nil, number)); err != nil {
		return err
	}
	if err := f.write(body); err != nil {
		return err
	}
	return f.write([]byte(tail))
}

const tail = "\nendobj\n"

func appendHead(dst []byte, number int) []byte { return fmt.Appendf(dst, "%d 0 obj\n", number) }

// putStream writes an object with data; entries are those of its dictionary, without /Length.
func (f *file) putStream(number int, entries string, data []byte) error {
	body := fmt.Appendf(nil, "<<%s/Length %d>>stream\n", entries, len(data))
	return f.put(number, append(append(body, data...), "\nendstream"...))
}

// end writes the table of objects; catalog and info are numbers of objects.
func (f *file) end(catalog, info int) error {
	start := f.written
	if err := f.write(fmt.Appendf(nil, "xref\n0 %d\n", len(f.places))); err != nil {
		return err
	}
	for _, place := range f.places {
		if err := f.write(crossReference(place)); err != nil {
			return err
		}
	}
	closing := fmt.Appendf(nil, "trailer\n<</Size %d/Root %d 0 R/Info %d 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(f.places), catalog, info, start)
	if err := f.write(closing); err != nil {
		return err
	}
	if err := f.to.Flush(); err != nil {
		return fmt.Errorf("write the pack: %w", err)
	}
	return nil
}

// crossReference is an object's line in the table, 20 bytes.
func crossReference(place int64) []byte {
	if place == 0 {
		return []byte("0000000000 65535 f \n")
	}
	return fmt.Appendf(nil, "%010d 00000 n \n", place)
}

// batch holds the objects of one document until all of it is known to be good: a document that is refused half-way leaves nothing.
type batch struct {
	file   *file
	first  int // of the numbers that are the batch's
	bytes  []byte
	starts []start
}

type start struct {
	number int
	at     int // in bytes
}

// begin empties the batch and gives it the numbers from here on.
func (b *batch) begin() {
	const kept = 1 << 20 // a large document's memory is given back
	if cap(b.bytes) > kept {
		b.bytes = nil
	}
	b.first, b.bytes, b.starts = len(b.file.places), b.bytes[:0], b.starts[:0]
}

// open begins the object of a number; its body is appended to b.bytes, then close.
func (b *batch) open(number int) {
	b.starts = append(b.starts, start{number: number, at: len(b.bytes)})
	b.bytes = appendHead(b.bytes, number)
}

func (b *batch) close() { b.bytes = append(b.bytes, tail...) }

// commit writes the batch to the file.
func (b *batch) commit() error {
	for _, s := range b.starts {
		b.file.places[s.number] = b.file.written + int64(s.at)
	}
	return b.file.write(b.bytes)
}

// drop gives the batch's numbers back.
func (b *batch) drop() { b.file.places = b.file.places[:b.first] }
