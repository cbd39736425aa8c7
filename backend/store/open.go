// Package store is the local SQLite cache of one account: one writer connection, a pool of readers, WAL. Every other package reads
// and writes the cache through it.
//
// The file is encrypted as a whole (cipher.go). Scheme: one table and one file a kind of record; texts that many rows share live in table name; sums (bill_rollup) and digests
// (month_digest) are kept in the transaction that changes their rows; migrations are numbered files, applied in order.
package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	_ "github.com/mattn/go-sqlite3" // the driver "sqlite3"

	"tollbook/backend/fault"
)

// applicationID marks the file as a Tollbook cache ("TLBK" in ASCII), so that another SQLite file is not taken for one.
const applicationID = 0x544c424b

// Store is an open cache. Its methods are safe for concurrent use.
type Store struct {
	path    string
	key     []byte
	writer  *sql.DB
	readers *sql.DB

	localRevision atomic.Int64
	background    *background
	texts         texts
	billsInMemory inMemory[ledger]
	tripsInMemory inMemory[tripLedger]
	billDays      inMemory[billDaySums]
	tripDays      inMemory[tripDaySums]
	fleetNames    inMemory[fleetNames]
}

// Open is OpenTelling for a cache that nobody waits for.
func Open(ctx context.Context, path string, key []byte) (*Store, error) {
	return OpenTelling(ctx, path, key, func(Upgrade) {})
}

// OpenTelling opens the cache at a path with its key of KeySize bytes, makes it when it is missing, brings an older one up to date, and
// encrypts the plain one of an earlier build. It refuses a build that cannot encrypt (fault.CipherMissing), a cache written by a newer
// version (fault.CacheNewer), a file that is no cache or that the key does not open (fault.CacheDamaged), and a folder it may not write
// to (fault.ReadOnly); in each case the file is left as it was.
// tell hears how far an older cache is on its way; ctx may end that, and the next call begins the step anew in which it ended.
func OpenTelling(ctx context.Context, path string, key []byte, tell func(Upgrade)) (*Store, error) {
	if len(key) != KeySize {
		return nil, fault.New(fault.KeyMissing, "a cache needs a key of %d bytes", KeySize)
	}
	if err := requireCipher(ctx); err != nil {
		return nil, err
	}
	if err := prepareFile(ctx, path, key); err != nil {
		return nil, err
	}
	s := &Store{path: path, key: key, background: newBackground()}
	ofRows, ofNames := func(c Cursor) int64 { return c.Revision }, func(c Cursor) int64 { return c.names }
	s.billsInMemory = inMemory[ledger]{load: loadLedger, version: ofRows}
	s.tripsInMemory = inMemory[tripLedger]{load: loadTripLedger, version: ofRows}
	s.billDays = inMemory[billDaySums]{load: loadBillDays, version: ofRows}
	s.tripDays = inMemory[tripDaySums]{load: loadTripDays, version: ofRows}
	s.fleetNames = inMemory[fleetNames]{load: loadFleetNames, version: ofNames}
	var err error
	if s.writer, err = connect(path, key, 1, "_txlock=immediate", "_cache_size=-65536"); err != nil {
		return nil, err
	}
	if err := s.refuseForeignCache(ctx); err != nil {
		return nil, errors.Join(err, s.writer.Close())
	}
	if err := s.migrate(ctx, tell); err != nil {
		return nil, errors.Join(err, s.writer.Close())
	}
	if err := s.completeInvoices(ctx); err != nil {
		return nil, errors.Join(err, s.writer.Close())
	}
	if err := s.adoptUnknown(ctx); err != nil {
		return nil, errors.Join(err, s.writer.Close())
	}
	if err := s.requireEncrypted(ctx); err != nil {
		return nil, errors.Join(err, s.writer.Close())
	}
	if s.readers, err = connect(path, key, 4, "_query_only=1", "_cache_size=-16384"); err != nil {
		return nil, errors.Join(err, s.writer.Close())
	}
	return s, nil
}

