package tree_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"plumbline/internal/lab"
	"plumbline/internal/replay"
	"plumbline/internal/tree"
	"plumbline/internal/tree/dialect"
)

// bench is one oracle and what it judged.
type bench struct {
	t     *testing.T
	d     *dialect.Dialect
	empty []string
	typed []string // what the oracle was told since it was empty; nil: not known
	o     *lab.Oracle
	sum   judgement
}

// trial is one pair and what became of it.
type trial struct {
	d               *dialect.Dialect
	seed            uint64
	a, b            []string // lines as a router is loaded with them
	want            []string // those of b that it took
	reference, from string   // what it shows of b, and of a
	edits           []tree.Edit
	script          []string
	refused         []string
	unread          int // lines that are refused while loading
	moments         int // commands after which the device on paper was compared
	equal           bool
	faults          []string
	took            time.Duration // to find the commands, send them and read back
}

func (c *trial) fail(format string, args ...any) {
	c.faults = append(c.faults, fmt.Sprintf(format, args...))
}

func (c *trial) text() string {
	show := func(text string) []byte { t, _ := tree.Parse(c.d, []byte(text)); return tree.Print(t) }
	return fmt.Sprintf("seed %d:\n! %s\nfrom:\n%s\nscript:\n%s\nto:\n%s", c.seed, strings.Join(c.faults, "\n! "), show(c.from), strings.Join(c.script, "\n"), show(c.reference))
}

// emptying gives the lines that empty an oracle.
func emptying(t *testing.T) (out []string) {
	t.Helper()
	text, err := os.ReadFile("../../templates/frr/testdata/empty.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "#") {
			out = append(out, spread(strings.TrimRight(line, "\n"))...)
		}
	}
	return out
}

// spread writes a line for each choice in braces.
func spread(line string) (out []string) {
	open, rest, found := strings.Cut(line, "{")
	if !found {
		return []string{line}
	}
	of, end, _ := strings.Cut(rest, "}")
	for choice := range strings.SplitSeq(of, ",") {
		out = append(out, spread(open+choice+end)...)
	}
	return out
}

