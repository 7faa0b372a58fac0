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
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"plumbline/internal/offline"
	"plumbline/internal/replay"
	"plumbline/internal/tree"
	"plumbline/internal/tree/dialect"
	"plumbline/render"
)

// rounds is how often each side is timed; the median counts.
const rounds = 7

// job is one way to use the engine on two texts.
type job func(b *testing.B, d *dialect.Dialect, have, want string)

// BenchmarkEngine prints the ratios. One iteration is all it needs: -benchtime 1x. Each case is
// measured cold, where all free memory was given back to the system before each round, and warm,
// behind rounds that are not counted.
func BenchmarkEngine(b *testing.B) {
	p, problems := render.Read(os.DirFS("../templates"), "eos")
	if len(problems) > 0 {
		b.Fatal(problems)
	}
	for _, c := range []struct {
		name       string
		have, want string
		work       job
	}{
		{"full/2k", ports(2000, 0), ports(2000, 20), full},
		{"both/2k", ports(2000, 0), ports(2000, 20), both},
		{"plan/2k", ports(2000, 0), ports(2000, 20), plan},
		{"parse/2k", ports(2000, 0), ports(2000, 20), parse},
		{"equal/2k", ports(2000, 0), ports(2000, 0), plan},
		{"told/2k", ports(2000, 0), ports(2000, 20), told},
		{"full/20k", ports(20000, 0), ports(20000, 20), full},
		{"full/200k", ports(200000, 0), ports(200000, 20), full},
		{"flat/1k", list(1000, 18), list(1000, 20), full},
		{"flat/4k", list(4000, 18), list(4000, 20), full},
		{"flat/16k", list(16000, 18), list(16000, 20), full},
	} {
		for _, cold := range []bool{true, false} {
			b.Run(c.name+map[bool]string{true: "/cold", false: "/warm"}[cold], func(b *testing.B) {
				for range b.N {
					report(b, cold, []byte(c.have), []byte(c.want), func() { c.work(b, p.Dialect, c.have, c.want) })
				}
			})
		}
	}
}

// BenchmarkFleet plans 10,000 devices of 2,000 lines, each of which differs in one line of twenty,
// on all processors.
func BenchmarkFleet(b *testing.B) {
	p, problems := render.Read(os.DirFS("../templates"), "eos")
	if len(problems) > 0 {
		b.Fatal(problems)
	}
	have, want := ports(2000, 0), ports(2000, 20)
	for range b.N {
		var left atomic.Int64
		left.Store(10000)
		var all sync.WaitGroup
		start := time.Now()
		for range runtime.GOMAXPROCS(0) {
			all.Go(func() {
				for left.Add(-1) >= 0 {
					script(b, p.Dialect, have, want)
				}
			})
		}
		all.Wait()
		b.ReportMetric(time.Since(start).Seconds(), "s")
		b.ReportMetric(0, "ns/op")
	}
}

// report times the pass that only hashes and the work in turns, and reports both medians.
func report(b *testing.B, cold bool, have, want []byte, work func()) {
	var hashing, working []time.Duration
	if !cold {
		warm(work)
	}
	for range rounds {
		if cold {
			debug.FreeOSMemory()
			hash(have) // the texts are near in both
			hash(want)
		}
		start := time.Now()
		hash(have)
		hash(want)
		hashed := time.Since(start)
		start = time.Now()
		work()
		hashing, working = append(hashing, hashed), append(working, time.Since(start))
	}
	slices.Sort(hashing)
	slices.Sort(working)
	anchor, took := hashing[rounds/2], working[rounds/2]
	b.ReportMetric(float64(took)/float64(anchor), "x-hash")
	b.ReportMetric(float64(took.Microseconds())/1000, "ms")
	b.ReportMetric(float64(anchor.Nanoseconds())/1e6, "hash-ms")
	b.ReportMetric(0, "ns/op")
}

// warm works until the collector has come by a few times, so that memory is used again.
func warm(work func()) {
	var is, was runtime.MemStats
	for runtime.ReadMemStats(&was); is.NumGC < was.NumGC+3; runtime.ReadMemStats(&is) {
		for range 10 {
			work()
		}
	}
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
func parse(b *testing.B, d *dialect.Dialect, have, want string) {
	from, _ := tree.Parse(d, have)
	to, _ := tree.Parse(d, want)
	if from.Lines() != to.Lines() {
		b.Fatal("lines are missing")
	}
}

// plan parses, compares, orders and writes the commands.
func plan(b *testing.B, d *dialect.Dialect, have, want string) { script(b, d, have, want) }

// full is a plan and its proof.
func full(b *testing.B, d *dialect.Dialect, have, want string) {
	if refusals := replay.Check(d, have, want, script(b, d, have, want)); len(refusals) > 0 {
		b.Fatal(refusals[0].Line, refusals[0].Text)
	}
}

// both is a plan there and one back, and the proof of both.
func both(b *testing.B, d *dialect.Dialect, have, want string) {
	do, undo := script(b, d, have, want), script(b, d, want, have)
	if _, refusals := replay.Verify(d, have, want, do, undo); len(refusals) > 0 {
		b.Fatal(refusals[0].Line, refusals[0].Text)
	}
}

// told is all that plumbline diff does with two texts.
func told(b *testing.B, d *dialect.Dialect, have, want string) {
	if c := offline.Compare(d, []byte(have), []byte(want), nil); !c.Verified {
		b.Fatal(c.Findings)
	}
}

func script(b *testing.B, d *dialect.Dialect, have, want string) []byte {
	from, _ := tree.Parse(d, have)
	to, _ := tree.Parse(d, want)
	es, _, err := tree.Diff(from, to, tree.Options{Once: true})
	if err != nil {
		b.Fatal(err)
	}
	return tree.Script(d, es)
}

// ports makes blocks of four lines; of every so many lines one is of another value, 0 is none.
func ports(lines, every int) string {
	var out strings.Builder
	for i := range lines / 4 {
		mtu := 9000
		if every > 0 && i%(every/4) == 0 {
			mtu = 1600
		}
		fmt.Fprintf(&out, "interface Ethernet%d\n   description link %d\n   mtu %d\n   ip address 10.%d.%d.1/24\n", i+1, i, mtu, i/250, i%250)
	}
	return out.String()
}

// list makes one list of so many entries; another number of bits is another value of each.
func list(lines, bits int) string {
	var out strings.Builder
	for i := range lines {
		fmt.Fprintf(&out, "ip prefix-list all seq %d permit 10.%d.%d.0/24 le %d\n", i+1, i/250, i%250, bits+10)
	}
	return out.String()
}
