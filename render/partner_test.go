//go:build openconfig

package render_test

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"plumbline/drivers"
	"plumbline/drivers/gnmi"
	"plumbline/drivers/write"
	"plumbline/internal/replay"
	"plumbline/internal/sim"
	"plumbline/render"
	"plumbline/templates"
)

// TestSchemaPartner holds that a server which is not ours, over models of another release
// (tools/openconfig/partner), takes what random networks come to in OpenConfig: over TLS by its pinned
// key, each device by one request, after which it holds what was wanted and a second run sends
// nothing; and the way back leads back. What its models do not have is left out of what is asked, by
// the path of the leaf, and is told; so is each device that it refuses.
func TestSchemaPartner(t *testing.T) {
	t.Parallel()
	const name = "openconfig"
	p, ds := render.Read(templates.FS, name)
	if ds.Failed() {
		t.Fatal(ds.Err())
	}
	p.Session.Models.Scalar = true // it takes leaves as types of gNMI alone
	base, err := os.ReadFile("../templates/" + name + "/testdata/holds")
	if err != nil {
		t.Fatal(err)
	}
	at := partner(t)
	reader := gnmi.New(p.Session, anybody, gnmi.Options{})
	vs := vendors(t)
	i := slices.IndexFunc(vs, func(v vendor) bool { return v.platform == name })
	cs, ds := render.All(crowd(t, vs[i], throws(t)), templates.FS)
	if ds.Failed() {
		t.Fatal(ds.Err())
	}
	lacks, lines, left, devices, refused := map[string]int{}, 0, 0, 0, map[string]int{}
	for _, c := range cs {
		if len(replay.New(p.Dialect, c.Text).Loose()) > 0 { // a group that it leaves out had a policy that others name
			continue
		}
		n, err := 0, error(nil)
		for {
			asked := c
			var out map[string]int
			asked.Text, out = without(c.Text, lacks)
			n, err = there(t, p, asked, base, reader, anybody, at, at)
			if leaf := unknown(err); leaf != "" && lacks[leaf] == 0 && errors.Is(err, write.ErrRefused) {
				lacks[leaf] = 1
				continue
			}
			for leaf, m := range out {
				left, lacks[leaf] = left+m, lacks[leaf]+m
			}
			break
		}
		switch {
		case errors.Is(err, write.ErrRefused):
			why, _, _ := strings.Cut(err.Error(), "\n")
			refused[why]++
		case err != nil:
			t.Fatalf("%s: %v", c.Device, err)
		default:
			lines, devices = lines+n, devices+1
		}
	}
	for _, leaf := range slices.Sorted(maps.Keys(lacks)) {
		t.Logf("its models have no %s: %d lines left out", leaf, lacks[leaf]-1)
	}
	for why, n := range refused {
		t.Logf("%d devices refused: %.600s", n, why)
	}
	t.Logf("figure: a server that is not ours: %d networks, %d of %d devices set, %d lines; %d leaves in %d lines left out that its models do not have; 0 operations the second time", throws(t), devices, len(cs), lines, len(lacks), left)
	if devices < len(cs)*9/10 {
		t.Errorf("%d of %d devices were set", devices, len(cs))
	}
}

var (
	keys   = regexp.MustCompile(`\[[^\]]*\]`)
	absent = regexp.MustCompile(`path (origin:"openconfig".*) is not found in the config structure`)
	elem   = regexp.MustCompile(`elem:\{name:"([^"]+)"`)
)

// unknown is the leaf that a target says its models do not have, by its names from the root.
func unknown(err error) (leaf string) {
	if err == nil {
		return ""
	}
	said, _, _ := strings.Cut(err.Error(), "\n")
	if m := absent.FindStringSubmatch(said); m != nil {
		for _, e := range elem.FindAllStringSubmatch(m[1], -1) {
			leaf += "/" + e[1]
		}
	}
	return leaf
}

// without gives what is left of a text, and how many lines of each leaf it lost.
func without(text []byte, lacks map[string]int) ([]byte, map[string]int) {
	var b strings.Builder
	out := map[string]int{}
	for line := range strings.Lines(string(text)) {
		path, _, _ := strings.Cut(keys.ReplaceAllString(strings.TrimSpace(line), ""), " ")
		if _, is := lacks[path]; is {
			out[path]++
			continue
		}
		b.WriteString(line)
	}
	return []byte(b.String()), out
}

// partner starts the target that PLUMBLINE_PARTNER names, and tells where it is and by which key.
func partner(t *testing.T) drivers.Target {
	t.Helper()
	pair, pin, err := sim.Certificate(time.Now().Add(24 * time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "pair.pem")
	if err := os.WriteFile(file, pair, 0o600); err != nil {
		t.Fatal(err)
	}
	return drivers.Target{Name: "r1", Address: started(t, "PLUMBLINE_PARTNER", "mgmt0", file), Pins: []string{pin}}
}
