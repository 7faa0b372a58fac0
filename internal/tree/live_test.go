package tree

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"plumbline/internal/lab"
	"plumbline/internal/replay"
	"plumbline/internal/tree/dialect"

	"golang.org/x/tools/txtar"
)

// TestJudgeCases lets a real FRR judge the cases of its platform folder, there and back.
// One that is for the device on paper alone says so in its options, and why.
func TestJudgeCases(t *testing.T) {
	lab.Need(t, "time")
	files, err := filepath.Glob("../../templates/frr/testdata/diff/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	j := court(t)
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		part := map[string]string{}
		for _, f := range a.Files {
			part[f.Name] = string(f.Data)
		}
		if strings.Contains(part["options"], "refused") || strings.Contains(part["options"], "paper") {
			continue
		}
		have, _ := Parse(j.d, []byte(part["have"]))
		want, _ := Parse(j.d, []byte(part["wanted"]))
		there, back := j.fromNothing(have), j.fromNothing(want)
		j.pair(file, there, string(Print(want)))
		j.pair(file+", back", back, string(Print(have)))
		j.cases++
	}
	t.Logf("figure: %d cases on real FRR, there and back: %d lines sent, 0 refused, every end as planned and as replayed", j.cases, j.lines)
}

// court is a router that judges.
func court(t *testing.T) *judge {
	t.Helper()
	lab.Need(t, "root", "netns", "veth", "bridge", "frr", "rpki", "ssh")
	l, err := lab.Up(t.Context(), lab.Topology{Routers: []string{"judge"}, Modules: []string{"rpki"}, Segments: []lab.Segment{
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
	return &judge{t: t, l: l, d: frr(t), file: filepath.Join(t.TempDir(), "conf")}
}

// fromNothing gives the lines that make a configuration on an empty router.
func (j *judge) fromNothing(of *Tree) string {
	j.t.Helper()
	none, _ := Parse(j.d, "")
	es, _, err := Diff(none, of, Options{})
	if err != nil {
		j.t.Fatal(err)
	}
	return string(Script(j.d, es))
}

// pair leads the router from a to b.
func (j *judge) pair(name, a, b string) {
	j.t.Helper()
	want, _ := Parse(j.d, []byte(b))
	j.become(a)
	have, _ := Parse(j.d, []byte(j.shown()))
	edits, _, err := Diff(have, want, Options{})
	if err != nil {
		j.t.Fatal(err)
	}
	script := Script(j.d, edits)
	said := j.send(string(script))
	got, _ := Parse(j.d, []byte(j.shown()))
	paper := replay.New(j.d, Print(have))
	for line := range strings.Lines(string(script)) {
		if err := paper.Do(strings.TrimSpace(line)); err != nil {
			j.t.Errorf("%s: the device on paper: %v", name, err)
		}
	}
	onPaper, _ := Parse(j.d, paper.Text())
	if said != "" || Digest(got) != Digest(want) || Digest(onPaper) != Digest(got) {
		j.t.Fatalf("%s: FRR says %q\nfrom:\n%s\nscript:\n%s\nwant:\n%s\nFRR has:\n%s\npaper has:\n%s", name, said, Print(have), script, Print(want), Print(got), Print(onPaper))
	}
	j.lines += strings.Count(string(script), "\n")
}

// judge is one router.
type judge struct {
	t    *testing.T
	l    *lab.Lab
	d    *dialect.Dialect
	file string

	lines, cases int
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
	now, _ := Parse(j.d, []byte(j.shown()))
	none, _ := Parse(j.d, "")
	es, _, err := Diff(now, none, Options{})
	if err != nil {
		j.t.Fatal(err)
	}
	if said := j.send(string(Script(j.d, es))); said != "" {
		j.t.Fatalf("emptying: %s", said)
	}
	if said := j.send(text); said != "" {
		j.t.Fatalf("loading: %s\n%s", said, text)
	}
}

// send gives the router lines, and what it says to them, but for remarks on lines that it takes.
func (j *judge) send(script string) string {
	j.t.Helper()
	out, err := j.at("judge", script)
	if err != nil {
		out += err.Error()
	}
	left := ""
	for line := range strings.Lines(out) {
		if !strings.HasPrefix(line, "Graceful restart configuration changed, reset ") && !strings.HasPrefix(line, "% Echo mode works correctly for IPv4") {
			left += line
		}
	}
	return left
}
