package hall

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/mojocn/base64Captcha"

	"tollbook/backend/fault"
	"tollbook/backend/hallapi"
)

// A captcha is a speed bump for programs; the limits are the defence.
const (
	captchaLife   = 3 * time.Minute
	captchaLength = 4
	captchaWidth  = 204 // pixels: half as many on the page, sharp on dense screens
	captchaHeight = 60
	// captchaGlyphs leaves out look-alikes: 0 O o, 1 I l, 2 Z, 5 S, 8 B.
	captchaGlyphs = "34679ACDEFGHJKLMNPQRTUVWXY"
)

// randomCaptcha draws the text of a captcha.
func randomCaptcha() (string, error) {
	var text strings.Builder
	for range captchaLength {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(captchaGlyphs))))
		if err != nil {
			return "", fmt.Errorf("draw a captcha: %w", err)
		}
		text.WriteByte(captchaGlyphs[n.Int64()])
	}
	return text.String(), nil
}

// CaptchasTo draws captchas at random and appends each text to a file, one line of JSON a captcha: tests cannot read pictures.
func CaptchasTo(path string) func() (string, error) {
	return func() (string, error) {
		text, err := randomCaptcha()
		if err != nil {
			return "", err
		}
		return text, appendLine(path, map[string]string{"text": text})
	}
}

// createCaptcha draws a picture and keeps the digest of its text.
func (s *signIns) createCaptcha(ctx context.Context) (hallapi.Captcha, error) {
	text, err := s.captchaText()
	if err != nil {
		return hallapi.Captcha{}, err
	}
	picture, err := drawCaptcha(text)
	if err != nil {
		return hallapi.Captcha{}, err
	}
	id, now := randomHex(16), s.now()
	err = s.store.inTx(ctx, func(tx *transaction) error {
		if err := s.spendFrom(ctx, tx, actionCaptchaFrom); err != nil {
			return err
		}
		if err := tx.sweep(ctx, "captcha", `expires_at <= ?`, now.Unix()); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO captcha (id_hash, text_mac, expires_at) VALUES (?, ?, ?)`,
			hashToken(id), s.captchaMAC(id, text), now.Add(captchaLife).Unix())
		return err
	})
	return hallapi.Captcha{Id: id, Png: picture, ValidSeconds: int(captchaLife.Seconds())}, err
}

func drawCaptcha(text string) ([]byte, error) {
	driver := base64Captcha.NewDriverString(captchaHeight, captchaWidth, 0, base64Captcha.OptionShowHollowLine, captchaLength, captchaGlyphs,
		nil, nil, []string{"wqy-microhei.ttc"})
	item, err := driver.DrawCaptcha(text)
	if err != nil {
		return nil, fmt.Errorf("draw the captcha: %w", err)
	}
	var picture bytes.Buffer
	if _, err := item.WriteTo(&picture); err != nil {
		return nil, fmt.Errorf("draw the captcha: %w", err)
	}
	return picture.Bytes(), nil
}

func (s *signIns) captchaMAC(id, text string) []byte {
	return s.digest("captcha", id, strings.ToUpper(strings.TrimSpace(text)))
}

// takeCaptcha uses a captcha up, right or wrong: fault.CaptchaRejected for a wrong one. It is a transaction of its own, so that what
// fails later does not give the captcha back.
func (s *signIns) takeCaptcha(ctx context.Context, id, text string) error {
	var kept []byte
	var expiresAt int64
	err := s.store.inTx(ctx, func(tx *transaction) error {
		if err := s.spendFrom(ctx, tx, actionTryFrom); err != nil {
			return err
		}
		kept, expiresAt = nil, 0
		err := tx.QueryRowContext(ctx, `DELETE FROM captcha WHERE id_hash = ? RETURNING text_mac, expires_at`, hashToken(id)).Scan(&kept, &expiresAt)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil {
		return err
	}
	if !hmac.Equal(kept, s.captchaMAC(id, text)) || s.now().Unix() >= expiresAt {
		return fault.New(fault.CaptchaRejected, "the captcha is wrong, used or expired")
	}
	return nil
}
