// Package hallapi is the wire contract of the hall: openapi.yaml, and the client, server interface and types generated from it.
package hallapi

//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2 -config oapi-codegen.yaml openapi.yaml

// ServiceName is what Hello.Service always says; an answer without it does not come from a hall.
const ServiceName = "tollbook-hall"

// The contract versions this code speaks, both ends included.
const (
	MinContract = 1
	MaxContract = 1
)

// PageLimit is the most changes or records a page holds.
const PageLimit = 5000
