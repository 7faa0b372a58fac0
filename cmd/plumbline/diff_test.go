package main

import (
	"testing"

	"plumbline/internal/plan"
)

// TestUnread holds the law: a device that was not read is never told as equal.
func TestUnread(t *testing.T) {
	for want, p := range map[string]plan.Plan{
		"Plan: no differences":                    {},
		"Plan: incomplete, 1 device was not read": {Missing: []plan.Missing{{Device: "r1", Why: "no answer"}}},
	} {
		if got := planPage(nil, p, false).Title; got != want {
			t.Errorf("have %q, want %q", got, want)
		}
	}
}
