package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"strings"
	"time"
)

// DocumentState is what there is of a document on this computer.
type DocumentState int

// The states, by the numbers that the cache holds.
const (
	DocumentAbsent  DocumentState = 0
	DocumentPartial DocumentState = 1
	DocumentKept    DocumentState = 2
	DocumentDamaged DocumentState = 3
)

// Document is a document of an invoice: what the hall said of it, and what there is of it here. Error is a code of package fault, empty
// unless the last fetch failed. Times are nil where there is none.
type Document struct {
	InvoiceID           int64
	Kind                string
	SHA256              [sha256.Size]byte
	Bytes               int64
	State               DocumentState
	Error               string
	FetchedAt, OpenedAt *time.Time
}

const documentFields = "SELECT d.invoice_id, d.kind, d.sha256, d.bytes, d.state, d.error, d.fetched_at, d.opened_at FROM document d"

func scanDocument(row scanner) (Document, error) {
	var d Document
	var hash []byte
	var fetched, opened *int64
	err := row.Scan(&d.InvoiceID, &d.Kind, &hash, &d.Bytes, &d.State, &d.Error, &fetched, &opened)
	copy(d.SHA256[:], hash)
	d.FetchedAt, d.OpenedAt = optionalInstant(fetched), optionalInstant(opened)
	return d, err
}

// DocumentsOf reads the documents of some invoices, at most 500, by invoice and kind; and which of the invoices the hall was asked about.
func (s *Store) DocumentsOf(ctx context.Context, invoices []int64) ([]Document, map[int64]bool, error) {
	marks, args := idList(invoices)
	documents, err := s.readDocuments(ctx, documentFields+" WHERE d.invoice_id IN ("+marks+") ORDER BY d.invoice_id, d.kind", args...)
	if err != nil {
		return nil, nil, err
	}
	rows, err := s.readers.QueryContext(ctx, "SELECT invoice_id FROM document_asked WHERE invoice_id IN ("+marks+")", args...)
	if err != nil {
		return nil, nil, classify(err, "read the documents")
	}
	defer rows.Close()
	asked := map[int64]bool{}
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, nil, classify(err, "read the documents")
		}
		asked[id] = true
	}
	return documents, asked, classify(rows.Err(), "read the documents")
}

func idList(ids []int64) (marks string, args []any) {
	args = make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	return strings.TrimSuffix(strings.Repeat("?,", len(ids)), ","), args
}

func (s *Store) readDocuments(ctx context.Context, query string, args ...any) ([]Document, error) {
	rows, err := s.readers.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, classify(err, "read the documents")
	}
	defer rows.Close()
	documents := []Document{}
	for rows.Next() {
		d, err := scanDocument(rows)
		if err != nil {
			return nil, classify(err, "read the documents")
		}
		documents = append(documents, d)
	}
	return documents, classify(rows.Err(), "read the documents")
}

// ListDocuments keeps which documents the hall says some invoices have. What there is of a document here stays with it while its hash does.
func (s *Store) ListDocuments(ctx context.Context, invoices []int64, documents []Document) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		listed := map[int64][]any{}
		for _, d := range documents {
			_, err := tx.ExecContext(ctx, `INSERT INTO document (invoice_id, kind, sha256, bytes, state, error) VALUES (?, ?, ?, ?, 0, '')
				ON CONFLICT DO UPDATE SET sha256 = excluded.sha256, bytes = excluded.bytes, state = 0, error = '', fetched_at = NULL, opened_at = NULL
				WHERE sha256 <> excluded.sha256 OR bytes <> excluded.bytes`, d.InvoiceID, d.Kind, d.SHA256[:], d.Bytes)
			if err != nil {
				return classify(err, "keep which documents there are")
			}
			listed[d.InvoiceID] = append(listed[d.InvoiceID], d.Kind)
		}
		for _, id := range invoices {
			marks := strings.TrimSuffix(strings.Repeat("?,", len(listed[id])), ",")
			if _, err := tx.ExecContext(ctx, "DELETE FROM document WHERE invoice_id = ? AND kind NOT IN ("+marks+")", append([]any{id}, listed[id]...)...); err != nil {
				return classify(err, "forget former documents")
			}
			if _, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO document_asked (invoice_id) VALUES (?)", id); err != nil {
				return classify(err, "keep which documents there are")
			}
		}
		return nil
	})
}

// AskAgain has the hall asked anew for the documents of an invoice.
func (s *Store) AskAgain(ctx context.Context, invoice int64) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM document_asked WHERE invoice_id = ?", invoice)
		return classify(err, "forget the documents of an invoice")
	})
}

