package tree_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"plumbline/internal/replay"
)

// tally is what one of two ways from a to b did, over many pairs.
type tally struct {
	pairs, right            int
	refused, refusedIn      int // commands, and pairs with one
	entries, filters, peers int // lines of both sides that were gone for a moment
	again                   int // entries of lists that were set and then taken away
	took                    time.Duration
}

func (t *tally) join(o *tally) {
	t.pairs, t.right, t.refused, t.refusedIn = t.pairs+o.pairs, t.right+o.right, t.refused+o.refused, t.refusedIn+o.refusedIn
	t.entries, t.filters, t.peers = t.entries+o.entries, t.filters+o.filters, t.peers+o.peers
	t.again, t.took = t.again+o.again, t.took+o.took
}

func (t *tally) report(to *testing.T, who string) {
	to.Helper()
	if t.pairs > 0 {
		to.Logf("figure: %s on the same %d pairs: %d ends right, %d commands refused in %d pairs; of what both sides have, gone for a moment: %d list entries, %d filters of neighbours, %d neighbours; %d list entries set and then taken away; %v a pair", who, t.pairs, t.right, t.refused, t.refusedIn, t.entries, t.filters, t.peers, t.again, (t.took / time.Duration(t.pairs)).Round(time.Millisecond))
	}
}

// count adds one pair: whether the end was right, what was refused, and the commands that
// were taken, each with the lines that lead to it.
func (t *tally) count(c *trial, right bool, refused int, commands [][]string, took time.Duration) {
	t.pairs++
	t.took += took
	if right {
		t.right++
	}
	if t.refused += refused; refused > 0 {
		t.refusedIn++
	}
	gone := map[string]bool{}
	paper := replay.New(c.d, []byte(c.from))
	both := slices.DeleteFunc(heldBy(paper), func(l string) bool { return !slices.Contains(heldBy(replay.New(c.d, []byte(c.reference))), l) })
	for _, command := range commands {
		if len(command) > 1 {
			paper.Top()
		}
		for _, line := range command {
			if paper.Do(strings.TrimSpace(line)) != nil {
				break // it was taken by the device; what it did will be seen at the next one
			}
		}
		now := heldBy(paper)
		for _, l := range both {
			if !slices.Contains(now, l) {
				gone[l] = true
			}
		}
	}
	for l := range gone {
		words := strings.Fields(l[strings.LastIndex(l, "/")+1:])
		switch {
		case slices.Contains(words, "seq"):
			t.entries++
		case words[0] == "neighbor" && (words[2] == "route-map" || words[2] == "prefix-list" || words[2] == "filter-list"):
			t.filters++
		case words[0] == "neighbor" && words[2] == "remote-as":
			t.peers++
		}
	}
}

// heldBy gives the lines of a device, each with its headers but for the number of a system.
func heldBy(dev *replay.Device) (out []string) {
	var in []string
	for line := range strings.Lines(string(dev.Text())) {
		text := strings.TrimSpace(line)
		in = append(in[:min(len(in), len(line)-len(strings.TrimLeft(line, " ")))], text)
		out = append(out, strings.Join(in, "/"))
	}
	return out
}

// compare lets frr-reload.py lead the oracle from a to b, and counts what both ways did.
func (b *bench) compare(c *trial) {
	var script [][]string
	for _, l := range c.script {
		script = append(script, []string{l})
	}
	b.sum.ours.count(c, c.equal, len(c.refused), script, c.took)

	b.become(c.a)
	file := filepath.Join(b.t.TempDir(), "frr.conf")
	_, text, _ := strings.Cut(c.reference, "Current configuration:\n")
	if err := os.WriteFile(file, []byte(strings.TrimSuffix(text, "end\n")), 0o644); err != nil {
		b.t.Error(err)
		return
	}
	begin := time.Now()
	log, _ := b.o.Run(b.t.Context(), "/usr/lib/frr/frr-reload.py", "--reload", "--stdout", "--bindir", "/usr/bin", "--confdir", "/etc/frr", "--rundir", "/var/run/frr", file) //nolint:errcheck // how it ends is seen at the router
	took := time.Since(begin)
	b.typed = nil // it types what it likes
	_, shown, err := b.session(nil)
	if err != nil {
		b.t.Error(err)
		return
	}
	refused, again, commands := reloaded(log)
	b.sum.theirs.again += again
	diff := b.differ(shown, c.reference)
	if diff != "" {
		b.t.Logf("figure: frr-reload.py ended otherwise at seed %d: %.300s", c.seed, diff)
	}
	b.sum.theirs.count(c, diff == "", refused, commands, took)
}

// reloaded reads the log of frr-reload.py: how many commands were refused, how many entries of
// lists were set and then taken away, and the commands that it took lines away with, which come
// first, each with its headers.
func reloaded(log string) (refused, again int, commands [][]string) {
	set := map[string]bool{}
	for line := range strings.Lines(log) {
		line = strings.TrimRight(line, "\n")
		if strings.Contains(line, "INFO: Failed to execute ") || strings.HasPrefix(strings.TrimLeft(line, "b'\""), "line ") {
			refused++
		}
		if _, text, ok := strings.Cut(line, `INFO: Executed "`); ok {
			commands = append(commands, levels(strings.TrimSuffix(text, `"`)))
		}
		if text, ok := strings.CutPrefix(strings.TrimLeft(line, "[ "), "'"); ok {
			text, _, _ = strings.Cut(text, `\n`)
			if entry, no := strings.CutPrefix(text, "no "); no && set[entry] {
				again++
			}
			set[text] = strings.Contains(text, " seq ")
		}
	}
	return refused, again, commands
}

// levels parts a command of the log into its headers and its line: each is indented by one
// blank more than the one before, and a blank stands between them.
func levels(text string) (out []string) {
	for depth := 1; ; depth++ {
		at := strings.Index(text, strings.Repeat(" ", depth+1))
		if at < 0 {
			return append(out, text)
		}
		out = append(out, text[:at])
		text = text[at+depth+1:]
	}
}
