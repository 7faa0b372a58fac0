package sim_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"plumbline/drivers/ssh"
	"plumbline/internal/health"
	"plumbline/internal/sim"
)

// TestSigns holds for the command lines of all vendors that they tell their logs and loads as health reads them, and
// that a device with a fault says so only while it holds something else than it did.
func TestSigns(t *testing.T) {
	lines := map[string]string{"eos": "ip prefix-list X", "ios-xe": "ip prefix-list X seq 5 permit 0.0.0.0/0", "ios-xr": "prefix-set X",
		"nx-os": "ip prefix-list X seq 5 permit 0.0.0.0/0", "junos": "set system host-name x"}
	for _, p := range lined(t) {
		if len(p.Signs()) == 0 {
			continue
		}
		t.Run(p.Name, func(t *testing.T) {
			f, err := sim.Start(t.Context(), []sim.Device{{Name: "a", Platform: p.Name, Session: p.Session, Dialect: p.Dialect}}, sim.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer f.Stop()
			r := ssh.New(p.Session, f.Logins(), ssh.Options{Timeout: 20 * time.Second})
			defer r.Close()
			told := func() health.Vitals {
				t.Helper()
				facts, err := r.Probe(t.Context(), f.Target("a"), p.Signs()...)
				if err != nil {
					t.Fatal(err)
				}
				out := health.Vitals{}
				for _, fact := range facts {
					if fact.Err != nil {
						t.Fatal(fact.Ask, fact.Err)
					}
					if l := p.Log; l.Ask == fact.Ask {
						v, err := health.Log{Told: l.Told, Lines: l.Lines, But: l.But}.Read(fact.Text, func(s string) string { return strings.ReplaceAll(s, " ", "_") })
						if err != nil {
							t.Fatal(err)
						}
						out.WithLog(v)
					}
					for _, l := range p.Load {
						if l.Ask == fact.Ask {
							v, err := health.Load{Of: l.Of, Form: l.Form, Rows: l.Rows, Used: l.Used, Free: l.Free, Total: l.Total}.Read([]byte(fact.Text))
							if err != nil {
								t.Fatal(err)
							}
							out.WithLoad(l.Of, v)
						}
					}
				}
				return out
			}
			b := f.Device("a")
			if err := b.SetFaults(sim.Fault{Kind: "says", Text: "%SYS-2-MALLOCFAIL: no memory"}, sim.Fault{Kind: "fills", Text: "memory", N: 91}, sim.Fault{Kind: "fills", Text: "cpu", N: 95}); err != nil {
				t.Fatal(err)
			}
			before := told()
			if len(before.Untold()) > 0 || len(before) < 2 {
				t.Error("it does not tell", before)
			}
			if found := health.Compare(before, told(), health.Expected{}); len(found) > 0 {
				t.Error("before it changes:", found)
			}
			if err := b.Type(lines[p.Name]); err != nil {
				t.Fatal(err)
			}
			want := `load memory: used was 40 % and is 91 %; more than 90 % is not well log: a new critical line: "SYS-2-MALLOCFAIL: no memory"`
			if p.Name == "junos" {
				want = strings.Replace(want, "SYS-2-", "DAEMON-2-", 1)
			}
			for _, l := range p.Load {
				if l.Of == "cpu" {
					want = "load cpu: used was 5 % and is 95 %; more than 90 % is not well " + want
				}
			}
			if have := fmt.Sprint(health.Compare(before, told(), health.Expected{})); have != "["+want+"]" {
				t.Errorf("behind a change: %s, want %s", have, want)
			}
		})
	}
}
