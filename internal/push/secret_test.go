package push_test

import (
	"errors"
	"strings"
	"testing"

	"plumbline/internal/plan"
	"plumbline/internal/push"
)

// TestHiddenIsMadeAnew holds that a plan that hides a secret is sent only as it was made
// anew, with the very leaf that was approved.
func TestHiddenIsMadeAnew(t *testing.T) {
	whole := change("r1", 0, "new")
	whole.Undo, whole.Secrets = []byte("password hunter2hunter"), []string{"hunter2hunter"}
	kept := change("r1", 0, "new")
	kept.Undo = []byte("password <secret>")
	other := whole
	other.Undo = []byte("password hunter2hunter more")
	for name, c := range map[string]struct {
		again func(string) (plan.Change, bool)
		state push.State
	}{
		"made anew":         {again: func(string) (plan.Change, bool) { return whole, true }, state: push.Committed},
		"not made anew":     {state: push.Refused},
		"another made anew": {again: func(string) (plan.Change, bool) { return other, true }, state: push.Refused},
	} {
		w := fresh("r1")
		o := w.door().options(&memory{w: w})
		o.Again = c.again
		res, err := push.Run(t.Context(), allowed(t, kept), o)
		var e *push.Error
		if res.State != c.state || (c.state == push.Refused) != (errors.As(err, &e) && e.Kind == push.Stale) {
			t.Errorf("%s: %s %v", name, res.State, err)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2hunter") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