func (b *bench) start() {
	o, err := lab.Alone(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	b.o, b.typed = o, []string{}
}

// session types lines in the configuration, and gives the answers and what is shown then.
func (b *bench) session(lines []string) (said []string, shown string, err error) {
	if b.typed != nil {
		b.typed = append(b.typed, lines...)
	}
	all := slices.Concat([]string{"configure terminal"}, lines, []string{"end", "show running-config"})
	answers, err := b.o.Type(b.t.Context(), all)
	if err != nil {
		return nil, "", err
	}
	if len(answers) == len(all) {
		n := len(answers) - 2
		return answers[1:n], answers[n+1], nil
	}
	for range all[len(answers):] { // a word left the prompt: nothing of what follows was typed where it belongs
		answers = append(answers, "it is out of place")
	}
	again, err := b.o.Type(b.t.Context(), []string{"show running-config"})
	if err != nil {
		return nil, "", err
	}
	return answers[1 : len(all)-2], again[0], nil
}

// become empties the oracle and loads lines: it gives those that were taken, those that
// were not, and what the oracle shows then. One that does not get empty is made anew.
func (b *bench) become(lines []string) (taken, refused []string, shown string) {
	for try := range 3 {
		clear := b.empty
		if try == 0 && b.typed != nil {
			clear = touching(b.empty, b.typed)
		}
		_, shown, err := b.session(clear)
		if t, _ := tree.Parse(b.d, []byte(shown)); err == nil && bare(t) {
			b.typed = []string{}
			break
		}
		if try == 0 {
			continue // what is not told by the lines that were typed
		}
		if os.Getenv("PLUMBLINE_SEED") != "" {
			b.t.Log("not empty: ", shown, err)
		}
		b.o.Down()
		b.start()
		b.sum.restarts++
	}
	said, shown, err := b.session(lines)
	if err != nil {
		return nil, []string{err.Error()}, ""
	}
	for i, line := range lines {
		if refusal(said[i]) {
			refused = append(refused, line)
		} else {
			taken = append(taken, line)
		}
	}
	return taken, refused, shown
}

// touching gives those of the lines that empty an oracle which have to do with what was typed,
// with the headers that they stand under.
func touching(empty, typed []string) (out []string) {
	bare := func(line string) string { return strings.TrimPrefix(strings.TrimSpace(line), "no ") }
	was := map[string]bool{} // every beginning of what was typed
	for _, line := range typed {
		line = bare(line)
		for i := range line {
			if line[i] == ' ' {
				was[line[:i]] = true
			}
		}
		was[line] = true
	}
	header := ""
	for _, line := range empty {
		switch {
		case line == "exit":
			if header == "" {
				out = append(out, line)
			}
			header = ""
		case !strings.HasPrefix(line, " ") && !strings.HasPrefix(line, "no "):
			header = line
		case was[bare(line)]:
			if header != "" {
				out, header = append(out, header), ""
			}
			out = append(out, line)
		}
	}
	return out
}

// refusal tells whether an answer is one: whatever FRR says but for remarks on lines that it
// takes.
func refusal(said string) bool {
	said = strings.TrimSpace(said)
	return said != "" && !(strings.HasPrefix(said, "The route-map '") && strings.HasSuffix(said, "' does not exist.")) &&
		!strings.HasPrefix(said, "% OSPF: Reference bandwidth is changed.") && !strings.HasPrefix(said, "% Echo mode works correctly for IPv4") &&
		!strings.HasPrefix(said, "Graceful restart configuration changed, reset ")
}

// bare tells whether a tree says nothing: headers of ports are no configuration, and that of
// the module for RPKI is always shown.
func bare(t *tree.Tree) bool {
	for line := range strings.Lines(string(tree.Print(t))) {
		if strings.HasPrefix(line, " ") || !strings.HasPrefix(line, "interface ") && line != "rpki\n" && !strings.HasPrefix(line, "exit") {
			return false
		}
	}
	return true
}

// try leads the oracle from a to b. With each, what FRR holds is compared with the device on
// paper after every command, otherwise at the end.
func (b *bench) try(c *trial, each bool) *trial {
	c.d = b.d
	var taken, refused []string
	c.want, refused, c.reference = b.become(c.b)
	c.unread += len(refused)
	c.loaded("the other side", c.want, c.reference)
	taken, refused, c.from = b.become(c.a)
	c.unread += len(refused)
	c.loaded("this side", taken, c.from)

	begin := time.Now()
	have, _ := tree.Parse(b.d, []byte(c.from))
	want, _ := tree.Parse(b.d, []byte(strings.Join(c.want, "\n")+"\n"))
	var err error
	if c.edits, _, err = tree.Diff(have, want, tree.Options{Once: true}); err != nil {
		c.fail("no order: %v", err)
		return c
	}
	c.script = lines(tree.Script(b.d, c.edits))
	states := c.replayed()
	typed := c.script
	if each {
		typed = nil
		for _, l := range c.script {
			typed = append(typed, l, "do show running-config")
		}
	}
	said, shown, err := b.session(typed)
	c.took = time.Since(begin)
	if err != nil {
		c.fail("%v", err)
		return c
	}
	for i, line := range typed {
		switch {
		case each && i%2 == 1:
			c.moments++
			c.agree("after "+strings.TrimSpace(typed[i-1]), states[i/2], said[i])
		case refusal(said[i]):
			c.refused = append(c.refused, line)
			c.fail("refused: %q: %s", line, strings.Join(strings.Fields(said[i]), " "))
		}
	}
	c.agree("at the end", states[len(states)-1], shown)
	diff := b.differ(shown, c.reference)
	c.equal = diff == ""
	if !c.equal {
		c.fail("the end: %s", diff)
	}
	return c
}

// replayed plays the script on a device on paper; it gives what that holds after each line.
func (c *trial) replayed() (states []string) {
	paper := replay.New(c.d, []byte(c.from))
	for _, line := range c.script {
		if err := paper.Do(strings.TrimSpace(line)); err != nil {
			c.fail("the device on paper: %v", err)
		}
		states = append(states, string(paper.Text()))
	}
	return states
}

// loaded compares what an oracle shows of lines that it took with a device on paper that
// takes the same ones.
func (c *trial) loaded(side string, taken []string, shown string) {
	paper := replay.New(c.d, nil)
	for _, line := range taken {
		if err := paper.Do(strings.TrimSpace(line)); err != nil {
			c.fail("loading %s: FRR takes what the device on paper does not: %v", side, err)
			return
		}
	}
	c.agree("loading "+side, string(paper.Text()), shown)
}

// agree compares a device on paper with FRR.
func (c *trial) agree(when, paper, shown string) {
	if diff := differ(c.d, paper, shown); diff != "" {
		c.fail("%s the device on paper is not FRR: %s", when, diff)
	}
}

func (b *bench) differ(have, want string) string { return differ(b.d, have, want) }

// differ tells how two texts differ in what they say; "" if they do not.
func differ(d *dialect.Dialect, have, want string) string {
	x, _ := tree.Parse(d, []byte(have))
	y, _ := tree.Parse(d, []byte(want))
	if tree.Digest(x) == tree.Digest(y) {
		return ""
	}
	var out []string
	a, b := paths(x), paths(y)
	for _, l := range a {
		if !slices.Contains(b, l) {
			out = append(out, "- "+l)
		}
	}
	for _, l := range b {
		if !slices.Contains(a, l) {
			out = append(out, "+ "+l)
		}
	}
	return strings.Join(append(out, ""), "; ")
}

// paths gives every line with its headers.
func paths(t *tree.Tree) (out []string) {
	var in []string
	for line := range strings.Lines(string(tree.Print(t))) {
		text := strings.TrimSpace(line)
		in = append(in[:min(len(in), len(line)-len(strings.TrimLeft(line, " ")))], text)
		out = append(out, strings.Join(in, " / "))
	}
	return out
}