// NoteDocuments keeps what became of documents: state, error, and when they were fetched. A document whose hash is another by now is left
// as it is.
func (s *Store) NoteDocuments(ctx context.Context, documents []Document) error {
	if len(documents) == 0 {
		return nil
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		update, err := tx.PrepareContext(ctx, "UPDATE document SET state = ?, error = ?, fetched_at = ? WHERE invoice_id = ? AND kind = ? AND sha256 = ?")
		if err != nil {
			return classify(err, "keep what became of a document")
		}
		defer update.Close()
		for _, d := range documents {
			_, err := update.ExecContext(ctx, d.State, d.Error, unixOrNil(d.FetchedAt), d.InvoiceID, d.Kind, d.SHA256[:])
			if err != nil {
				return classify(err, "keep what became of a document")
			}
		}
		return nil
	})
}

// NoteOpened keeps when a document was looked at.
func (s *Store) NoteOpened(ctx context.Context, d Document, at time.Time) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE document SET opened_at = ? WHERE invoice_id = ? AND kind = ?", at.Unix(), d.InvoiceID, d.Kind)
		return classify(err, "keep that a document was opened")
	})
}

// DocumentUse is what documents take on the disk, by the bytes of the documents themselves.
type DocumentUse struct {
	Documents, Invoices, Bytes int64
	OldestIssued               *time.Time // of the invoices that have any
}

// KeptDocuments tells what the kept documents take; issuedBefore, unless zero, narrows to invoices issued before that time, in seconds
// since 1970.
func (s *Store) KeptDocuments(ctx context.Context, issuedBefore int64) (DocumentUse, error) {
	var use DocumentUse
	var oldest *int64
	err := s.readers.QueryRowContext(ctx, `SELECT COUNT(*), COUNT(DISTINCT d.invoice_id), IFNULL(SUM(d.bytes), 0), MIN(i.issued_at) FROM document d
		LEFT JOIN invoice i ON i.id = d.invoice_id WHERE d.state = 2 AND (? = 0 OR IFNULL(i.issued_at, 0) < ?)`, issuedBefore, issuedBefore).
		Scan(&use.Documents, &use.Invoices, &use.Bytes, &oldest)
	use.OldestIssued = optionalInstant(oldest)
	return use, classify(err, "add up the documents")
}

// DocumentsAsked are the documents of a state, so many at a time; IssuedBefore (seconds since 1970), unless zero, narrows to those of invoices
// issued before it.
type DocumentsAsked struct {
	State        DocumentState
	IssuedBefore int64
	Page         int
}

// EachDocument reads documents page by page, so that other work goes on between them.
func (s *Store) EachDocument(ctx context.Context, asked DocumentsAsked, see func([]Document) error) error {
	lastID, lastKind := int64(-1), ""
	for {
		// +d.state: the index of states would have every page sort all that are left.
		documents, err := s.readDocuments(ctx, documentFields+` LEFT JOIN invoice i ON i.id = d.invoice_id
			WHERE (d.invoice_id, d.kind) > (?, ?) AND +d.state = ? AND (? = 0 OR IFNULL(i.issued_at, 0) < ?) ORDER BY d.invoice_id, d.kind LIMIT ?`,
			lastID, lastKind, asked.State, asked.IssuedBefore, asked.IssuedBefore, asked.Page)
		if err != nil || len(documents) == 0 {
			return err
		}
		if err := see(documents); err != nil {
			return err
		}
		last := documents[len(documents)-1]
		lastID, lastKind = last.InvoiceID, last.Kind
	}
}

// DocumentHashes reads the hashes of all documents that invoices have, for finding files that belong to none.
func (s *Store) DocumentHashes(ctx context.Context) (map[[sha256.Size]byte]bool, error) {
	rows, err := s.readers.QueryContext(ctx, "SELECT sha256 FROM document WHERE invoice_id IN (SELECT id FROM invoice)")
	if err != nil {
		return nil, classify(err, "read the documents")
	}
	defer rows.Close()
	hashes := map[[sha256.Size]byte]bool{}
	for rows.Next() {
		var raw sql.RawBytes
		if err := rows.Scan(&raw); err != nil {
			return nil, classify(err, "read the documents")
		}
		hashes[[sha256.Size]byte(raw)] = true
	}
	return hashes, classify(rows.Err(), "read the documents")
}

// ForgetStrays forgets the documents of invoices that are gone.
func (s *Store) ForgetStrays(ctx context.Context) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM document WHERE invoice_id NOT IN (SELECT id FROM invoice)")
		return classify(err, "forget documents of no invoice")
	})
}
