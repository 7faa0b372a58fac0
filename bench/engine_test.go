// Package bench measures the engine against a pass that only hashes the same bytes.
//
// A figure is the ratio of two medians that were taken in turns, so that a busy machine slows
// down both. No test fails by a time. README.md holds what was measured.
package bench

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"plumbline/internal/replay"
	"plumbline/internal/tree"
	"plumbline/internal/tree/dialect"
	"plumbline/render"
)

// rounds is how often each side is timed; the median counts.
const rounds = 7

// BenchmarkEngine prints the ratios. One iteration is all it needs: -benchtime 1x.
func BenchmarkEngine(b *testing.B) {
	p, problems := render.Read(os.DirFS("../templates"), "eos")
	if len(problems) > 0 {
		b.Fatal(problems)
	}
	d := p.Dialect
	for _, c := range []struct {
		name       string
		have, want []byte
		work       func(b *testing.B, d *dialect.Dialect, have, want []byte)
	}{
		{"full/2k", ports(2000, 0), ports(2000, 20), full},
		{"both/2k", ports(2000, 0), ports(2000, 20), both},
		{"plan/2k", ports(2000, 0), ports(2000, 20), plan},
		{"parse/2k", ports(2000, 0), ports(2000, 20), parse},
		{"equal/2k", ports(2000, 0), ports(2000, 0), plan},
		{"full/20k", ports(20000, 0), ports(20000, 20), full},
		{"flat/1k", list(1000, 18), list(1000, 20), full},
		{"flat/4k", list(4000, 18), list(4000, 20), full},
	} {
		b.Run(c.name, func(b *testing.B) {
			for range b.N {
				anchor, work := compare(b, d, c.have, c.want, c.work)
				b.ReportMetric(float64(work)/float64(anchor), "x-hash")
				b.ReportMetric(float64(work.Microseconds())/1000, "ms")
				b.ReportMetric(float64(anchor.Microseconds())/1000, "hash-ms")
				b.ReportMetric(0, "ns/op")
			}
		})
	}
}

// compare times the pass that only hashes and the work in turns, and gives both medians.
func compare(b *testing.B, d *dialect.Dialect, have, want []byte, work func(*testing.B, *dialect.Dialect, []byte, []byte)) (time.Duration, time.Duration) {
	var hashing, working []time.Duration
	for range rounds {
		start := time.Now()
		hash(have)
		hash(want)
		hashing = append(hashing, time.Since(start))
		start = time.Now()
		work(b, d, have, want)
		working = append(working, time.Since(start))
	}
	slices.Sort(hashing)
	slices.Sort(working)
	return hashing[rounds/2], working[rounds/2]
}

// hash is the anchor: it finds every line and hashes it, eight bytes a step as the tree does.
func hash(text []byte) (sum uint64) {
	const k = 0x9e3779b97f4a7c15
	for line := range bytes.Lines(text) {
		h := uint64(len(line)) * k
		for ; len(line) >= 8; line = line[8:] {
			h = (h ^ binary.LittleEndian.Uint64(line)) * k
			h ^= h >> 29
		}
		for _, c := range line {
			h = (h ^ uint64(c)) * k
		}
		sum += h
	}
	return sum
}

// parse reads every line of both: a tree reads a block when something looks into it.
func parse(b *testing.B, d *dialect.Dialect, have, want []byte) {
	from, _ := tree.Parse(d, have)
	to, _ := tree.Parse(d, want)
	if from.Lines() != to.Lines() {
		b.Fatal("lines are missing")
	}
}

// plan parses, compares, orders and writes the commands.
func plan(b *testing.B, d *dialect.Dialect, have, want []byte) { script(b, d, have, want) }

// full is a plan and its proof.
func full(b *testing.B, d *dialect.Dialect, have, want []byte) {
	if refusals := replay.Check(d, have, want, script(b, d, have, want)); len(refusals) > 0 {
		b.Fatal(refusals[0].Line, refusals[0].Text)
	}
}

// both is a plan there and one back, and the proof of both.
func both(b *testing.B, d *dialect.Dialect, have, want []byte) {
	do, undo := script(b, d, have, want), script(b, d, want, have)
	if _, refusals := replay.Verify(d, have, want, do, undo); len(refusals) > 0 {
		b.Fatal(refusals[0].Line, refusals[0].Text)
	}
}

func script(b *testing.B, d *dialect.Dialect, have, want []byte) []byte {
	from, _ := tree.Parse(d, have)
	to, _ := tree.Parse(d, want)
	es, _, err := tree.Diff(from, to, tree.Options{Once: true})
	if err != nil {
		b.Fatal(err)
	}
	return tree.Script(d, es)
}

// ports makes blocks of four lines; of every so many lines one is of another value, 0 is none.
func ports(lines, every int) []byte {
	var out bytes.Buffer
	for i := range lines / 4 {
		mtu := 9000
		if every > 0 && i%(every/4) == 0 {
			mtu = 1600
		}
		fmt.Fprintf(&out, "interface Ethernet%d\n   description link %d\n   mtu %d\n   ip address 10.%d.%d.1/24\n", i+1, i, mtu, i/250, i%250)
	}
	return out.Bytes()
}

// list makes one list of so many entries; another number of bits is another value of each.
func list(lines, bits int) []byte {
	var out bytes.Buffer
	for i := range lines {
		fmt.Fprintf(&out, "ip prefix-list all seq %d permit 10.%d.%d.0/24 le %d\n", i+1, i/250, i%250, bits+10)
	}
	return out.Bytes()
}
