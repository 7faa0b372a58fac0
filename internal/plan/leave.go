package plan

import (
	"strings"

	"plumbline/internal/diag"
	"plumbline/internal/tree"
)

// leavable holds what is left on a device to its limit, and sees that no way in is among
// it: nothing is offered for a device where either fails.
func leavable(in Input, cover tree.Coverage, ds *diag.List) bool {
	ok := true
	for _, s := range in.Want.Leave {
		if top, _, _ := strings.Cut(s.Path, " / "); begins(top, waysIn) || begins(top, guards) {
			ok = false
			ds.Failf(s.From, "plan/leave-way-in", "%s: %q is a way into the device, or a filter: it cannot be left", in.Device, s.Path)
		}
	}
	for _, l := range cover.Left(in.Want.Leave) {
		if len(l.Lines) > l.Max {
			ok = false
			ds.Failf(l.From, "plan/leave-too-long", "%s: %s would keep %d lines, and max_lines is %d", in.Device, l.Leave, len(l.Lines), l.Max)
		}
	}
	return ok
}
