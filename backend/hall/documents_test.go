package hall_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/hall"
	"tollbook/backend/hallapi"
	"tollbook/backend/period"
	"tollbook/backend/record"
)

// tolled is a vehicle with a trip and its invoice.
func tolled(id int64) []record.Record {
	at := time.Date(2026, 10, 5, 8, 0, 0, 0, period.Zone())
	return []record.Record{
		parkingVehicle(id, true),
		&record.Trip{ID: id, PassID: fmt.Sprint("样例", id), VehicleID: id, Type: record.TripETCExpressway, ExitedAt: at, EntryStation: "浙江临平站", ExitStation: "浙江桐乡站", Gross: 561, Paid: 561},
		&record.Invoice{ID: id, VehicleID: id, Type: record.InvoicePerTrip, Number: fmt.Sprintf("2633790000000000%04d", id), Title: "样例运输有限公司", Payee: "样例收款人",
			IssuedAt: at.AddDate(0, 0, 2), TaxRate: 300, Net: 545, Tax: 16, Total: 561, TripIDs: []int64{id}},
	}
}

// sampled is a hall with a sample of two accounts, one invoice each.
func sampled(t *testing.T) (w *world, unit, other *hallapi.Caller) {
	t.Helper()
	w = newWorld(t)
	must(t, w.hall.Store().BeginSample(t.Context(), "documents"))
	w.add(unitHolder(), tolled(1)...)
	w.add(person(72), tolled(2)...)
	must(t, w.hall.Store().EndSample(t.Context()))
	unit = w.inAccount(unitHolder())
	return w, unit, w.inAccount(person(72))
}

func whole(t *testing.T, caller *hallapi.Caller, hash string, offset int64) []byte {
	t.Helper()
	body, from, until, err := caller.Document(t.Context(), hash, offset)
	must(t, err)
	defer body.Close()
	read, err := io.ReadAll(body)
	must(t, err)
	if from != offset || from+int64(len(read)) != until {
		t.Fatalf("asked from %d, got %d bytes from %d of %d", offset, len(read), from, until)
	}
	return read
}

// An invoice has a PDF and an XML; each is what its hash says, all of it or from any byte on, and the same at the next start of the hall.
func TestDocumentsAreTheBytesOfTheirHash(t *testing.T) {
	w, unit, _ := sampled(t)
	documents, err := unit.InvoiceDocuments(t.Context(), []int64{1, 99})
	must(t, err)
	if len(documents) != 2 || documents[0].Kind != hallapi.DocumentPDF || documents[0].MediaType != "application/pdf" || documents[1].Kind != hallapi.DocumentXML {
		t.Fatalf("the invoice has %+v", documents)
	}
	for _, each := range documents {
		body := whole(t, unit, each.Sha256, 0)
		if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != each.Sha256 || int64(len(body)) != each.Bytes {
			t.Errorf("the %s is not what its hash says", each.Kind)
		}
		for _, offset := range []int64{1, each.Bytes / 2, each.Bytes - 1} {
			if part := whole(t, unit, each.Sha256, offset); !bytes.Equal(part, body[offset:]) {
				t.Errorf("from byte %d on it is another", offset)
			}
		}
	}
	w.open()
	again, err := w.inAccountAgain(unitHolder()).InvoiceDocuments(t.Context(), []int64{1})
	must(t, err)
	if again[0] != documents[0] || again[1] != documents[1] {
		t.Errorf("after a restart they are %+v", again)
	}
}

// inAccountAgain is inAccount for a holder who is bound already.
func (w *world) inAccountAgain(holder hall.Account) *hallapi.Caller {
	w.t.Helper()
	_, caller := w.signIn(holder.UserKind, holder.Phone)
	_, err := caller.ChooseAccount(w.t.Context(), holder.ID.String())
	must(w.t, err)
	return caller
}

func TestADocumentOfAnotherAccountDoesNotExist(t *testing.T) {
	w, unit, other := sampled(t)
	mine, err := unit.InvoiceDocuments(t.Context(), []int64{1})
	must(t, err)
	theirs, err := other.InvoiceDocuments(t.Context(), []int64{1})
	must(t, err)
	if len(theirs) != 0 {
		t.Errorf("another account's invoice has documents: %+v", theirs)
	}
	for _, hash := range []string{mine[0].Sha256, strings.Repeat("0", 64), strings.ToUpper(mine[0].Sha256), "nothing", ".."} {
		_, _, _, err := other.Document(t.Context(), hash, 0)
		if hash == ".." {
			if err == nil {
				t.Error("a path was taken for a hash")
			}
			continue
		}
		wantCode(t, err, fault.NotFound)
	}
	_, _, _, err = w.caller("").Document(t.Context(), mine[0].Sha256, 0)
	wantCode(t, err, fault.SignInNeeded)
	for _, ids := range [][]int64{{}, make([]int64, hallapi.DocumentsLimit+1)} {
		_, err := unit.InvoiceDocuments(t.Context(), ids)
		wantCode(t, err, fault.BadInput)
	}
}

