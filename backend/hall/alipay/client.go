package alipay

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"tollbook/backend/money"
	"tollbook/backend/period"
)

const (
	callLimit   = 5 * time.Second
	answerLimit = 256 << 10 // bytes of an answer that are read
)

// Client is a merchant at the gateway. Its methods are safe for concurrent use.
type Client struct {
	config Config
	http   *http.Client
	now    func() time.Time
}

// NewClient checks a configuration and makes the merchant's client; fault.BadInput names what is wrong with it.
func NewClient(config Config, now func() time.Time) (*Client, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	// A redirect would carry the call to somebody else.
	client := &http.Client{Timeout: callLimit, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return &Client{config: config, http: client, now: now}, nil
}

// pageContent is the biz_content of a payment page.
type pageContent struct {
	OutTradeNo  string `json:"out_trade_no"`
	TotalAmount string `json:"total_amount"`
	Subject     string `json:"subject"`
	ProductCode string `json:"product_code"`
	TimeExpire  string `json:"time_expire"`
}

// PageURL is the address of an order's payment page. Making it asks nobody: the gateway learns of the order when the page is opened.
func (c *Client) PageURL(order Order) (string, error) {
	params, err := c.signed(MethodPage, pageContent{OutTradeNo: order.Number, TotalAmount: order.Total.String(), Subject: order.Subject,
		ProductCode: ProductPage, TimeExpire: order.Expires.In(period.Zone()).Format(time.DateTime)})
	if err != nil {
		return "", err
	}
	return c.config.Gateway + "?" + params.Encode(), nil
}

// orderContent is the biz_content of a call about one trade.
type orderContent struct {
	OutTradeNo   string `json:"out_trade_no"`
	RefundAmount string `json:"refund_amount,omitempty"`
	OutRequestNo string `json:"out_request_no,omitempty"`
}

// tradeAnswer is what the answers have in common.
type tradeAnswer struct {
	Code        string `json:"code"`
	SubCode     string `json:"sub_code"`
	TradeNo     string `json:"trade_no"`
	OutTradeNo  string `json:"out_trade_no"`
	TradeStatus Status `json:"trade_status"`
	TotalAmount string `json:"total_amount"`
	RefundFee   string `json:"refund_fee"`
}

// Query asks how a trade stands. ErrUnknown when there is no answer that can be believed.
func (c *Client) Query(ctx context.Context, orderNumber string) (Trade, error) {
	answer, err := c.call(ctx, MethodQuery, orderContent{OutTradeNo: orderNumber})
	if err != nil {
		return Trade{}, err
	}
	if answer.SubCode == TradeNotExist {
		return Trade{OrderNumber: orderNumber, Status: Absent}, nil
	}
	if answer.Code != CodeDone || answer.OutTradeNo != orderNumber {
		return Trade{}, fmt.Errorf("%w: code %s %s", ErrUnknown, answer.Code, answer.SubCode)
	}
	return readTrade(answer.TradeNo, answer.OutTradeNo, answer.TradeStatus, answer.TotalAmount)
}

// Close ends a trade so that it cannot be paid: Closed, or Absent when nobody has opened its page, which then may still be opened. ErrRefused
// when the trade stands otherwise: ask how.
func (c *Client) Close(ctx context.Context, orderNumber string) (Status, error) {
	answer, err := c.call(ctx, MethodClose, orderContent{OutTradeNo: orderNumber})
	switch {
	case err != nil:
		return "", err
	case answer.Code == CodeDone && answer.OutTradeNo == orderNumber:
		return Closed, nil
	case answer.SubCode == TradeNotExist:
		return Absent, nil
	case answer.Code == CodeFailed && answer.SubCode != SystemError:
		return "", fmt.Errorf("%w: %s", ErrRefused, answer.SubCode)
	}
	return "", fmt.Errorf("%w: code %s %s", ErrUnknown, answer.Code, answer.SubCode)
}

// Refund gives the whole payment back to the payer. The same refund may be asked for again: it is done once.
func (c *Client) Refund(ctx context.Context, orderNumber string, amount money.Fen) error {
	answer, err := c.call(ctx, MethodRefund, orderContent{OutTradeNo: orderNumber, RefundAmount: amount.String(), OutRequestNo: orderNumber + "-1"})
	switch {
	case err != nil:
		return err
	case answer.Code == CodeDone && answer.OutTradeNo == orderNumber && amountIs(answer.RefundFee, amount):
		return nil
	case answer.Code == CodeFailed && answer.SubCode != SystemError:
		return fmt.Errorf("%w: %s", ErrRefused, answer.SubCode)
	}
	return fmt.Errorf("%w: code %s %s", ErrUnknown, answer.Code, answer.SubCode)
}

func amountIs(text string, amount money.Fen) bool {
	read, err := ParseAmount(text)
	return err == nil && read == amount
}

// signed puts the common parameters around a call's own.
func (c *Client) signed(method string, content any) (url.Values, error) {
	body, err := json.Marshal(content)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", method, err)
	}
	params := url.Values{"app_id": {c.config.AppID}, "method": {method}, "format": {"JSON"}, "charset": {"utf-8"}, "sign_type": {SignType},
		"timestamp": {c.now().In(period.Zone()).Format(time.DateTime)}, "version": {"1.0"}, "biz_content": {string(body)}}
	if method == MethodPage && c.config.NotifyURL != "" {
		params.Set("notify_url", c.config.NotifyURL)
	}
	if method == MethodPage && c.config.ReturnURL != "" {
		params.Set("return_url", c.config.ReturnURL)
	}
	sign, err := Sign(c.config.PrivateKey, params)
	if err != nil {
		return nil, err
	}
	params.Set("sign", sign)
	return params, nil
}

