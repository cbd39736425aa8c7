package documents

import (
	"bufio"
	"bytes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"

	"tollbook/backend/fault"
)

// A sealed file begins with its mark and salt; then come chunks, each the length of its plain bytes, a random nonce and the sealed bytes,
// bound to their place in the document. Chunks may be of any length up to chunkLimit: one that was cut off by a lost connection is
// sealed as it is, and the document goes on in the next. So a document can be begun, broken off and gone on with at any byte, and read from
// any byte, with nothing of it in the clear on the disk.
const (
	mark        = "TBKDOC1\n"
	saltSize    = 32
	headerSize  = len(mark) + saltSize
	chunkLimit  = 64 << 10
	lengthSize  = 4
	nonceSize   = 12
	tagSize     = 16
	chunkExtra  = lengthSize + nonceSize + tagSize
	folderMode  = 0o700
	fileMode    = 0o600
	bufferBytes = chunkLimit + chunkExtra
)

var errTorn = errors.New("the file is torn")

func placeOf(offset int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(offset)) }

// readHeader checks the mark and gives the cipher.
func (f *Files) readHeader(r io.Reader, hash Hash) (cipher.AEAD, error) {
	header := make([]byte, headerSize)
	if _, err := io.ReadFull(r, header); err != nil || !bytes.HasPrefix(header, []byte(mark)) {
		return nil, errTorn
	}
	return f.cipherOf(header[len(mark):], hash)
}

// readChunk opens the chunk at which a reader stands. io.EOF at the end, errTorn for what does not open.
func readChunk(r io.Reader, sealer cipher.AEAD, offset int64) ([]byte, error) {
	head := make([]byte, lengthSize+nonceSize)
	if n, err := io.ReadFull(r, head); err != nil {
		if n == 0 && errors.Is(err, io.EOF) {
			return nil, io.EOF
		}
		return nil, errTorn
	}
	length := binary.BigEndian.Uint32(head)
	if length == 0 || length > chunkLimit {
		return nil, errTorn
	}
	sealed := make([]byte, int(length)+tagSize)
	if _, err := io.ReadFull(r, sealed); err != nil {
		return nil, errTorn
	}
	plain, err := sealer.Open(sealed[:0], head[lengthSize:], sealed, placeOf(offset))
	if err != nil {
		return nil, errTorn
	}
	return plain, nil
}

// Part is a document that is being fetched. It is not safe for concurrent use; nobody else may write the same.
type Part struct {
	files  *Files
	hash   Hash
	file   *os.File
	sealer cipher.AEAD
	sum    hash.Hash
	offset int64 // bytes that are there, those that wait included
	wait   []byte
	end    int64 // of the file, after the last whole chunk
}

// Part opens what is there of a document, to go on after its last byte, or begins it. What a kill left torn is cut off.
func (f *Files) Part(hash Hash) (part *Part, err error) {
	path := f.path(hash) + partSuffix
	if err := os.MkdirAll(filepath.Dir(path), folderMode); err != nil {
		return nil, classify(err, "make the folder of a document")
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, fileMode)
	if err != nil {
		return nil, classify(err, "begin a document")
	}
	p := &Part{files: f, hash: hash, file: file, sum: sha256.New()}
	if err := p.resume(); err != nil {
		return nil, errors.Join(classify(err, "begin a document"), file.Close())
	}
	return p, nil
}

// resume reads the chunks that are whole and stands after them.
func (p *Part) resume() error {
	reader := bufio.NewReaderSize(p.file, bufferBytes)
	sealer, err := p.files.readHeader(reader, p.hash)
	if errors.Is(err, errTorn) {
		return p.restart()
	}
	if err != nil {
		return err
	}
	p.sealer = sealer
	whole := int64(headerSize)
	for {
		plain, err := readChunk(reader, sealer, p.offset)
		if err != nil { // the end, or the torn one
			break
		}
		p.sum.Write(plain)
		p.offset += int64(len(plain))
		whole += int64(len(plain) + chunkExtra)
	}
	return p.cut(whole)
}

func (p *Part) cut(at int64) error {
	if err := p.file.Truncate(at); err != nil {
		return err
	}
	_, err := p.file.Seek(at, io.SeekStart)
	p.end = at
	return err
}

// restart forgets what is there and begins anew.
func (p *Part) restart() error {
	if err := p.cut(0); err != nil {
		return err
	}
	p.sum, p.offset, p.wait = sha256.New(), 0, nil
	salt := make([]byte, saltSize)
	if _, err := rand.Read(salt); err != nil {
		return fmt.Errorf("draw a salt: %w", err)
	}
	var err error
	if p.sealer, err = p.files.cipherOf(salt, p.hash); err != nil {
		return err
	}
	_, err = p.file.Write(append([]byte(mark), salt...))
	p.end = int64(headerSize)
	return err
}

// Restart forgets what is there and begins anew.
func (p *Part) Restart() error { return classify(p.restart(), "begin a document anew") }

// Offset is how many bytes of the document are there: the next one is asked for.
func (p *Part) Offset() int64 { return p.offset }

