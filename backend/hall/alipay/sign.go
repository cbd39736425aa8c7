package alipay

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// SignType is the only kind of signature that is made and believed.
const SignType = "RSA2"

// Sign signs the parameters of a request: all but sign itself and empty ones.
func Sign(key *rsa.PrivateKey, params url.Values) (string, error) {
	return SignText(key, []byte(signedContent(params, func(name, value string) bool { return name != "sign" && value != "" })))
}

// SignNotification signs the parameters of a notification: all but sign and sign_type.
func SignNotification(key *rsa.PrivateKey, params url.Values) (string, error) {
	return SignText(key, []byte(signedContent(params, inNotification)))
}

// VerifyRequest checks the signature that Sign has made.
func VerifyRequest(key *rsa.PublicKey, params url.Values) error {
	return VerifyText(key, []byte(signedContent(params, func(name, value string) bool { return name != "sign" && value != "" })), params.Get("sign"))
}

// VerifyNotification checks the signature that SignNotification has made.
func VerifyNotification(key *rsa.PublicKey, params url.Values) error {
	return VerifyText(key, []byte(signedContent(params, inNotification)), params.Get("sign"))
}

func inNotification(name, _ string) bool { return name != "sign" && name != "sign_type" }

// signedContent joins the parameters by the order of their names, as they are before any escaping.
func signedContent(params url.Values, signed func(name, value string) bool) string {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if value := params.Get(name); signed(name, value) {
			pairs = append(pairs, name+"="+value)
		}
	}
	return strings.Join(pairs, "&")
}

// SignText signs a text as it stands: SHA-256, RSA PKCS #1 v1.5, base64.
func SignText(key *rsa.PrivateKey, text []byte) (string, error) {
	digest := sha256.Sum256(text)
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:])
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	return base64.StdEncoding.EncodeToString(signature), nil
}

// VerifyText checks the signature of a text as it stands.
func VerifyText(key *rsa.PublicKey, text []byte, signature string) error {
	raw, err := base64.StdEncoding.DecodeString(signature)
	if err != nil {
		return fmt.Errorf("read the signature: %w", err)
	}
	digest := sha256.Sum256(text)
	if err := rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], raw); err != nil {
		return fmt.Errorf("verify the signature: %w", err)
	}
	return nil
}
