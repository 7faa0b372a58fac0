package replay_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"plumbline/internal/pairs"
	"plumbline/internal/replay"
	"plumbline/internal/tree"
	"plumbline/internal/tree/dialect"
)

// TestAgree holds that a device which reads a block when something reaches it, and one that
// has read all, are of one mind at every step: about plans that lead from one random
// configuration to another, about plans with a command too few, twice or too early, and about
// lines of the one that the other is given as they stand.
func TestAgree(t *testing.T) {
	n := uint64(25)
	if more, err := strconv.ParseUint(os.Getenv("PLUMBLINE_PAIRS"), 10, 64); err == nil {
		n = more
	}
	files, err := filepath.Glob("../../templates/*/dialect.rules")
	small, err2 := filepath.Glob("../tree/testdata/dialects/*.rules")
	if err != nil || err2 != nil || len(files) < 8 || len(small) == 0 {
		t.Fatal("no dialects", err, err2)
	}
	for _, file := range append(files, small...) {
		t.Run(strings.TrimSuffix(strings.ReplaceAll(strings.TrimPrefix(file, "../"), "/", "-"), ".rules"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			d, problems := dialect.Read(file, text)
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			d.Join(nil, "end")
			seeds := n
			if strings.Contains(file, "/eos/") { // few of its blocks are written in one line with their header
				seeds = max(n, 60)
			}
			unread, scripts, behind, brief, proved, aside := 0, 0, 0, 0, 0, 0
			glance := func(seed uint64, have, want []byte, all ...[]byte) {
				at, refused := replay.Brief(d, have, want, all...)
				if at && refused != "" {
					t.Fatalf("seed %d: proved at a glance, but %s\nhave:\n%s\nwant:\n%s\nscripts:\n%s", seed, refused, have, want, bytes.Join(all, []byte("-\n")))
				}
				if refused == "" {
					proved++
				}
				if at {
					brief++
					aside += replay.Aside(d, have, want, all...)
				}
			}
			for seed := range seeds {
				have, want, all := asked(d, seed)
				if seed < 2 && replay.Sized(d, have) != "" {
					t.Fatalf("seed %d: %s", seed, replay.Sized(d, have))
				}
				for _, text := range [][]byte{have, want} {
					if wrong := replay.Column(d, text); wrong != "" {
						t.Fatalf("seed %d: %s\n%s", seed, wrong, text)
					}
				}
				for _, script := range all {
					parted, left := replay.Both(d, have, want, script)
					if parted != "" {
						t.Fatalf("seed %d: %s\nhave:\n%s\nwant:\n%s\nscript:\n%s", seed, parted, have, want, script)
					}
					unread, scripts = unread+left, scripts+1
					glance(seed, have, want, script)
					glance(seed, have, spoilt(want, seed), script)
				}
				glance(seed, have, want, ways(d, have, want)...)
				flat, lines := replay.Behind(d, have)
				if next, more := replay.Behind(d, want); lines+more > 0 {
					behind += lines + more
					for _, script := range all {
						if parted, _ := replay.Both(d, flat, next, script); parted != "" {
							t.Fatalf("seed %d: %s\nhave:\n%s\nwant:\n%s\nscript:\n%s", seed, parted, flat, next, script)
						}
						glance(seed, flat, next, script)
						glance(seed, flat, spoilt(next, seed), script)
					}
				}
			}
			if d.Syntax == "indent" && !d.Flat() && unread == 0 {
				t.Errorf("all was read in each of %d", scripts)
			}
			if strings.Contains(file, "/eos/") && behind == 0 {
				t.Error("no line stood behind its header")
			}
			if at := !d.AtOnce() && !d.Flat() && d.Syntax == "indent"; at != (brief > 0) {
				t.Errorf("%d of %d proofs were made at a glance", brief, proved)
			}
			if strings.Contains(file, "/eos/") && aside == 0 {
				t.Error("no block was set aside")
			}
			t.Logf("figure: %d scripts, %d blocks unread in the end, %d lines behind their headers, %d of %d proofs at a glance, %d blocks set aside", scripts, unread, behind, brief, proved, aside)
		})
	}
}

// asked gives a pair and what it is asked about.
func asked(d *dialect.Dialect, seed uint64) (have, want []byte, scripts [][]byte) {
	c := pairs.New(d, seed, 12+int(seed%40))
	if seed%3 == 2 {
		c = pairs.Around(d, seed, 12+int(seed%40))
	}
	other := c.Mutate(seed, 1+int(seed%6))
	if seed%7 == 6 {
		other = pairs.New(d, seed+1e6, 12+int(seed%20))
	}
	have, want = c.Text(), other.Text()
	if d.Syntax == "indent" && seed%2 == 1 {
		have, want = pairs.Mangle(have, seed), pairs.Mangle(want, seed/3)
	}
	a, _ := tree.Parse(d, have)
	b, _ := tree.Parse(d, want)
	scripts = [][]byte{nil, lines(want, seed), lines(have, seed)}
	if es, _, err := tree.Diff(a, b, tree.Options{}); err == nil {
		do := tree.Script(d, es)
		scripts = append(scripts, do)
		for i := range uint64(3) {
			scripts = append(scripts, spoilt(do, seed+i*1e6))
		}
	}
	return have, want, scripts
}

// ways gives the plan there and the one back.
func ways(d *dialect.Dialect, have, want []byte) [][]byte {
	a, _ := tree.Parse(d, have)
	b, _ := tree.Parse(d, want)
	do, _, err := tree.Diff(a, b, tree.Options{})
	undo, _, err2 := tree.Diff(b, a, tree.Options{})
	if err != nil || err2 != nil {
		return [][]byte{nil}
	}
	return [][]byte{tree.Script(d, do), tree.Script(d, undo)}
}

// spoilt gives a script in which a line is missing, stands twice, or changed places.
func spoilt(script []byte, seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 7))
	of := bytes.SplitAfter(script, []byte("\n"))
	i, j := r.IntN(len(of)), r.IntN(len(of))
	switch r.IntN(3) {
	case 0:
		of[i] = nil
	case 1:
		of[i] = append(bytes.Clone(of[i]), of[i]...)
	default:
		of[i], of[j] = of[j], of[i]
	}
	return bytes.Join(of, nil)
}

// lines gives some lines of a text as commands, every other one taken back.
func lines(text []byte, seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 9))
	var out bytes.Buffer
	for line := range bytes.Lines(text) {
		if r.IntN(3) > 0 {
			continue
		}
		if r.IntN(2) > 0 && line[0] != ' ' {
			out.WriteString("no ")
		}
		out.Write(line)
	}
	return out.Bytes()
}
