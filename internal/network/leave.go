package network

import "plumbline/internal/diag"

// Section is a part of a device that stays for a time, since a reviewed statement says so.
// It is no group of facts: nothing is rendered for it.
type Section struct {
	Leave string `key:"1"`
	Path  string `key:"1"` // full header lines from the top, joined by " / "
	Max   int    // lines that all sections of the statement may have on the device
	Owner string
	Why   string
	Ends  string // the last day, as YYYY-MM-DD
	From  diag.Pos
}
