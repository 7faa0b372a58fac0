package main

import (
	"bytes"
	"context"
	"io"
	"maps"
	"os"
	"strings"
	"testing"
	"time"

	"plumbline/internal/repo"
	"plumbline/internal/sim"
)

// stage is the demo, stopped before anything is pushed, and played on by a test.
type stage struct {
	*demo
	t *testing.T
}

// brisk is the real time, where a soak of the example, which is a second or two, takes a tenth:
// embedded devices have nothing that comes up later. Longer waits are for clocks of devices.
type brisk struct{ wall }

func (b brisk) Sleep(ctx context.Context, d time.Duration) error {
	if d <= 2*time.Second {
		d /= 10
	}
	return b.wall.Sleep(ctx, d)
}

// newStage starts devices. policy, where it is there, rewrites who decides, before it is
// committed.
func newStage(t *testing.T, policy func(string) string) *stage {
	t.Helper()
	s := &stage{demo: &demo{dir: t.TempDir(), env: &env{run: run, out: io.Discard, clock: brisk{}}}, t: t}
	t.Cleanup(s.stop)
	s.do(s.start)
	file := s.path("network", "policy.yaml")
	text, err := os.ReadFile(file)
	s.must(err)
	said := strings.Replace(string(text), "timer_margin: 1s\n", "timer_margin: 5m\n", 1) // a busy machine takes its time
	if said == string(text) {
		t.Fatal("the policy of the example says no margin of a second any more")
	}
	if policy != nil {
		was := said
		if said = policy(said); said == was {
			t.Fatal("the policy of this case is the policy of the example")
		}
	}
	s.must(os.WriteFile(file, []byte(said), 0o644))
	s.do(s.commit)
	return s
}

func (s *stage) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) do(steps ...func(context.Context) (string, error)) {
	s.t.Helper()
	for _, step := range steps {
		_, err := step(s.t.Context())
		s.must(err)
	}
}

func (s *stage) plumb(want int, args ...string) string {
	s.t.Helper()
	out, err := s.plumbline(s.t.Context(), want, args...)
	s.must(err)
	return out
}

// write commits one file onto carol's branch.
func (s *stage) write(name, text string) {
	s.t.Helper()
	_, err := s.repo.Commit("change", repo.Author{Person: demoCarol, When: demoDay()}, "One more thing", map[string][]byte{name: []byte(text)})
	s.must(err)
}

// signs is somebody who approves (or rejects) the plan at the tip of carol's branch.
func (s *stage) signs(who string, more ...string) {
	s.t.Helper()
	s.plumb(ok, append([]string{"approve", s.plan, "--key", s.path("keys", who), "--head", "change"}, more...)...)
}

func (s *stage) counters() map[string]sim.Counters {
	out := map[string]sim.Counters{}
	for _, name := range s.farm.Names() {
		out[name] = s.farm.Device(name).Counters()
	}
	return out
}

// policies of cases, made from the example's.
func replaced(old, text string) func(string) string {
	return func(policy string) string { return strings.Replace(policy, old, text, 1) }
}

// attack is a push that must not reach a device.
type attack struct {
	name   string
	policy func(string) string // nil: the example's
	do     func(*stage)        // from the plan that diff kept to just before the push
	rule   string
	step   string // what helps
	live   bool   // whether devices must be read to see it
}

