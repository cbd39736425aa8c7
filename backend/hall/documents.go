package hall

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/klauspost/compress/gzhttp"

	"tollbook/backend/fault"
	"tollbook/backend/hallapi"
	"tollbook/backend/record"
)

// Document is a document of an invoice, as it is handed out. Its bytes never change: what replaces it is another document.
type Document struct {
	Kind hallapi.InvoiceDocumentKind
	Body []byte
}

// Issue is all that stands in an invoice's documents.
type Issue struct {
	Account Account
	Invoice record.Invoice
	Vehicle record.Vehicle
	Trips   []record.Trip // those it covers, in its order
}

// Issuer makes an invoice's documents. The same issue always gives the same bytes.
type Issuer func(Issue) ([]Document, error)

// PutDocuments keeps the documents of the newest version of an invoice, in the place of those it had; fault.NotFound when the account has
// no such invoice.
func (s *Store) PutDocuments(ctx context.Context, account AccountID, invoice int64, documents []Document) error {
	kept := make([]keptDocument, len(documents))
	for i, each := range documents {
		var err error
		if kept[i], err = s.writeDocument(each); err != nil {
			return err
		}
	}
	return s.inTx(ctx, func(tx *transaction) error {
		if _, err := lockFeed(ctx, tx, account); err != nil {
			return err
		}
		var version int64
		err := tx.QueryRowContext(ctx, `SELECT seq FROM record WHERE account_id = ? AND kind = ? AND id = ?`, account, record.KindInvoice, invoice).Scan(&version)
		if errors.Is(err, sql.ErrNoRows) {
			return fault.New(fault.NotFound, "no invoice %d", invoice)
		}
		if err != nil {
			return fmt.Errorf("find the invoice: %w", err)
		}
		return putDocuments(ctx, tx, account, invoice, version, kept)
	})
}

// keptDocument is a document whose bytes lie in their file.
type keptDocument struct {
	kind  string
	hash  [sha256.Size]byte
	bytes int64
}

