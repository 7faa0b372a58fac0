package pipeline_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"plumbline/drivers"
	"plumbline/examples"
	"plumbline/internal/network"
	"plumbline/internal/pipeline"
	"plumbline/internal/plan"
	"plumbline/internal/tree"
	"plumbline/templates"
)

// compiled is an example in which one text of one file is another.
func compiled(t *testing.T, example, file, old, fresh string) *pipeline.Build {
	t.Helper()
	return compiledOn(t, "frr", example, file, old, fresh)
}

// compiledOn is the same with its devices on another platform, and with more of such texts.
func compiledOn(t *testing.T, platform, example string, edits ...string) *pipeline.Build {
	t.Helper()
	b, ds := pipeline.Compile(laid(t, platform, example, edits...), templates.FS, pipeline.Base{}, day)
	if ds.Failed() {
		t.Fatal(ds)
	}
	return b
}

// without is an example on FRR without one of its files; false where the others need that.
func without(t *testing.T, example, file string) (*pipeline.Build, bool) {
	t.Helper()
	files := laid(t, "frr", example)
	delete(files, file)
	b, ds := pipeline.Compile(files, templates.FS, pipeline.Base{}, day)
	return b, !ds.Failed()
}

// laid is the files of an example.
func laid(t *testing.T, platform, example string, edits ...string) fstest.MapFS {
	t.Helper()
	tree, err := fs.Sub(examples.FS, example)
	if err != nil {
		t.Fatal(err)
	}
	out := fstest.MapFS{}
	err = fs.WalkDir(tree, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(tree, p)
		for e := range slices.Chunk(edits, 3) {
			if p == e[0] && !strings.Contains(string(b), e[1]) {
				t.Fatalf("%s holds no %q", p, e[1])
			} else if p == e[0] {
				b = []byte(strings.Replace(string(b), e[1], e[2], 1))
			}
		}
		if p == "inventory.yaml" {
			b = []byte(strings.ReplaceAll(string(b), "platform: frr", "platform: "+platform))
		}
		out[p] = &fstest.MapFile{Data: b}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// planned plans the way of some devices, or of all, from one build to another.
func planned(t *testing.T, was, is *pipeline.Build, only ...string) (plan.Plan, map[string]*network.Device, []string) {
	t.Helper()
	past := pipeline.Past{Configs: map[string]tree.Config{}, Devices: map[string]*network.Device{}}
	var names []string
	var answers []plan.Answer
	for _, c := range was.Configs() {
		past.Configs[c.Device], past.Devices[c.Device] = c, was.Network().Device(c.Device)
		if len(only) == 0 || strings.Contains(strings.Join(only, " "), c.Device) {
			names = append(names, c.Device)
			answers = append(answers, plan.Answer{Live: drivers.Live{Text: c.Text}})
		}
	}
	p, ds := is.Plan(plan.Header{Waves: []string{"1", "100%"}}, pipeline.Hold{}, names, answers, past, nil)
	var said []string
	for _, d := range append(ds, is.Enough(p, past.Devices)...) {
		said = append(said, d.Rule+": "+d.Text)
	}
	return p, past.Devices, said
}

const resolver = "intent/anycast/resolver.yaml"

// TestHandOver holds the law: where one site takes a service over from another, no wave and no
// middle of a wave has fewer sites than min_sites; and a plan that cannot keep that is refused.
func TestHandOver(t *testing.T) {
	const before, after = "{ams: serving, fra: serving, lon: draining}", "{ams: draining, fra: serving, lon: serving}"
	was, is := compiled(t, "anycast", resolver, before, before), compiled(t, "anycast", resolver, before, after)
	p, stand, said := planned(t, was, is)
	if len(said) > 0 || !p.Staged() {
		t.Fatalf("staged: %v, %v", p.Staged(), said)
	}
	for _, c := range p.Changes {
		for _, s := range c.Steps() {
			want := map[bool]string{true: plan.Adds, false: plan.Removes}[strings.HasSuffix(c.Device, "lon")]
			if s.Stage != want && !strings.HasSuffix(c.Device, "fra") {
				t.Errorf("%s in wave %d %s", s.Device, s.Wave, s.Stage)
			}
		}
	}
	turned := p // the same changes, the other way round
	turned.Changes = nil
	for _, c := range p.Changes {
		c.Wave = 100 - c.Wave
		turned.Changes = append(turned.Changes, c)
	}
	if ds := is.Enough(turned, stand); len(ds) == 0 || ds[0].Rule != "plan/min-sites" || ds[0].Hint == "" {
		t.Errorf("what goes first: %v", ds)
	}
	for i := range turned.Changes {
		turned.Changes[i].Wave = 1
	}
	if ds := is.Enough(turned, stand); len(ds) == 0 {
		t.Error("all in one wave, of which those that lose may be faster, is not refused")
	}
	if _, _, said := planned(t, was, is, "edge1-ams"); len(said) != 1 || !strings.Contains(said[0], "1 sites would serve 203.0.113.0/24, and min_sites is 2") {
		t.Errorf("the site that loses alone: %v", said)
	}
}

// TestReplacedLink holds the law: a link that is replaced by another stays at both of its ends
// until the other one is there at both, and each step is replayed there and back.
func TestReplacedLink(t *testing.T) {
	const old = "core1-ams\n  interface: eth2\n  addresses: [10.0.8.0/31, 2001:db8:8::/127]\n- device: core1-fra\n  interface: eth2\n  addresses: [10.0.8.1/31, 2001:db8:8::1/127]\n"
	fresh := strings.NewReplacer("eth2", "eth3", "10.0.8.0/", "10.0.8.8/", "10.0.8.1/", "10.0.8.9/", "2001:db8:8::", "2001:db8:8:8::").Replace(old)
	const file = "intent/link/ams-fra-1.yaml"
	was, is := compiled(t, "two-site", file, old, old), compiled(t, "two-site", file, old, fresh)
	p, _, said := planned(t, was, is)
	if len(said) > 0 || len(p.Changes) != 2 || !p.Staged() {
		t.Fatalf("%d changes, staged: %v, %v", len(p.Changes), p.Staged(), said)
	}
	adds, removes := 0, 0
	for _, c := range p.Changes {
		if len(c.Parts) != 1 {
			t.Fatalf("%s: %d steps", c.Device, len(c.Steps()))
		}
		first, last := string(c.Parts[0].Do), string(c.Do)
		if !strings.Contains(first, "interface eth3") || strings.Contains(first, "no ") || !strings.Contains(last, "interface eth2") || strings.Contains(last, "eth3") {
			t.Errorf("%s is sent first\n%s\nand then\n%s", c.Device, first, last)
		}
		if adds = max(adds, c.Parts[0].Wave); removes == 0 || c.Wave < removes {
			removes = c.Wave
		}
	}
	if removes <= adds {
		t.Errorf("something goes in wave %d, and the last of what comes is there in wave %d", removes, adds)
	}
	if p, _, _ := planned(t, was, is, "core1-ams"); p.Staged() {
		t.Error("one device alone goes in stages")
	}
}