// Ranges as clients of HTTP ask for them.
func TestRangesOfADocument(t *testing.T) {
	w, _, _ := sampled(t)
	signedIn, caller := w.signIn(hallapi.Unit, unitHolder().Phone)
	_, err := caller.ChooseAccount(t.Context(), "71")
	must(t, err)
	documents, err := caller.InvoiceDocuments(t.Context(), []int64{1})
	must(t, err)
	pdf := documents[0]
	body := whole(t, caller, pdf.Sha256, 0)
	ask := func(header ...string) (*http.Response, []byte) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.url+"/v1/documents/"+pdf.Sha256, nil)
		must(t, err)
		r.Header.Set("Authorization", "Bearer "+signedIn.Token)
		r.Header.Set("Accept-Encoding", "gzip")
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		answer, err := http.DefaultClient.Do(r)
		must(t, err)
		defer answer.Body.Close()
		read, err := io.ReadAll(answer.Body)
		must(t, err)
		return answer, read
	}
	same, another := hallapi.DocumentTag(pdf.Sha256), hallapi.DocumentTag(strings.Repeat("0", 64))
	end := fmt.Sprint(pdf.Bytes)
	for _, c := range []struct {
		name   string
		header []string
		status int
		want   []byte
	}{
		{"all", nil, 200, body},
		{"the start", []string{"Range", "bytes=0-3"}, 206, body[:4]},
		{"the middle", []string{"Range", "bytes=100-199"}, 206, body[100:200]},
		{"the end", []string{"Range", "bytes=-5"}, 206, body[len(body)-5:]},
		{"across the end", []string{"Range", "bytes=100-99999999"}, 206, body[100:]},
		{"beyond the end", []string{"Range", "bytes=" + end + "-"}, 416, nil},
		{"several ranges", []string{"Range", "bytes=0-1,4-5"}, 200, body},
		{"a range of the same", []string{"Range", "bytes=7-", "If-Range", same}, 206, body[7:]},
		{"a range of another", []string{"Range", "bytes=7-", "If-Range", another}, 200, body},
	} {
		answer, got := ask(c.header...)
		if answer.StatusCode != c.status || c.want != nil && !bytes.Equal(got, c.want) {
			t.Errorf("%s: status %d, %d bytes", c.name, answer.StatusCode, len(got))
		}
		if tag := answer.Header.Get("ETag"); tag != same && c.status != 416 || answer.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s: ETag %s, encoding %q", c.name, tag, answer.Header.Get("Content-Encoding"))
		}
	}
	if answer, _ := ask(); !strings.Contains(answer.Header.Get("Cache-Control"), "immutable") || answer.Header.Get("Accept-Ranges") != "bytes" {
		t.Errorf("the answer's header is %v", answer.Header)
	}
}

// An invoice that changes has other documents, and those it had are none any more. A file that is lost at the hall is made anew.
func TestDocumentsFollowTheirInvoice(t *testing.T) {
	w, unit, _ := sampled(t)
	before, err := unit.InvoiceDocuments(t.Context(), []int64{1})
	must(t, err)
	lost := filepath.Join(w.documents(), before[1].Sha256[:2], before[1].Sha256)
	must(t, os.Remove(lost))
	_, _, _, err = unit.Document(t.Context(), before[1].Sha256, 0)
	wantCode(t, err, fault.NotFound)
	corrected := *tolled(1)[2].(*record.Invoice)
	corrected.Title = "样例运输有限公司第二分公司"
	_, err = w.hall.Store().Apply(t.Context(), 71, []hall.Change{hall.Upsert(&corrected)})
	must(t, err)
	after, err := unit.InvoiceDocuments(t.Context(), []int64{1})
	must(t, err)
	if len(after) != 2 || after[0].Sha256 == before[0].Sha256 {
		t.Fatalf("after the correction: %+v", after)
	}
	if xml := whole(t, unit, after[1].Sha256, 0); !bytes.Contains(xml, []byte("第二分公司")) {
		t.Errorf("the XML is of the former version: %s", xml)
	}
	_, _, _, err = unit.Document(t.Context(), before[0].Sha256, 0)
	wantCode(t, err, fault.NotFound)
}

// Documents are made up for a sample alone; what was put there is served as it is.
func TestATrueHallServesWhatWasPutThere(t *testing.T) {
	w := newWorld(t)
	w.add(unitHolder(), tolled(1)...)
	caller := w.inAccount(unitHolder())
	none, err := caller.InvoiceDocuments(t.Context(), []int64{1})
	must(t, err)
	if len(none) != 0 {
		t.Fatalf("a hall without a sample made documents up: %+v", none)
	}
	wantCode(t, w.hall.Store().PutDocuments(t.Context(), 71, 99, nil), fault.NotFound)
	must(t, w.hall.Store().PutDocuments(t.Context(), 71, 1, []hall.Document{{Kind: hallapi.DocumentPDF, Body: []byte("%PDF-1.4 原件")}}))
	put, err := caller.InvoiceDocuments(t.Context(), []int64{1})
	must(t, err)
	if got := whole(t, caller, put[0].Sha256, 0); string(got) != "%PDF-1.4 原件" {
		t.Errorf("served %q", got)
	}
}
