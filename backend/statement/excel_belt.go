package statement

import "io"

// belt carries XML to a goroutine that compresses it into the package, so that rows are made while those before them are packed: both
// take about as long. Two pieces are under way at most.
type belt struct {
	full  chan []byte
	empty chan emptied
	ended bool
}

// emptied is a piece that was written, to be filled again, and what went wrong.
type emptied struct {
	xml []byte
	err error
}

func newBelt(part io.Writer) *belt {
	b := &belt{full: make(chan []byte), empty: make(chan emptied, 2)}
	b.empty <- emptied{}
	go b.run(part)
	return b
}

// run writes pieces until the belt ends; after an error it only takes them off.
func (b *belt) run(part io.Writer) {
	var failed error
	for xml := range b.full {
		if failed == nil {
			_, failed = part.Write(xml)
		}
		b.empty <- emptied{xml[:0], failed}
	}
	close(b.empty)
}

// pass hands a piece over and returns one to fill next. An error is that of an earlier piece.
func (b *belt) pass(xml []byte) ([]byte, error) {
	b.full <- xml
	next := <-b.empty
	return next.xml, next.err
}

// end waits until every piece is written. Nothing may be passed after it; ending twice does no harm.
func (b *belt) end() error {
	if b.ended {
		return nil
	}
	b.ended = true
	close(b.full)
	var failed error
	for last := range b.empty {
		failed = last.err
	}
	return failed
}
