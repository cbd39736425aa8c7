package hallapi

import (
	"encoding/json"
	"fmt"
)

// ParseAccount reads an account as it was kept, in the contract's form.
func ParseAccount(body string) (Account, error) {
	var account Account
	if err := json.Unmarshal([]byte(body), &account); err != nil {
		return Account{}, fmt.Errorf("read an account: %w", err)
	}
	return account, nil
}
