package record

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"time"

	"tollbook/backend/money"
)

// encodingVersion opens every canonical encoding; it rises when a field is added, so that old and new digests never meet unnoticed.
const encodingVersion = 1

// Hash is the first 128 bits of the SHA-256 of a record's canonical encoding.
type Hash [2]uint64

// Digest sums up a set of records: how many, their fen, and the sum of their hashes modulo 2^64 per half. It does not depend
// on order and can be kept record by record. XOR would not do: it cancels a row held twice (TRUST 2.3).
type Digest struct {
	Rows   int64
	Amount money.Fen
	Sum    Hash
}

// HashOf hashes a record.
func HashOf(r Record) Hash {
	buffer := make(encoder, 0, 320)
	buffer = append(buffer, encodingVersion)
	buffer = buffer.text(string(r.RecordKind()))
	sum := sha256.Sum256(r.appendCanonical(buffer))
	return Hash{binary.BigEndian.Uint64(sum[0:8]), binary.BigEndian.Uint64(sum[8:16])}
}

// Add counts a record in.
func (d *Digest) Add(r Record) { d.AddHash(HashOf(r), r.Amount()) }

// Remove counts out a record that was counted in.
func (d *Digest) Remove(r Record) {
	h := HashOf(r)
	d.Merge(Digest{Rows: -1, Amount: -r.Amount(), Sum: Hash{-h[0], -h[1]}})
}

// AddHash counts in a record whose hash is known.
func (d *Digest) AddHash(h Hash, amount money.Fen) {
	d.Merge(Digest{Rows: 1, Amount: amount, Sum: h})
}

// Merge counts in all that another digest holds.
func (d *Digest) Merge(other Digest) {
	d.Rows += other.Rows
	d.Amount += other.Amount
	d.Sum[0] += other.Sum[0]
	d.Sum[1] += other.Sum[1]
}

// String writes the 128 bits as 32 hexadecimal digits, the wire form.
func (h Hash) String() string {
	return hex.EncodeToString(h.Bytes())
}

// Bytes gives the 16 bytes, big end first, the stored form.
func (h Hash) Bytes() []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(make([]byte, 0, 16), h[0]), h[1])
}

// HashFromBytes reads what Bytes gave; any other length is an error.
func HashFromBytes(raw []byte) (Hash, error) {
	if len(raw) != 16 {
		return Hash{}, fmt.Errorf("a digest has 16 bytes, not %d", len(raw))
	}
	return Hash{binary.BigEndian.Uint64(raw[:8]), binary.BigEndian.Uint64(raw[8:])}, nil
}

// ParseHash reads what String wrote.
func ParseHash(text string) (Hash, error) {
	raw, err := hex.DecodeString(text)
	if err != nil {
		return Hash{}, fmt.Errorf("digest %q: %w", text, err)
	}
	return HashFromBytes(raw)
}

// encoder writes the canonical form: whole numbers as 8 bytes, texts with their length before them, absent times as their own byte.
// It never passes through JSON, whose spelling may differ between equal records.
type encoder []byte

func (e encoder) int(n int64) encoder { return binary.BigEndian.AppendUint64(e, uint64(n)) }

func (e encoder) fen(f money.Fen) encoder { return e.int(int64(f)) }

func (e encoder) text(s string) encoder {
	return append(binary.AppendUvarint(e, uint64(len(s))), s...)
}

func (e encoder) bool(b bool) encoder {
	if b {
		return append(e, 1)
	}
	return append(e, 0)
}

func (e encoder) time(t time.Time) encoder { return e.int(t.Unix()) }

func (e encoder) optional(t *time.Time) encoder {
	if t == nil {
		return append(e, 0)
	}
	return append(e, 1).time(*t)
}

func (v *Vehicle) appendCanonical(e encoder) encoder {
	return e.int(v.ID).text(v.PlateNumber).int(int64(v.PlateColor)).int(int64(v.Class)).text(v.Status).time(v.RegisteredAt).
		bool(v.ParkingAuthorized).optional(v.ParkingChangedAt).bool(v.InvoicePerTrip).bool(v.InvoiceMonthly).
		text(v.InvoiceTitle).text(v.InvoiceEmail).bool(v.InvoiceAutoSend)
}

func (c *Card) appendCanonical(e encoder) encoder {
	return e.int(c.ID).int(c.VehicleID).text(c.Number).text(c.Type).text(c.Status).time(c.IssuedAt).optional(c.UpdatedAt).
		fen(c.Balance).fen(c.Unloaded)
}

func (t *Tag) appendCanonical(e encoder) encoder {
	return e.int(t.ID).int(t.VehicleID).text(t.Number).text(t.Brand).text(t.Model).text(t.Status).text(t.Branch).time(t.IssuedAt)
}

func (s *Signing) appendCanonical(e encoder) encoder {
	return e.int(s.ID).int(s.CardID).text(s.Channel).text(s.Number).time(s.SignedAt).text(s.Status)
}

func (s *StatusEntry) appendCanonical(e encoder) encoder {
	return e.int(s.ID).int(s.CardID).time(s.Since).optional(s.Until).text(s.Reason)
}

func (t *Trip) appendCanonical(e encoder) encoder {
	return e.int(t.ID).text(t.PassID).int(t.VehicleID).int(t.CardID).text(t.Type).optional(t.EnteredAt).time(t.ExitedAt).
		text(t.PostedOn).text(t.EntryStation).text(t.ExitStation).text(t.Place).int(t.Distance).fen(t.Gross).fen(t.Discount).fen(t.Paid)
}

func (l *BillLine) appendCanonical(e encoder) encoder {
	return e.int(l.ID).int(l.VehicleID).int(l.CardID).text(l.Scene).time(l.PassedAt).text(l.PostedOn).text(l.EntryStation).
		text(l.ExitStation).text(l.Place).fen(l.Charged).int(l.TripID).int(l.RefundID)
}

func (r *Refund) appendCanonical(e encoder) encoder {
	return e.int(r.ID).int(r.VehicleID).int(r.CardID).int(r.TripID).text(r.Type).time(r.PassedAt).optional(r.RefundedAt).
		fen(r.Returned).text(r.Status)
}

func (i *Invoice) appendCanonical(e encoder) encoder {
	e = e.int(i.ID).int(i.VehicleID).text(i.Type).text(i.Number).text(i.Title).text(i.Payee).time(i.IssuedAt).
		int(int64(i.TaxRate)).fen(i.Net).fen(i.Tax).fen(i.Total).int(int64(len(i.TripIDs)))
	for _, id := range i.TripIDs {
		e = e.int(id)
	}
	return e
}

func (r *Recharge) appendCanonical(e encoder) encoder {
	return e.int(r.ID).text(r.OrderNumber).text(r.Target).int(r.CardID).int(r.VehicleID).time(r.CreatedAt).optional(r.FinishedAt).
		text(r.Source).fen(r.Ordered).text(r.TransactionNumber).text(r.Status)
}

func (a *Allocation) appendCanonical(e encoder) encoder {
	return e.int(a.ID).int(a.VehicleID).int(a.CardID).time(a.AllocatedAt).fen(a.Allocated).text(a.Source).int(a.RechargeID)
}

func (l *CardLoad) appendCanonical(e encoder) encoder {
	return e.int(l.ID).int(l.VehicleID).int(l.CardID).time(l.LoadedAt).fen(l.Loaded).text(l.Status)
}
