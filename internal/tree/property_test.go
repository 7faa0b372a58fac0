package tree_test

import (
	"bytes"
	"cmp"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"plumbline/internal/pairs"
	"plumbline/internal/replay"
	"plumbline/internal/tree"
	"plumbline/internal/tree/dialect"
)

// pairsPerDialect is how many random pairs a run judges for each platform.
func pairsPerDialect(t *testing.T) uint64 {
	if n, err := strconv.ParseUint(os.Getenv("PLUMBLINE_PAIRS"), 10, 64); err == nil {
		return n
	}
	if testing.Short() {
		return 100
	}
	return 1000
}

// dialects gives those of all platforms, and small ones that dwell on one thing: what random
// pairs of a whole platform seldom meet.
func dialects(t *testing.T) map[string]*dialect.Dialect {
	out := map[string]*dialect.Dialect{}
	for _, name := range platforms(t) {
		out[name] = platform(t, name)
	}
	small, err := filepath.Glob("testdata/dialects/*.rules")
	if err != nil || len(small) == 0 {
		t.Fatal("no small dialects", err)
	}
	for _, file := range small {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".rules")
		d, problems := dialect.Read(name, text)
		for _, p := range problems {
			t.Errorf("%s:%d:%d: %s", file, p.Line, p.Col, p.Text)
		}
		out[name] = d
	}
	return out
}

// TestProperties holds what is true of every plan, on random typed pairs of every dialect.
func TestProperties(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(800)) // many small values that die at once
	for name, d := range dialects(t) {
		t.Run(name, func(t *testing.T) {
			n := pairsPerDialect(t)
			sum := judged(d, n)
			for _, p := range sum.failed[:min(3, len(sum.failed))] {
				t.Errorf("seed %d: %s\nhave:\n%s\nwant:\n%s\ndo:\n%s\nundo:\n%s", p.seed, p.fault, p.have, p.want, p.do, p.undo)
			}
			if uint64(sum.repeated)*20 > n {
				t.Errorf("%d of %d pairs hold a statement twice: that is more than one in twenty", sum.repeated, n)
			}
			if sum.repeated > 0 {
				t.Logf("figure: %s: %d pairs hold a statement twice in a row and were left out", name, sum.repeated)
			}
			if len(sum.failed) > 0 {
				t.Errorf("%d of %d pairs failed", len(sum.failed), n)
			}
			if uint64(sum.held)*100 > n {
				t.Errorf("%d of %d pairs cannot be done in one step: that is more than one in a hundred", sum.held, n)
			}
			if uint64(sum.open)*25 > n {
				t.Errorf("%d of %d pairs were refused for a list in use: that is more than four in a hundred", sum.open, n)
			}
			if uint64(sum.n.spare)*1000 > n {
				t.Errorf("%d commands of %d pairs could be left out: that is more than one in a thousand", sum.n.spare, n)
			}
			if sum.n.spare > 0 {
				t.Logf("figure: %s: %d commands that make room, or enter a block twice, could be left out", name, sum.n.spare)
			}
			t.Logf("figure: %s: %d ways back from the middle of a script, %d commands left out, %d of them for a value that is set again, and %d two of them and %d lines; without a difference: %d in another order, %d spelled otherwise, %d with noise; %d cuts seen", name, sum.n.back, sum.n.alone+sum.n.first, sum.n.first, sum.n.two, sum.n.lines, sum.n.dealt, sum.n.respelled, sum.n.noisy, sum.n.cut)
			t.Logf("figure: %s: %d random pairs, %d lines, %d commands, there and back; %d that the platform does not take in one step were refused, and %d that would open or close a list in use", name, n, sum.lines, sum.commands, sum.held, sum.open)
		})
	}
}

// verdict is what became of many pairs.
type verdict struct {
	lines, commands, held, open, repeated int
	n                                     counts
	failed                                []pair // the least seed first
}

// judged judges the pairs of the seeds below n, on all cores.
func judged(d *dialect.Dialect, n uint64) (sum verdict) {
	parts := make([]verdict, runtime.GOMAXPROCS(0))
	var next atomic.Uint64
	var all sync.WaitGroup
	for core := range parts {
		all.Go(func() {
			for seed := next.Add(1) - 1; seed < n; seed = next.Add(1) - 1 {
				p := random(d, seed)
				if repeats(d, p.have) || repeats(d, p.want) {
					parts[core].repeated++
					continue
				}
				p.judge()
				parts[core].add(p)
			}
		})
	}
	all.Wait()
	for _, v := range parts {
		sum.lines, sum.commands, sum.held, sum.open = sum.lines+v.lines, sum.commands+v.commands, sum.held+v.held, sum.open+v.open
		sum.n.add(v.n)
		sum.repeated += v.repeated
		sum.failed = append(sum.failed, v.failed...)
	}
	slices.SortFunc(sum.failed, func(a, b pair) int { return cmp.Compare(a.seed, b.seed) })
	return sum
}

func (v *verdict) add(p pair) {
	v.n.add(p.n)
	v.lines += bytes.Count(p.have, []byte("\n"))
	v.commands += bytes.Count(p.do, []byte("\n"))
	if p.held {
		v.held++
	}
	if p.open {
		v.open++
	}
	if p.fault != "" {
		v.failed = append(v.failed, p)
	}
}

