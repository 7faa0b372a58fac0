package network

import "plumbline/internal/diag"

// BFD is how fast a device finds out that a neighbor is gone, where a session or a port
// asks for it.
type BFD struct {
	Interval   int // between packets, both ways, in milliseconds
	Multiplier int // as many may be lost
	From       diag.Pos
}