func putDocuments(ctx context.Context, tx *transaction, account AccountID, invoice, version int64, documents []keptDocument) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM invoice_document WHERE account_id = ? AND invoice_id = ?`, account, invoice); err != nil {
		return fmt.Errorf("forget former documents: %w", err)
	}
	for _, each := range documents {
		_, err := tx.ExecContext(ctx, `INSERT INTO invoice_document (account_id, invoice_id, kind, version, sha256, bytes) VALUES (?, ?, ?, ?, ?, ?)`,
			account, invoice, each.kind, version, each.hash[:], each.bytes)
		if err != nil {
			return fmt.Errorf("keep a document: %w", err)
		}
	}
	return nil
}

// documentPath is where the bytes of a hash lie. 256 folders hold a million documents with some four thousand in each.
func (s *Store) documentPath(hash [sha256.Size]byte) string {
	name := hex.EncodeToString(hash[:])
	return filepath.Join(s.documents, name[:2], name)
}

// writeDocument puts a document's bytes into the file of their hash. It is written beside and renamed: under its name it is always whole.
func (s *Store) writeDocument(document Document) (keptDocument, error) {
	kept := keptDocument{kind: string(document.Kind), hash: sha256.Sum256(document.Body), bytes: int64(len(document.Body))}
	path := s.documentPath(kept.hash)
	if info, err := os.Stat(path); err == nil && info.Size() == kept.bytes {
		return kept, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return kept, fmt.Errorf("make the folder of a document: %w", err)
	}
	file, err := os.CreateTemp(filepath.Dir(path), "new-*")
	if err != nil {
		return kept, fmt.Errorf("write a document: %w", err)
	}
	_, err = file.Write(document.Body)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return kept, errors.Join(fmt.Errorf("write a document: %w", err), os.Remove(file.Name()))
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return kept, fmt.Errorf("write a document: %w", err)
	}
	return kept, nil
}

// documentsOf reads the documents of the newest version of an invoice: none when they were made for a former one.
func documentsOf(ctx context.Context, tx *transaction, account AccountID, invoice int64) ([]hallapi.InvoiceDocument, error) {
	rows, err := tx.QueryContext(ctx, `SELECT d.kind, d.sha256, d.bytes FROM invoice_document d
		JOIN record ON record.account_id = d.account_id AND record.kind = ? AND record.id = d.invoice_id AND record.seq = d.version
		WHERE d.account_id = ? AND d.invoice_id = ? ORDER BY d.kind`, record.KindInvoice, account, invoice)
	if err != nil {
		return nil, fmt.Errorf("read the documents of an invoice: %w", err)
	}
	defer rows.Close()
	var documents []hallapi.InvoiceDocument
	for rows.Next() {
		document := hallapi.InvoiceDocument{InvoiceId: invoice}
		var hash []byte
		if err := rows.Scan(&document.Kind, &hash, &document.Bytes); err != nil {
			return nil, fmt.Errorf("read the documents of an invoice: %w", err)
		}
		document.Sha256, document.MediaType = hex.EncodeToString(hash), mediaType(document.Kind)
		documents = append(documents, document)
	}
	return documents, rows.Err()
}

func mediaType(kind hallapi.InvoiceDocumentKind) string { return "application/" + string(kind) }

// invoiceDocuments tells which documents invoices have. Those of a sample are made when they are first asked for, so that a fleet of
// thousands is there at once.
func (h *Hall) invoiceDocuments(ctx context.Context, account AccountID, invoices []int64) (hallapi.InvoiceDocuments, error) {
	answer := hallapi.InvoiceDocuments{Documents: []hallapi.InvoiceDocument{}}
	if len(invoices) == 0 || len(invoices) > hallapi.DocumentsLimit {
		return answer, fault.New(fault.BadInput, "a call names 1 to %d invoices", hallapi.DocumentsLimit)
	}
	var lacking []issueVersion
	found := make(map[int64][]hallapi.InvoiceDocument, len(invoices))
	isSample, err := h.hasSampleDocuments(ctx)
	if err != nil {
		return answer, err
	}
	err = h.store.reading(ctx, func(tx *transaction) error {
		for _, id := range invoices {
			documents, err := documentsOf(ctx, tx, account, id)
			if err != nil {
				return err
			}
			found[id] = documents
			if len(documents) > 0 || !isSample {
				continue
			}
			issue, there, err := readIssue(ctx, tx, account, id)
			if err != nil {
				return err
			}
			if there {
				lacking = append(lacking, issue)
			}
		}
		return nil
	})
	if err != nil {
		return answer, err
	}
	if err := h.issueAll(ctx, lacking, found); err != nil {
		return answer, err
	}
	for _, id := range invoices {
		answer.Documents = append(answer.Documents, found[id]...)
	}
	return answer, nil
}

// hasSampleDocuments tells whether documents may be made up: never beside true records.
func (h *Hall) hasSampleDocuments(ctx context.Context) (bool, error) {
	if h.issuer == nil {
		return false, nil
	}
	sample, _, err := h.store.Sample(ctx)
	return sample != "", err
}

// issueVersion is an issue with the number of the version of the invoice it was read from.
type issueVersion struct {
	Issue
	version int64
}

// readIssue gathers what stands in an invoice's documents; false when the account has no such invoice.
func readIssue(ctx context.Context, tx *transaction, account AccountID, id int64) (issueVersion, bool, error) {
	var issue issueVersion
	w := newFeedWriter(tx, account)
	current, err := w.current(ctx, record.KindInvoice, id)
	if err != nil || current == nil {
		return issue, false, err
	}
	issue.Invoice = *current.(*record.Invoice)
	err = tx.QueryRowContext(ctx, `SELECT seq FROM record WHERE account_id = ? AND kind = ? AND id = ?`, account, record.KindInvoice, id).Scan(&issue.version)
	if err != nil {
		return issue, false, fmt.Errorf("read the version of an invoice: %w", err)
	}
	accounts, err := selectAccounts(ctx, tx, `WHERE id = ?`, account)
	if err != nil {
		return issue, false, err
	}
	issue.Account = accounts[0]
	if vehicle, err := w.current(ctx, record.KindVehicle, issue.Invoice.VehicleID); err != nil {
		return issue, false, err
	} else if vehicle != nil {
		issue.Vehicle = *vehicle.(*record.Vehicle)
	}
	for _, tripID := range issue.Invoice.TripIDs {
		trip, err := w.current(ctx, record.KindTrip, tripID)
		if err != nil {
			return issue, false, err
		}
		if trip != nil {
			issue.Trips = append(issue.Trips, *trip.(*record.Trip))
		}
	}
	return issue, true, nil
}

// issueAll makes the documents of invoices that have none, keeps them all in one transaction, and adds them to those found.
func (h *Hall) issueAll(ctx context.Context, issues []issueVersion, found map[int64][]hallapi.InvoiceDocument) error {
	made := make([][]keptDocument, len(issues))
	for i, issue := range issues {
		if err := ctx.Err(); err != nil {
			return err
		}
		documents, err := h.issuer(issue.Issue)
		if err != nil {
			return fmt.Errorf("make the documents of invoice %d: %w", issue.Invoice.ID, err)
		}
		for _, document := range documents {
			kept, err := h.store.writeDocument(document)
			if err != nil {
				return err
			}
			made[i] = append(made[i], kept)
		}
	}
	if len(issues) == 0 {
		return nil
	}
	return h.store.inTx(ctx, func(tx *transaction) error {
		// All are of one account. Another hall may have been asked for the same ones.
		if _, err := lockFeed(ctx, tx, issues[0].Account.ID); err != nil {
			return err
		}
		for i, issue := range issues {
			if err := putDocuments(ctx, tx, issue.Account.ID, issue.Invoice.ID, issue.version, made[i]); err != nil {
				return err
			}
			documents, err := documentsOf(ctx, tx, issue.Account.ID, issue.Invoice.ID)
			if err != nil {
				return err
			}
			found[issue.Invoice.ID] = documents
		}
		return nil
	})
}

// openDocument opens the bytes of a document of the account; fault.NotFound when it has none of that hash. A document whose file is gone
// or damaged is forgotten, so that a sample makes it anew.
func (s *Store) openDocument(ctx context.Context, account AccountID, name string) ([]byte, hallapi.InvoiceDocumentKind, error) {
	var kind hallapi.InvoiceDocumentKind
	var hash [sha256.Size]byte
	unknown := fault.New(fault.NotFound, "no such document")
	if n, err := hex.Decode(hash[:], []byte(name)); err != nil || n != len(hash) || strings.ToLower(name) != name {
		return nil, kind, unknown
	}
	err := s.readers.QueryRowContext(ctx, `SELECT kind FROM invoice_document WHERE account_id = ? AND sha256 = ? LIMIT 1`, account, hash[:]).Scan(&kind)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, kind, unknown
	}
	if err != nil {
		return nil, kind, fmt.Errorf("find a document: %w", err)
	}
	body, err := os.ReadFile(s.documentPath(hash))
	if err == nil && sha256.Sum256(body) == hash {
		return body, kind, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, kind, fmt.Errorf("read a document: %w", err)
	}
	_, err = s.writer.ExecContext(ctx, `DELETE FROM invoice_document WHERE sha256 = ?`, hash[:])
	return nil, kind, errors.Join(unknown, err)
}

func (c calls) ListInvoiceDocuments(ctx context.Context, request hallapi.ListInvoiceDocumentsRequestObject) (hallapi.ListInvoiceDocumentsResponseObject, error) {
	answer, err := c.hall.invoiceDocuments(ctx, sessionOf(ctx).account, request.Body.InvoiceIds)
	return hallapi.ListInvoiceDocuments200JSONResponse(answer), err
}

func (c calls) GetDocument(ctx context.Context, request hallapi.GetDocumentRequestObject) (hallapi.GetDocumentResponseObject, error) {
	body, kind, err := c.hall.store.openDocument(ctx, sessionOf(ctx).account, request.Sha256)
	if err != nil {
		return nil, err
	}
	return documentAnswer{hash: request.Sha256, kind: kind, body: body, asked: valueOf(request.Params.Range), ifRange: valueOf(request.Params.IfRange)}, nil
}

// documentAnswer serves a document's bytes by RFC 9110: all of them, or one range.
type documentAnswer struct {
	hash, asked, ifRange string
	kind                 hallapi.InvoiceDocumentKind
	body                 []byte
}

// VisitGetDocumentResponse writes the answer. Several ranges are answered whole: no client of the contract asks for them, and together
// they could be many times the document.
func (d documentAnswer) VisitGetDocumentResponse(w http.ResponseWriter) error {
	header := http.Header{}
	if d.asked != "" && !strings.Contains(d.asked, ",") {
		header.Set("Range", d.asked)
		if d.ifRange != "" {
			header.Set("If-Range", d.ifRange)
		}
	}
	w.Header().Set("ETag", hallapi.DocumentTag(d.hash))
	w.Header().Set("Content-Type", mediaType(d.kind))
	w.Header().Set("Cache-Control", "private, max-age=31536000, immutable")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set(gzhttp.HeaderNoCompression, "1") // a range is one of the bytes as they are
	http.ServeContent(w, &http.Request{Method: http.MethodGet, Header: header}, "", time.Time{}, bytes.NewReader(d.body))
	return nil
}