// random gives the pair of a seed: mostly a few steps apart, one in five two strangers, and
// one in seven of lines that are about one kind of name.
func random(d *dialect.Dialect, seed uint64) pair {
	c := pairs.New(d, seed, 12+int(seed%40))
	if seed%7 == 6 {
		c = pairs.Around(d, seed, 12+int(seed%40))
	}
	if seed%5 == 4 {
		other := pairs.New(d, seed+1e6, 12+int(seed%40))
		if seed%7 == 6 {
			other = pairs.Around(d, seed+7e6, 12+int(seed%40))
		}
		return pair{d: d, seed: seed, have: c.Text(), want: other.Text(), wanted: other}
	}
	other := c.Mutate(seed, 1+int(seed%6))
	return pair{d: d, seed: seed, have: c.Text(), want: other.Text(), wanted: other}
}

// repeats tells whether a statement is the one before it again: in braces no device shows
// that, and where no rule knows it nobody can say which of them is meant.
func repeats(d *dialect.Dialect, text []byte) bool {
	var last []byte
	for line := range bytes.Lines(text) {
		if d.Syntax == "brace" && d.Acts == "commit" && bytes.Equal(last, line) && bytes.HasSuffix(bytes.TrimSpace(line), []byte(";")) {
			return true
		}
		last = line
	}
	return false
}

// pair is one pair of configurations and what became of it.
type pair struct {
	d          *dialect.Dialect
	seed       uint64
	have, want []byte
	wanted     *pairs.Config
	from, to   []byte // both in canonical form
	do, undo   []byte
	fault      string
	n          counts
	held       bool // the platform does not take this in one step, and the plan was refused
	open       bool // a list in use would let through more or less for a moment, and the plan was refused
}

func (p *pair) fail(format string) {
	if p.fault == "" {
		p.fault = format
	}
}

// judge asks for each property.
func (p *pair) judge() {
	have, _ := tree.Parse(p.d, p.have)
	want, _ := tree.Parse(p.d, p.want)
	do, _, err1 := tree.Diff(have, want, tree.Options{Once: true})
	undo, _, err2 := tree.Diff(want, have, tree.Options{Once: true})
	if err1 != nil || err2 != nil {
		p.fail("no order: " + errors(err1, err2))
		return
	}
	p.do, p.undo = tree.Script(p.d, do), tree.Script(p.d, undo)
	p.from, p.to = p.have, tree.Print(want)
	_, refusals := replay.Verify(p.d, p.from, p.to, p.do, p.undo)
	if len(refusals) > 0 && p.refusedWell(refusals[0]) {
		p.open = refusals[0].Kind == replay.ListInUse
		p.held = !p.open
		return
	}
	if len(refusals) > 0 {
		p.fail("not proved: " + string(refusals[0].Kind) + ": " + refusals[0].Line + ": " + refusals[0].Text)
		return
	}
	p.printed(have, p.from)
	p.printed(want, p.to)
	p.again()
	if p.wanted != nil {
		p.more(p.wanted, do)
	}
	if p.seed%50 == 0 && p.d.Acts != "file" { // of a file the smallest change of its text is what counts
		p.minimal(do, undo)
	}
}

// refusedWell tells whether a plan had to be refused: the platform does not take it in one
// step, or no order of entries that is tried keeps a list in use as it may be.
func (p *pair) refusedWell(r replay.Refusal) bool {
	return r.Kind == replay.ListInUse || !p.d.AtOnce() && (r.Kind == replay.Held || r.Kind == replay.Conflict)
}

func errors(errs ...error) string {
	var out []string
	for _, err := range errs {
		if err != nil {
			out = append(out, err.Error())
		}
	}
	return strings.Join(out, "; ")
}

// printed: what is printed and read again is the same, and does not differ from itself.
func (p *pair) printed(x *tree.Tree, text []byte) {
	again, _ := tree.Parse(p.d, text)
	if tree.Digest(again) != tree.Digest(x) {
		p.fail("printed and read again it is another:\n" + string(text) + "---\n" + string(tree.Print(again)))
	}
	if es, _, err := tree.Diff(x, again, tree.Options{}); err != nil || len(es) > 0 {
		p.fail("it differs from itself")
	}
}

// again: the same bytes in give the same bytes out.
func (p *pair) again() {
	have, _ := tree.Parse(p.d, p.have)
	want, _ := tree.Parse(p.d, p.want)
	do, _, _ := tree.Diff(have, want, tree.Options{Once: true}) //nolint:errcheck // it had none before
	if !bytes.Equal(tree.Script(p.d, do), p.do) {
		p.fail("the same pair gives another script:\n" + string(tree.Script(p.d, do)))
	}
}

// mostTwo bounds of how many commands a script is tried without every two of them.
const mostTwo = 24

// minimal: nothing can be left out, on the way there and on the way back: no command, no line as
// it is sent and, of a script that is not long, no two commands.
func (p *pair) minimal(do, undo []tree.Edit) {
	for _, s := range []*spare{{p.d, p.from, p.to, do, &p.n}, {p.d, p.to, p.from, undo, &p.n}} {
		needless := slices.Concat(s.commands(), s.lines())
		if len(s.do) <= mostTwo {
			needless = append(needless, s.two()...)
		}
		for _, l := range needless {
			p.fail("this is not needed: " + l)
		}
	}
}
