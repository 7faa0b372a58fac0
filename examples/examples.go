// Package examples is the example networks that the demo, the tests and the documentation
// share. It has no code.
package examples

import "embed"

// FS is every example.
//
//go:embed all:anycast all:campus all:ix-member all:leaf-spine all:mpls-wan all:two-site
var FS embed.FS
