package tree_test

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"plumbline/internal/lab"
	"plumbline/internal/pairs"
	"plumbline/internal/tree"

	"golang.org/x/tools/txtar"
)

// pairsOfJudge is how many random pairs a real FRR judges, and whether this is the slow
// stage, in which frr-reload.py is shown some of them too.
func pairsOfJudge() (n uint64, slow bool) {
	if n, err := strconv.ParseUint(os.Getenv("PLUMBLINE_JUDGE"), 10, 64); err == nil {
		return n, true
	}
	return 400, false
}

// TestJudge lets a real FRR judge plans on random typed pairs: docs/judge.md says how.
func TestJudge(t *testing.T) {
	lab.Need(t, "time")
	lab.Need(t, "root", "netns", "veth", "frr", "rpki")
	n, slow := pairsOfJudge()
	every := uint64(0) // every how many pairs frr-reload.py has its turn
	if slow {
		lab.Need(t, "guard")
		every = max(1, n/200)
	}
	first, err := strconv.ParseUint(os.Getenv("PLUMBLINE_SEED"), 10, 64)
	if err != nil {
		first = 0
	}
	v := givenValues(t)
	sum := benches(t, first, first+n, func(b *bench, seed uint64) {
		each := seed%20 == 0 || seed%20 == 7
		c := b.try(randomOf(v, seed), each)
		b.sum.pairs++
		if len(c.faults) > 0 { // a daemon that held hundreds of pairs before may not show what it holds
			first := c.faults
			b.o.Down()
			b.start()
			if c = b.try(randomOf(v, seed), each); len(c.faults) == 0 {
				b.sum.anew++
				t.Logf("figure: seed %d failed once and not on a fresh daemon: %s", seed, strings.Join(first, "; "))
			} else if !slices.Equal(first, c.faults) {
				t.Logf("figure: seed %d failed in another way before it was judged on a fresh daemon: %s", seed, strings.Join(first, "; "))
			}
		}
		if len(c.faults) > 0 && len(b.sum.failed) < 5 {
			c = b.shrunk(c, each)
		}
		b.sum.add(c)
		if every > 0 && seed%every == seed/every%every && len(c.faults) == 0 {
			b.compare(c)
		}
	})
	sum.report(t, n)
}

// givenValues reads what slots may be on FRR.
func givenValues(t *testing.T) pairs.Values {
	t.Helper()
	text, err := os.ReadFile("../../templates/frr/testdata/values.txt")
	if err != nil {
		t.Fatal(err)
	}
	v, err := pairs.ReadValues(platform(t, "frr"), string(text))
	if err != nil {
		t.Fatal("values.txt: ", err)
	}
	return v
}

// randomOf gives the pair of a seed: mostly a few steps apart, one in five two strangers; and
// one in four of neighbours and their filters, which lines of any rule seldom make.
func randomOf(v pairs.Values, seed uint64) *trial {
	if seed%4 == 3 {
		return &trial{seed: seed, a: lines(tree.Neighbours(seed)), b: lines(tree.Neighbours(seed + 1e6))}
	}
	size := 20 + int(seed%40)
	a := v.New(seed, size)
	b := v.New(seed+1e6, size)
	if seed%5 != 4 {
		b = a.Mutate(seed, 1+int(seed%6))
	}
	return &trial{seed: seed, a: lines(a.Text()), b: lines(b.Text())}
}

func lines(text []byte) []string {
	return strings.Split(strings.TrimRight(string(text), "\n"), "\n")
}

// benches lets as many oracles as there are cores go through the seeds.
func benches(t *testing.T, from, to uint64, f func(*bench, uint64)) *judgement {
	t.Helper()
	parts := make([]*bench, runtime.GOMAXPROCS(0))
	var next atomic.Uint64
	next.Store(from)
	var all sync.WaitGroup
	for i := range parts {
		b := &bench{t: t, d: platform(t, "frr"), empty: emptying(t)}
		parts[i] = b
		b.start()
		all.Go(func() {
			defer func() { b.o.Down() }()
			for seed := next.Add(1) - 1; seed < to && !t.Failed(); seed = next.Add(1) - 1 {
				f(b, seed)
			}
		})
	}
	all.Wait()
	sum := &judgement{}
	for _, b := range parts {
		sum.join(&b.sum)
	}
	return sum
}

