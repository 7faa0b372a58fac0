package main

import (
	"fmt"
	"strings"
	"testing"

	"plumbline/internal/gate"
)

// TestBulk holds that who looks at a plan is told that it reaches far, that the gate wants the
// count in the request, and that the deployment is verified by the same count.
func TestBulk(t *testing.T) {
	t.Parallel()
	s := newStage(t, func(text string) string { return text + "bulk: 20%\n" })
	s.do(s.diff)
	if out := s.plumb(ok, "diff", "--head", "change"); !strings.Contains(out, "gate/bulk") || !strings.Contains(out, gate.BulkFile) {
		t.Errorf("diff does not tell:\n%s", out)
	}
	all := len(s.farm.Names())
	s.write(gate.BulkFile, fmt.Sprintf("devices: %d\nreason: the first push of all\n", all))
	s.do(s.approve, s.merge, s.push)
	if out := s.plumb(ok, "verify"); !strings.Contains(out, "is verified") {
		t.Errorf("it is not verified:\n%s", out)
	}
	silent := newStage(t, func(text string) string { return text + "bulk: 20%\n" })
	silent.do(silent.diff, silent.approve, silent.merge)
	before := silent.mutating()
	if out := silent.plumb(refused, "push", "--plan", silent.plan); !strings.Contains(out, fmt.Sprintf("the plan changes %d devices, more than 20%%", all)) || silent.mutating() != before {
		t.Errorf("nobody said how far it reaches:\n%s", out)
	}
}
