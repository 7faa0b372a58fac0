package network

import "plumbline/internal/diag"

// System is what a device is called and where it stands. On routing daemons the host
// below manages these facts; the platform's folder says so.
type System struct {
	Hostname string
	Site     string
	Role     string
	From     diag.Pos
}
