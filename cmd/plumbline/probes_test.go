package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"plumbline/internal/lab"
)

// TestProbes holds what policy promises with probes: a service that answered the runner and does
// not on trial undoes the push, whatever devices say of themselves; one that did not answer
// before is told and not judged.
func TestProbes(t *testing.T) {
	t.Parallel()
	var asked, bad atomic.Int64
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if n := asked.Add(1); bad.Load() > 0 && n > bad.Load() {
			w.WriteHeader(http.StatusBadGateway)
		}
	}))
	defer web.Close()
	closed := lab.Port(t)
	probes := fmt.Sprintf("probes:\n- {name: web, http: %q}\n- {name: gone, tcp: %s, port: %d}\n", web.URL, closed.Addr(), closed.Port())
	s := newStage(t, func(text string) string { return text + probes })
	s.do(s.diff, s.approve, s.merge)
	bad.Store(1) // it answers the first question, which is before anything is sent
	begin := time.Now()
	out := s.plumb(rolledBack, "push", "--plan", s.plan)
	if strings.Count(out, "probe web: answered before and does not any more") != 1 || !strings.Contains(out, "probe gone: does not answer before anything is sent, and is not judged") {
		t.Errorf("after %v it is told as\n%s", time.Since(begin), out)
	}
	bad.Store(0)
	s.plumb(ok, "push", "--plan", s.plan)
}
