package workspace_test

import (
	"os"
	"testing"

	"github.com/zalando/go-keyring"
)

// The stories run on a keychain in memory; those of a system without one switch it off for themselves.
func TestMain(m *testing.M) {
	keyring.MockInit()
	os.Exit(m.Run())
}