var attacks = []attack{
	{name: "not merged", do: func(s *stage) { s.do(s.approve) },
		rule: "gate/not-landed", step: "bring the change in through a reviewed request"},
	{name: "nobody approved", do: func(s *stage) { s.do(s.merge) },
		rule: "gate/no-approval", step: "plumbline approve"},
	{name: "an older head was approved", do: func(s *stage) {
		s.do(s.approve)
		s.write("README.md", "changed after the review\n")
		s.do(s.merge)
	}, rule: "gate/stale-approval", step: "have the new head approved"},
	{name: "another plan was approved", do: func(s *stage) {
		all := s.plan
		out := s.plumb(ok, "diff", demoRouter, "--out", s.path("one.json"))
		_, err := s.keep(out)
		s.must(err)
		s.do(s.approve, s.merge)
		s.plan = all
	}, rule: "gate/digest-differs", step: "have it approved"},
	{name: "somebody rejects", do: func(s *stage) {
		s.do(s.approve)
		s.signs("alice", "--reject")
		s.do(s.merge)
	}, rule: "gate/rejected", step: "settle it with them"},
	{name: "the device moved", do: func(s *stage) {
		s.do(s.approve, s.merge)
		s.must(s.farm.Device(demoRouter).Type("router bgp 64496", "neighbor 198.18.0.200 remote-as 64510"))
	}, rule: "push/stale", step: "run plumbline diff, and have the new plan approved", live: true},
	{name: "the stored plan was tampered with", do: func(s *stage) {
		s.do(s.approve, s.merge)
		was, err := s.repo.Get("plans/" + s.plan)
		s.must(err)
		b := bytes.Replace(was, []byte("64500"), []byte("64501"), 1)
		if bytes.Equal(b, was) {
			s.t.Fatal("nothing was tampered with")
		}
		s.must(s.repo.Put("plans/"+s.plan, b))
	}, rule: "gate/digest-differs", step: "make it again with diff"},
	{name: "a byte of the stored plan flipped", do: func(s *stage) {
		s.do(s.approve, s.merge)
		b, err := s.repo.Get("plans/" + s.plan)
		s.must(err)
		b = bytes.Clone(b)
		b[len(b)/2] ^= 1
		s.must(s.repo.Put("plans/"+s.plan, b))
	}, rule: "gate/digest-differs", step: "make it again with diff"},
	{name: "the author approves", policy: replaced("people: [alice, bob]", "people: [alice, bob, carol]"), do: func(s *stage) {
		s.signs("carol")
		s.do(s.merge)
	}, rule: "gate/self-approval", step: "no hand in the change"},
	{name: "somebody without a say approves", do: func(s *stage) {
		s.signs("carol")
		s.do(s.merge)
	}, rule: "gate/no-approval", step: "plumbline approve"},
	{name: "policy changed along", policy: owners, do: func(s *stage) {
		text, err := os.ReadFile(s.path("network", "policy.yaml"))
		s.must(err)
		s.write("policy.yaml", strings.Replace(string(text), "soak: 1s", "soak: 2s", 1))
		s.do(s.approve, s.merge)
	}, rule: "gate/policy-changed", step: "have people of class policy approve it too"},
	{name: "the author gives herself a say", policy: owners, do: func(s *stage) {
		text, err := os.ReadFile(s.path("network", "policy.yaml"))
		s.must(err)
		s.write("policy.yaml", strings.Replace(string(text), "people: [alice, bob]", "people: [alice, bob, carol]", 1))
		s.signs("carol")
		s.do(s.merge)
	}, rule: "gate/policy-changed", step: "have people of class policy approve it too"},
}

// owners lets alice alone change who decides.
func owners(policy string) string {
	policy = strings.Replace(policy, "approvals:", "- {name: owners, people: [alice]}\napprovals:", 1)
	return strings.Replace(policy, "{class: policy, min: 1, from: [netops]}", "{class: policy, min: 1, from: [owners]}", 1)
}

// TestRefusedSeenByDevices: what was not approved is refused with its rule and what helps,
// and devices prove that nobody logged in to write.
func TestRefusedSeenByDevices(t *testing.T) {
	t.Parallel()
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, a.policy)
			s.do(s.diff)
			a.do(s)
			before := s.counters()
			out := s.plumb(refused, "push", "--plan", s.plan)
			if !strings.Contains(out, a.rule) || !strings.Contains(out, a.step) {
				t.Errorf("want %s and a next step %q, have:\n%s", a.rule, a.step, out)
			}
			after := s.counters()
			for name, c := range after {
				if c.WriteSessions != 0 || c.Arms != 0 || c.Mutating != before[name].Mutating {
					t.Errorf("%s was written to: %+v", name, c)
				}
			}
			if !a.live && !maps.Equal(before, after) {
				t.Errorf("devices were spoken to:\nbefore %+v\nafter  %+v", before, after)
			}
		})
	}
	t.Cleanup(func() {
		if !t.Failed() {
			t.Logf("figure: %d pushes without a valid approval, 0 sessions of the write user, 0 mutating lines", len(attacks))
		}
	})
}

// TestApprovedReachesDevices: the same stage, with all in order, does write. Without it,
// the refusals would prove nothing.
func TestApprovedReachesDevices(t *testing.T) {
	t.Parallel()
	s := newStage(t, owners)
	s.do(s.diff, s.approve, s.merge, s.push)
	for name, c := range s.counters() {
		if c.WriteSessions == 0 || c.Mutating == 0 || c.Keeps != 1 {
			t.Errorf("%s: %+v", name, c)
		}
	}
}
