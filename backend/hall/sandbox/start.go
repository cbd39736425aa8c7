package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net"

	"tollbook/backend/hall/alipay"
)

// Running is a gateway that listens on this computer alone.
type Running struct {
	Gateway *Gateway
	Client  *alipay.Client // of its merchant
	URL     string

	stop  context.CancelFunc
	ended chan error
}

// Start opens a gateway and serves it at a free port of the loopback address until Stop. notifyURL and returnURL are the merchant's.
func Start(config Config, notifyURL, returnURL string) (*Running, error) {
	gateway, err := Open(config)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for the sandbox: %w", err)
	}
	r := &Running{Gateway: gateway, URL: "http://" + listener.Addr().String(), ended: make(chan error, 1)}
	if r.Client, err = alipay.NewClient(gateway.Merchant(r.URL, notifyURL, returnURL), gateway.now); err != nil {
		return nil, errors.Join(fmt.Errorf("start the sandbox: %w", err), listener.Close())
	}
	var ctx context.Context
	ctx, r.stop = context.WithCancel(context.Background())
	go func() { r.ended <- gateway.Serve(ctx, listener) }()
	return r, nil
}

// Stop ends the gateway and waits for it.
func (r *Running) Stop() error {
	r.stop()
	return <-r.ended
}
