package alipay

import (
	"fmt"
	"net/url"
	"strings"

	"tollbook/backend/money"
)

// ReadNotification verifies a notification and reads the trade from it. ErrForged for one that the gateway did not sign, or signed for
// another merchant. Whether the order is known and the amount is its own is for the caller to see.
func (c *Client) ReadNotification(params url.Values) (Trade, error) {
	for name, values := range params {
		if len(values) != 1 { // of two values only one would be signed
			return Trade{}, fmt.Errorf("%w: %s is there %d times", ErrForged, name, len(values))
		}
	}
	if params.Get("sign_type") != SignType || !strings.EqualFold(params.Get("charset"), "utf-8") {
		return Trade{}, fmt.Errorf("%w: it is not signed by %s over utf-8", ErrForged, SignType)
	}
	if err := VerifyNotification(c.config.GatewayKey, params); err != nil {
		return Trade{}, fmt.Errorf("%w: %w", ErrForged, err)
	}
	if params.Get("app_id") != c.config.AppID {
		return Trade{}, fmt.Errorf("%w: it is for another app", ErrForged)
	}
	if c.config.SellerID != "" && params.Get("seller_id") != c.config.SellerID {
		return Trade{}, fmt.Errorf("%w: it is for another seller", ErrForged)
	}
	if params.Get("notify_type") != SyncNotification {
		return Trade{}, fmt.Errorf("%w: it does not tell of a trade", ErrForged)
	}
	return readTrade(params.Get("trade_no"), params.Get("out_trade_no"), Status(params.Get("trade_status")), params.Get("total_amount"))
}

func readTrade(number, orderNumber string, status Status, total string) (Trade, error) {
	switch status {
	case Waiting, Success, Finished, Closed:
	default:
		return Trade{}, fmt.Errorf("%w: a trade of status %q", ErrUnknown, status)
	}
	amount, err := ParseAmount(total)
	if err != nil || number == "" || orderNumber == "" {
		return Trade{}, fmt.Errorf("%w: a trade without numbers or amount", ErrUnknown)
	}
	return Trade{Number: number, OrderNumber: orderNumber, Status: status, Total: amount}, nil
}

// ParseAmount reads an amount as the protocol writes it: digits, and at most two decimals. Signs and groups are no amounts.
func ParseAmount(text string) (money.Fen, error) {
	if strings.Trim(text, "0123456789.") != "" {
		return 0, fmt.Errorf("%w: %q", money.ErrAmount, text)
	}
	return money.Parse(text)
}
