package hall

import (
	"context"
	"net"
	"net/http"
	"net/netip"
)

type addressKey struct{}

// remoteAddress is whom the connection comes from. Headers are not trusted: anybody can write them. A hall behind a proxy of its own names
// another source in Config.
func remoteAddress(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

func (h *Hall) withAddress(r *http.Request) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), addressKey{}, h.address(r)))
}

// networkOf is the caller's network, since whoever has one address often has its neighbours too: /24, or /56 for IPv6. It is empty for
// the computer itself, on which only the demo and its one user live.
func networkOf(ctx context.Context) string {
	text, _ := ctx.Value(addressKey{}).(string)
	address, err := netip.ParseAddr(text)
	if err != nil {
		return text
	}
	address = address.Unmap()
	if address.IsLoopback() {
		return ""
	}
	bits := 24
	if address.Is6() {
		bits = 56
	}
	network, err := address.WithZone("").Prefix(bits)
	if err != nil {
		return text
	}
	return network.String()
}
