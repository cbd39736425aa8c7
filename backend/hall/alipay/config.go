package alipay

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"tollbook/backend/fault"
)

// Config says who the merchant is and where the gateway stands. The keys are the merchant's private and the gateway's public one.
type Config struct {
	AppID      string
	SellerID   string // 2088…; empty: not checked
	Gateway    string // https, or http on this computer
	NotifyURL  string // where notifications are sent to; empty: trades are only asked for
	ReturnURL  string // where the payer's browser goes after paying; empty: nowhere
	PrivateKey *rsa.PrivateKey
	GatewayKey *rsa.PublicKey
}

// File is the form of Config in a file of JSON. The files of keys are PEM, or the bare base64 text that the platform's tool writes;
// relative names are beside the file.
type File struct {
	AppID          string `json:"appId"`
	SellerID       string `json:"sellerId"`
	Gateway        string `json:"gateway"`
	NotifyURL      string `json:"notifyUrl"`
	ReturnURL      string `json:"returnUrl"`
	PrivateKeyFile string `json:"privateKeyFile"` // PKCS #1 or PKCS #8; readable to the owner alone
	GatewayKeyFile string `json:"gatewayKeyFile"` // 支付宝公钥, not the merchant's own public key
}

// Load turns the file's form, which was read from a folder, into a Config; fault.BadInput names what is wrong with it.
func (f File) Load(folder string) (Config, error) {
	config := Config{AppID: f.AppID, SellerID: f.SellerID, Gateway: f.Gateway, NotifyURL: f.NotifyURL, ReturnURL: f.ReturnURL}
	private, err := readKey(folder, f.PrivateKeyFile, true)
	if err != nil {
		return config, err
	}
	if config.PrivateKey, err = ParsePrivateKey(private); err != nil {
		return config, fault.Wrap(fault.BadInput, err, "%s", f.PrivateKeyFile)
	}
	public, err := readKey(folder, f.GatewayKeyFile, false)
	if err != nil {
		return config, err
	}
	if config.GatewayKey, err = ParsePublicKey(public); err != nil {
		return config, fault.Wrap(fault.BadInput, err, "%s", f.GatewayKeyFile)
	}
	return config, config.check()
}

func readKey(folder, name string, secret bool) ([]byte, error) {
	if name == "" {
		return nil, fault.New(fault.BadInput, "the payment gateway's file needs privateKeyFile and gatewayKeyFile")
	}
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(folder, path)
	}
	if secret && runtime.GOOS != "windows" {
		if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o077 != 0 {
			return nil, fault.New(fault.BadInput, "%s is a private key and can be read by others: chmod 600", name)
		}
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.Wrap(fault.BadInput, err, "read a key of the payment gateway")
	}
	return raw, nil
}

func (c Config) check() error {
	if c.AppID == "" || c.PrivateKey == nil || c.GatewayKey == nil {
		return fault.New(fault.BadInput, "the payment gateway's file needs appId and two keys")
	}
	for name, text := range map[string]string{"gateway": c.Gateway, "notifyUrl": c.NotifyURL, "returnUrl": c.ReturnURL} {
		if text == "" && name != "gateway" {
			continue
		}
		if !isPrivateURL(text) {
			return fault.New(fault.BadInput, "%s of the payment gateway's file is no https address", name)
		}
	}
	const weakest = 256 // bytes: the protocol wants keys of 2048 bits
	if c.PrivateKey.Size() < weakest || c.GatewayKey.Size() < weakest {
		return fault.New(fault.BadInput, "keys of the payment gateway have at least 2048 bits")
	}
	return nil
}

// isPrivateURL: nobody on the way can read or change it.
func isPrivateURL(text string) bool {
	address, err := url.Parse(text)
	if err != nil || address.Host == "" || address.User != nil {
		return false
	}
	return address.Scheme == "https" || address.Scheme == "http" && net.ParseIP(address.Hostname()).IsLoopback()
}

// ParsePrivateKey reads PKCS #8 or PKCS #1, as PEM or bare base64.
func ParsePrivateKey(text []byte) (*rsa.PrivateKey, error) {
	raw, err := keyBytes(text)
	if err != nil {
		return nil, err
	}
	if key, err := x509.ParsePKCS1PrivateKey(raw); err == nil {
		return key, nil
	}
	parsed, err := x509.ParsePKCS8PrivateKey(raw)
	if err != nil {
		return nil, fault.New(fault.BadInput, "it holds no RSA private key")
	}
	key, isRSA := parsed.(*rsa.PrivateKey)
	if !isRSA {
		return nil, fault.New(fault.BadInput, "its private key is not of RSA")
	}
	return key, nil
}

// ParsePublicKey reads a public key (X.509 SubjectPublicKeyInfo or PKCS #1), as PEM or bare base64.
func ParsePublicKey(text []byte) (*rsa.PublicKey, error) {
	raw, err := keyBytes(text)
	if err != nil {
		return nil, err
	}
	if key, err := x509.ParsePKCS1PublicKey(raw); err == nil {
		return key, nil
	}
	parsed, err := x509.ParsePKIXPublicKey(raw)
	if err != nil {
		return nil, fault.New(fault.BadInput, "it holds no RSA public key")
	}
	key, isRSA := parsed.(*rsa.PublicKey)
	if !isRSA {
		return nil, fault.New(fault.BadInput, "its public key is not of RSA")
	}
	return key, nil
}

func keyBytes(text []byte) ([]byte, error) {
	if block, _ := pem.Decode(text); block != nil {
		return block.Bytes, nil
	}
	raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(string(text)), ""))
	if err != nil {
		return nil, fault.New(fault.BadInput, "it is neither PEM nor base64")
	}
	return raw, nil
}
