package tree

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plumbline/internal/lab"
	"plumbline/internal/replay"
)

// TestJudge lets a real FRR judge plans: load A, send the plan that leads to B line by
// line, read back; what it shows must be B, no line may be refused, and the device on paper
// must say the same.
func TestJudge(t *testing.T) {
	if testing.Short() {
		t.Skip("needs time: run without -short")
	}
	lab.Need(t, "root", "netns", "veth", "bridge", "frr", "ssh")
	l, err := lab.Up(t.Context(), lab.Topology{Routers: []string{"judge"}, Segments: []lab.Segment{
		{Name: "a", Ends: []lab.End{{Router: "judge", Interface: "eth0"}}},
		{Name: "b", Ends: []lab.End{{Router: "judge", Interface: "eth1"}}},
		{Name: "c", Ends: []lab.End{{Router: "judge", Interface: "eth2"}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Down(); err != nil {
			t.Error(err)
		}
	})
	d := frr(t)
	j := &judge{t: t, l: l, file: filepath.Join(t.TempDir(), "conf")}
	lines := 0
	for seed := range uint64(judged) {
		r := rand.New(rand.NewPCG(seed, 3))
		a, b := random(r), random(r)
		want, _ := Parse(d, []byte(b))
		j.become(a)
		have, _ := Parse(d, []byte(j.shown()))
		edits, _, err := Diff(have, want, Options{})
		if err != nil {
			t.Fatal(err)
		}
		script := Script(d, edits)
		said := j.send(string(script))
		got, _ := Parse(d, []byte(j.shown()))
		paper := replay.New(d, Print(have))
		for line := range strings.Lines(string(script)) {
			if err := paper.Do(strings.TrimSpace(line)); err != nil {
				t.Errorf("seed %d: the device on paper: %v", seed, err)
			}
		}
		onPaper, _ := Parse(d, paper.Text())
		if said != "" || Digest(got) != Digest(want) || Digest(onPaper) != Digest(got) {
			t.Fatalf("seed %d: FRR says %q\nfrom:\n%s\nscript:\n%s\nwant:\n%s\nFRR has:\n%s\npaper has:\n%s", seed, said, Print(have), script, Print(want), Print(got), Print(onPaper))
		}
		lines += strings.Count(string(script), "\n")
	}
	t.Logf("figure: %d random pairs on real FRR: %d lines sent, 0 refused, every end as planned and as replayed", judged, lines)
}

const judged = 60

// judge is one router.
type judge struct {
	t    *testing.T
	l    *lab.Lab
	file string
}

func (j *judge) shown() string {
	j.t.Helper()
	out, err := j.l.Show(context.Background(), "judge", "show running-config")
	if err != nil {
		j.t.Fatal(err)
	}
	return out
}

// become empties the router and loads a configuration.
func (j *judge) become(text string) {
	j.t.Helper()
	d := frr(j.t)
	now, _ := Parse(d, []byte(j.shown()))
	none, _ := Parse(d, nil)
	es, _, err := Diff(now, none, Options{})
	if err != nil {
		j.t.Fatal(err)
	}
	if said := j.send(string(Script(d, es))); said != "" {
		j.t.Fatalf("emptying: %s", said)
	}
	if said := j.send(text); said != "" {
		j.t.Fatalf("loading: %s\n%s", said, text)
	}
}

// send gives the router lines, and what it says to them.
func (j *judge) send(script string) string {
	j.t.Helper()
	if err := os.WriteFile(j.file, []byte(script), 0o644); err != nil {
		j.t.Fatal(err)
	}
	out, err := j.l.Apply(context.Background(), "judge", j.file)
	if err != nil {
		out += err.Error()
	}
	return strings.TrimSpace(strings.ReplaceAll(out, "Waiting for children to finish applying config...", ""))
}