// judgement is what became of many pairs.
type judgement struct {
	pairs, equal, sent, refused, unread, restarts, moments, anew int
	failed                                                       []*trial
	ours, theirs                                                 tally
}

func (s *judgement) add(c *trial) {
	s.sent += len(c.script)
	s.refused += len(c.refused)
	s.unread += c.unread
	s.moments += c.moments
	if c.equal {
		s.equal++
	}
	if len(c.faults) > 0 {
		s.failed = append(s.failed, c)
	}
}

func (s *judgement) join(o *judgement) {
	s.pairs, s.equal, s.sent, s.refused = s.pairs+o.pairs, s.equal+o.equal, s.sent+o.sent, s.refused+o.refused
	s.unread, s.restarts, s.moments = s.unread+o.unread, s.restarts+o.restarts, s.moments+o.moments
	s.anew += o.anew
	s.failed = append(s.failed, o.failed...)
	s.ours.join(&o.ours)
	s.theirs.join(&o.theirs)
}

// report says what was measured and fails with all that went wrong, the least seed first.
func (s *judgement) report(t *testing.T, n uint64) {
	t.Helper()
	slices.SortFunc(s.failed, func(a, b *trial) int { return cmp.Compare(a.seed, b.seed) })
	for i, c := range s.failed {
		if i < 10 {
			t.Errorf("%s", c.text())
			keep(t, c)
		}
	}
	if len(s.failed) > 10 {
		t.Errorf("and %d more pairs failed", len(s.failed)-10)
	}
	if uint64(s.pairs) != n {
		t.Errorf("%d of %d pairs were judged", s.pairs, n)
	}
	t.Logf("figure: %d random pairs on real FRR: %d ends equal to a router loaded with the other side, %d lines sent, %d refused; the device on paper agreed at every end and load and after each of %d commands; %d oracles made anew; %d pairs failed once and not on a fresh one", s.pairs, s.equal, s.sent, s.refused, s.moments, s.restarts, s.anew)
	if s.unread > 0 {
		t.Logf("figure: %d random lines were refused while loading and are in no pair", s.unread)
	}
	s.ours.report(t, "plumbline")
	s.theirs.report(t, "frr-reload.py")
}

// TestJudgeFound lets a real FRR judge the pairs that failed once.
func TestJudgeFound(t *testing.T) {
	lab.Need(t, "time")
	files, err := filepath.Glob("testdata/found/judge-*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no pairs that were found", err)
	}
	lab.Need(t, "root", "netns", "veth", "frr", "rpki")
	b := &bench{t: t, d: platform(t, "frr"), empty: emptying(t)}
	b.start()
	defer func() { b.o.Down() }()
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		c := &trial{}
		for _, f := range a.Files {
			switch f.Name {
			case "have":
				c.a = lines(f.Data)
			case "wanted":
				c.b = lines(f.Data)
			}
		}
		if b.try(c, true); len(c.faults) > 0 {
			t.Errorf("%s: %s", file, c.text())
		}
	}
}

// keep writes a pair that failed to where TestJudgeFound plays it from then on.
func keep(t *testing.T, c *trial) {
	t.Helper()
	a := &txtar.Archive{Comment: []byte(strings.Join(c.faults, "\n") + "\n"), Files: []txtar.File{
		{Name: "have", Data: []byte(strings.Join(c.a, "\n") + "\n")},
		{Name: "wanted", Data: []byte(strings.Join(c.b, "\n") + "\n")},
		{Name: "want", Data: append(tree.Script(c.d, c.edits), []byte("== end as wanted\n")...)},
	}}
	file := filepath.Join("testdata/found", fmt.Sprintf("judge-%d.txtar", c.seed))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
		t.Fatal(err)
	}
}