func prepareFile(ctx context.Context, path string, key []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return classify(err, "make the folder of the cache")
	}
	plain, err := refuseForeignFile(path)
	if err != nil {
		return err
	}
	// The folder may be readable to others; the file never is.
	if file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return classify(err, "open the cache for writing")
	} else if err := file.Close(); err != nil {
		return classify(err, "open the cache for writing")
	}
	if !plain {
		return nil
	}
	return encryptInPlace(ctx, path, key)
}

// Close ends all connections; the last one folds the write-ahead log into the file.
func (s *Store) Close() error {
	s.background.end()
	return errors.Join(s.readers.Close(), s.writer.Close())
}

// Path is the cache's file.
func (s *Store) Path() string { return s.path }

// Files lists every file a cache at a path consists of, for wiping it.
func Files(path string) []string {
	return []string{path, path + "-wal", path + "-shm"}
}

// connect opens a pool of connections. FULL makes a committed page survive a power cut (TRUST 6.3). Go uses a connection from one place at
// a time, so that SQLite need not lock it for every value; a list asks the same few queries for every page, and a page of the feed runs a few statements
// for each of thousands of sums.
func connect(path string, key []byte, connections int, extra ...string) (*sql.DB, error) {
	options := append([]string{"_mutex=no", "_stmt_cache_size=64", "_journal_mode=WAL", "_synchronous=FULL", "_busy_timeout=5000", "_foreign_keys=on"}, extra...)
	dsn, err := fileURI(path, key, options...)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite3", dsn)
	if err != nil {
		return nil, classify(err, "open the cache")
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

// refuseForeignFile looks at a file's first bytes before SQLite does, since opening it would already write beside it. It tells whether the
// file is a plain cache of an earlier build.
func refuseForeignFile(path string) (plain bool, err error) {
	header, err := readHeader(path)
	if err != nil || len(header) == 0 {
		return false, err // an empty file is a cache that was never written to
	}
	if len(header) < headerSize {
		return false, fault.New(fault.CacheDamaged, "%s is not a cache of this program", filepath.Base(path))
	}
	if !strings.HasPrefix(string(header), plainHeader) {
		return false, nil // encrypted, or refused by the cipher when it is read
	}
	if id := binary.BigEndian.Uint32(header[68:]); id != applicationID && id != 0 {
		return false, fault.New(fault.CacheDamaged, "%s belongs to another program", filepath.Base(path))
	}
	return true, nil
}

// headerSize reaches beyond the application id, at byte 68 of a plain SQLite file.
const headerSize = 72

// readHeader reads a file's first bytes: none when it is missing or empty.
func readHeader(path string) ([]byte, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, classify(err, "read the cache")
	}
	defer file.Close()
	header := make([]byte, headerSize)
	n, err := io.ReadFull(file, header)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, classify(err, "read the cache")
	}
	return header[:n], nil
}

// refuseForeignCache is refuseForeignFile for what only the key can read.
func (s *Store) refuseForeignCache(ctx context.Context) error {
	var id int64
	if err := s.writer.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return classify(err, "open the cache with its key")
	}
	if id != applicationID && id != 0 {
		return fault.New(fault.CacheDamaged, "%s belongs to another program", filepath.Base(s.path))
	}
	return nil
}

// write runs a function in the one write transaction there can be.
func (s *Store) write(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return classify(err, "begin to write to the cache")
	}
	if err := do(tx); err != nil {
		return errors.Join(err, ignoreDone(tx.Rollback()))
	}
	if err := tx.Commit(); err != nil {
		return classify(err, "write to the cache")
	}
	return nil
}

// read runs a function in a transaction that sees the cache as it is now, whatever is written meanwhile.
func (s *Store) read(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := s.readers.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return classify(err, "begin to read the cache")
	}
	return errors.Join(do(tx), ignoreDone(tx.Rollback()))
}

// ignoreDone: a transaction whose context ended, or that SQLite itself rolled back, is over already.
func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) || err != nil && strings.Contains(err.Error(), "no transaction is active") {
		return nil
	}
	return err
}

func unixOrNil(t *time.Time) any {
	if t == nil {
		return nil
	}
	return t.Unix()
}
