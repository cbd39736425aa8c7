package hallapi

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"tollbook/backend/fault"
)

// DocumentsLimit is the most invoices of one InvoiceChoice.
const DocumentsLimit = 100

// DocumentTag is the ETag of a document: its hash, and a strong one.
func DocumentTag(sha256 string) string { return `"` + sha256 + `"` }

// InvoiceDocuments tells which documents some invoices have, at most DocumentsLimit of them.
func (c *Caller) InvoiceDocuments(ctx context.Context, invoices []int64) ([]InvoiceDocument, error) {
	answer, err := c.client.ListInvoiceDocumentsWithResponse(ctx, InvoiceChoice{InvoiceIds: invoices})
	if err := check(err, answer, http.StatusOK); err != nil {
		return nil, err
	}
	documents, err := value(answer.JSON200)
	return documents.Documents, err
}

// Document asks for a document's bytes from a byte on. The answer begins at `from`, which is zero when the hall sends all of it, and
// ends at `until`, the document's size; reading it may end early with an error, and then it is asked for again from there.
func (c *Caller) Document(ctx context.Context, sha256 string, offset int64) (body io.ReadCloser, from, until int64, err error) {
	params := &GetDocumentParams{}
	if offset > 0 {
		wanted, same := fmt.Sprintf("bytes=%d-", offset), DocumentTag(sha256)
		params.Range, params.IfRange = &wanted, &same
	}
	answer, err := c.client.GetDocument(ctx, sha256, params, func(_ context.Context, r *http.Request) error {
		r.Header.Set("Accept-Encoding", "identity") // a range is one of the bytes as they are
		return nil
	})
	if err != nil {
		return nil, 0, 0, noAnswer(err)
	}
	from, until, err = placeOf(answer, sha256)
	if err == nil {
		return answer.Body, from, until, nil
	}
	defer answer.Body.Close()
	const longestProblem = 64 << 10
	text, readErr := io.ReadAll(io.LimitReader(answer.Body, longestProblem))
	if readErr != nil {
		return nil, 0, 0, noAnswer(readErr)
	}
	refusal := check(nil, rawAnswer{answer, text}, http.StatusNoContent)
	if fault.CodeOf(refusal) == fault.HallNotRecognized {
		refusal = err
	}
	return nil, 0, 0, refusal
}

// rawAnswer is an answer that no generated code has read.
type rawAnswer struct {
	*http.Response
	body []byte
}

func (r rawAnswer) StatusCode() int     { return r.Response.StatusCode }
func (r rawAnswer) ContentType() string { return r.Header.Get("Content-Type") }
func (r rawAnswer) GetBody() []byte     { return r.body }

// placeOf reads where in the document an answer begins, and the document's size. An answer without the document's ETag is not a hall's: a
// captive portal answers everything with 200.
func placeOf(answer *http.Response, sha256 string) (from, until int64, err error) {
	refused := fault.New(fault.HallNotRecognized, "the answer (status %d) is not the document", answer.StatusCode)
	if answer.Header.Get("ETag") != DocumentTag(sha256) {
		return 0, 0, refused
	}
	switch answer.StatusCode {
	case http.StatusOK:
		return 0, answer.ContentLength, nil
	case http.StatusPartialContent:
		place, total, ok := strings.Cut(strings.TrimPrefix(answer.Header.Get("Content-Range"), "bytes "), "/")
		first, _, isRange := strings.Cut(place, "-")
		from, errFrom := strconv.ParseInt(first, 10, 64)
		until, errUntil := strconv.ParseInt(total, 10, 64)
		if ok && isRange && errFrom == nil && errUntil == nil && from >= 0 && until > from {
			return from, until, nil
		}
	}
	return 0, 0, refused
}