// Write takes the document's next bytes.
func (p *Part) Write(b []byte) (int, error) {
	taken := 0
	for taken < len(b) {
		n := min(len(b)-taken, chunkLimit-len(p.wait))
		p.wait = append(p.wait, b[taken:taken+n]...)
		taken += n
		p.offset += int64(n)
		if len(p.wait) == chunkLimit {
			if err := p.flush(); err != nil {
				return taken, err
			}
		}
	}
	return taken, nil
}

// flush seals what waits.
func (p *Part) flush() error {
	if len(p.wait) == 0 {
		return nil
	}
	chunk := binary.BigEndian.AppendUint32(make([]byte, 0, len(p.wait)+chunkExtra), uint32(len(p.wait)))
	chunk = chunk[:lengthSize+nonceSize]
	if _, err := rand.Read(chunk[lengthSize:]); err != nil {
		return fmt.Errorf("draw a nonce: %w", err)
	}
	chunk = p.sealer.Seal(chunk, chunk[lengthSize:], p.wait, placeOf(p.offset-int64(len(p.wait))))
	if _, err := p.file.Write(chunk); err != nil {
		return errors.Join(classify(err, "write a document"), p.cut(p.end)) // a full disk took a part of it
	}
	p.end += int64(len(chunk))
	p.sum.Write(p.wait)
	p.wait = p.wait[:0]
	return nil
}

// Close keeps what is there for the next time.
func (p *Part) Close() error {
	// What waits was either sealed or, on a full disk, is fetched again.
	return errors.Join(p.flush(), classify(p.file.Close(), "keep the begun document"))
}

// Publish makes the document one that is kept, when it has the size and the hash it must have; fault.DocumentDamaged when it has not, and
// then nothing of it stays. The part is closed in any case.
func (p *Part) Publish(size int64) error {
	if err := p.flush(); err != nil {
		return errors.Join(err, p.file.Close())
	}
	if p.offset != size || Hash(p.sum.Sum(nil)) != p.hash {
		err := fault.New(fault.DocumentDamaged, "the bytes that came are not those of the document")
		return errors.Join(err, p.file.Close(), p.files.Remove(p.hash))
	}
	if err := errors.Join(p.file.Sync(), p.file.Close()); err != nil {
		return classify(err, "write a document")
	}
	return classify(os.Rename(p.file.Name(), p.files.path(p.hash)), "put a document in place")
}

// Reader reads a kept document from any byte on. It is not safe for concurrent use.
type Reader struct {
	file   *os.File
	sealer cipher.AEAD
	starts []int64 // where each chunk begins in the document; then the document's size
	offset int64   // of the next byte
	loaded int     // the chunk in plain; -1: none
	plain  []byte
}

// Open opens a kept document of a size. fault.DocumentAbsent when there is no file, fault.DocumentDamaged when it is cut short or another's;
// what was altered within is found when it is read.
func (f *Files) Open(hash Hash, size int64) (*Reader, error) {
	file, err := os.Open(f.path(hash))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.Wrap(fault.DocumentAbsent, err, "open a document")
	}
	if err != nil {
		return nil, classify(err, "open a document")
	}
	r := &Reader{file: file, loaded: -1}
	if r.sealer, err = f.readHeader(file, hash); err == nil {
		err = r.index(size)
	}
	if errors.Is(err, errTorn) {
		err = fault.Wrap(fault.DocumentDamaged, err, "open a document")
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return r, nil
}

// index hops from chunk to chunk; what they add up to must be the document and the file.
func (r *Reader) index(size int64) error {
	info, err := r.file.Stat()
	if err != nil {
		return err
	}
	place, total, length := int64(headerSize), int64(0), make([]byte, lengthSize)
	for place < info.Size() {
		if _, err := r.file.ReadAt(length, place); err != nil {
			return errTorn
		}
		n := int64(binary.BigEndian.Uint32(length))
		if n == 0 || n > chunkLimit {
			return errTorn
		}
		r.starts = append(r.starts, total)
		total += n
		place += n + chunkExtra
	}
	r.starts = append(r.starts, total)
	if place != info.Size() || total != size {
		return errTorn
	}
	return nil
}

func (r *Reader) size() int64 { return r.starts[len(r.starts)-1] }

// Read reads the next bytes; fault.DocumentDamaged for what was altered.
func (r *Reader) Read(b []byte) (int, error) {
	if r.offset >= r.size() {
		return 0, io.EOF
	}
	chunk := sort.Search(len(r.starts), func(i int) bool { return r.starts[i] > r.offset }) - 1
	if chunk != r.loaded {
		place := int64(headerSize) + r.starts[chunk] + int64(chunk)*int64(chunkExtra)
		plain, err := readChunk(io.NewSectionReader(r.file, place, bufferBytes), r.sealer, r.starts[chunk])
		if err != nil {
			return 0, fault.Wrap(fault.DocumentDamaged, err, "read a document")
		}
		r.plain, r.loaded = plain, chunk
	}
	n := copy(b, r.plain[r.offset-r.starts[chunk]:])
	r.offset += int64(n)
	return n, nil
}

// Seek moves to a byte.
func (r *Reader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.offset
	case io.SeekEnd:
		offset += r.size()
	}
	if offset < 0 {
		return 0, fault.New(fault.BadInput, "a document has no bytes before its first")
	}
	r.offset = offset
	return offset, nil
}

// Close closes the file.
func (r *Reader) Close() error { return classify(r.file.Close(), "close a document") }
