package sim_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"plumbline/drivers/ssh"
	"plumbline/internal/lab"
	"plumbline/internal/sim"
	"plumbline/internal/suite"
	"plumbline/render"
)

// large is a text of more than 20 MB; of 2 MB in a common run, but on one platform with a last
// line and on one without.
func large(t *testing.T, p render.Platform, seen map[bool]bool) []byte {
	t.Helper()
	size := 20 << 20
	if os.Getenv("PLUMBLINE_FETCHES") == "" && seen[p.Session.End != ""] {
		size = 2 << 20
	}
	seen[p.Session.End != ""] = true
	return suite.Of(t, p.Name).Long(size)
}

// TestLarge: a large text is read whole, with a last line and without.
func TestLarge(t *testing.T) {
	lab.Need(t, "time")
	seen := map[bool]bool{}
	for _, p := range lined(t) {
		t.Run(p.Name, func(t *testing.T) {
			name := p.Name
			f, err := sim.Start(t.Context(), []sim.Device{{Name: "r0", Platform: name, Session: p.Session, Dialect: p.Dialect, Running: large(t, p, seen)}})
			if err != nil {
				t.Fatal(err)
			}
			defer f.Stop()
			r := ssh.New(p.Session, f.Logins(), ssh.Options{Timeout: 2 * time.Minute})
			defer r.Close()
			began := time.Now()
			live, err := r.Fetch(t.Context(), f.Target("r0"))
			if err != nil || strings.TrimSpace(string(live.Text)) != strings.TrimSpace(string(f.Device("r0").Running())) {
				t.Errorf("%d bytes: %v", len(live.Text), err)
			}
			t.Logf("figure: %d MB in %v", len(live.Text)>>20, time.Since(began).Round(10*time.Millisecond))
		})
	}
}