func (c *Client) call(ctx context.Context, method string, content any) (tradeAnswer, error) {
	var answer tradeAnswer
	params, err := c.signed(method, content)
	if err != nil {
		return answer, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.config.Gateway, strings.NewReader(params.Encode()))
	if err != nil {
		return answer, fmt.Errorf("call %s: %w", method, err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded;charset=utf-8")
	response, err := c.http.Do(request)
	if err != nil {
		return answer, fmt.Errorf("%w: call %s: %w", ErrUnknown, method, withoutURL(err))
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, answerLimit))
	if err != nil {
		return answer, fmt.Errorf("%w: read the answer to %s: %w", ErrUnknown, method, err)
	}
	if response.StatusCode != http.StatusOK {
		return answer, fmt.Errorf("%w: %s is answered with status %d", ErrUnknown, method, response.StatusCode)
	}
	return c.readAnswer(method, body)
}

// withoutURL keeps the signed parameters out of messages and logs.
func withoutURL(err error) error {
	if address, is := err.(*url.Error); is {
		return address.Err
	}
	return err
}

// AnswerNode is the name of the part of an answer that is signed.
func AnswerNode(method string) string { return strings.ReplaceAll(method, ".", "_") + "_response" }

// readAnswer believes an answer only if the gateway signed it. The signature covers the text of the node as it was sent, down to its spaces
// and escapes, so it is cut out and never encoded anew.
func (c *Client) readAnswer(method string, body []byte) (tradeAnswer, error) {
	var answer tradeAnswer
	var nodes map[string]json.RawMessage
	if err := json.Unmarshal(body, &nodes); err != nil {
		return answer, fmt.Errorf("%w: the answer to %s is no JSON", ErrUnknown, method)
	}
	node := nodes[AnswerNode(method)]
	var signature string
	if node == nil || json.Unmarshal(nodes["sign"], &signature) != nil {
		return answer, fmt.Errorf("%w: the answer to %s is not signed", ErrUnknown, method)
	}
	if err := VerifyText(c.config.GatewayKey, bytes.TrimSpace(node), signature); err != nil {
		return answer, fmt.Errorf("%w: the answer to %s: %w", ErrUnknown, method, err)
	}
	if err := json.Unmarshal(node, &answer); err != nil {
		return answer, fmt.Errorf("%w: read the answer to %s: %w", ErrUnknown, method, err)
	}
	return answer, nil
}
