package render_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"plumbline/internal/lab"
	"plumbline/render"
	"plumbline/templates"
)

// own asks daemons of our own, in namespaces, what they hold; nothing outside is touched.
var own = map[string]struct {
	needs  []string
	script string
	paths  func(text []byte) []string
}{
	"frr": {[]string{"frr", "root"}, strings.Replace(daemons, "vtysh -c 'show running-config'\nfor", "vtysh -c 'show bgp vrf all neighbors json'\nfor", 1), members},
	"bird": {[]string{"bird", "root"}, `set -e
ip link set lo up
cd "$(mktemp -d)"
/usr/sbin/bird -c "$1" -s ctl -P pid
for i in $(seq 50); do [ -S ctl ] && break; sleep 0.1; done
birdc -r -s ctl show protocols all
kill $(cat pid)
rm -rf "$PWD"
`, indented},
}

// TestDaemonsSay holds that what daemons themselves say of random networks is what the model
// holds: sessions, families, policies and limits.
func TestDaemonsSay(t *testing.T) {
	for _, v := range vendors(t) {
		o, ours := own[v.platform]
		if !ours {
			continue
		}
		t.Run(v.platform, func(t *testing.T) {
			lab.Need(t, o.needs...)
			r := readFacts(t, v.dir+"/live")
			net := crowd(t, v, 4)
			cs, _ := render.All(net, templates.FS)
			for i, d := range net.Devices {
				if d.BGP == nil {
					continue // nobody to tell of, and no router id without an interior protocol
				}
				file := filepath.Join(t.TempDir(), "conf")
				if err := os.WriteFile(file, cs[i].Text, 0o644); err != nil {
					t.Fatal(err)
				}
				cmd := exec.Command("unshare", "-m", "-n", "-u", "bash", "-c", o.script, "bash", file)
				var refused bytes.Buffer
				cmd.Stderr = &refused
				text, err := cmd.Output()
				if err != nil {
					t.Fatalf("%s: %v: %s", d.Name, err, refused.Bytes())
				}
				found := map[string]bool{}
				for _, path := range o.paths(text) {
					for _, fact := range r.facts(path) {
						found[full(fact)] = true
					}
				}
				want := meant(d, v.names)
				maps.DeleteFunc(want, func(fact string, _ bool) bool {
					return !slices.Contains([]string{"session", "family", "in", "out", "limit"}, strings.Fields(fact)[0])
				})
				for _, diff := range r.differ(found, want) {
					t.Errorf("%s: %s", d.Name, diff)
				}
			}
		})
	}
}

// members gives the fields of JSON as paths, each with its value.
func members(text []byte) (out []string) {
	var walk func(at string, v any)
	walk = func(at string, v any) {
		o, ok := v.(map[string]any)
		if !ok {
			out = append(out, fmt.Sprint(at, " ", v))
			return
		}
		if at != "" {
			out = append(out, at)
			at += " > "
		}
		for _, k := range slices.Sorted(maps.Keys(o)) {
			walk(at+k, o[k])
		}
	}
	var top any
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if d.Decode(&top) == nil {
		walk("", top)
	}
	return out
}

// indented gives lines as paths, each under those that it is indented under.
func indented(text []byte) (out []string) {
	var above []string
	var depths []int
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		depth := len(line) - len(strings.TrimLeft(line, " "))
		for len(depths) > 0 && depths[len(depths)-1] >= depth {
			above, depths = above[:len(above)-1], depths[:len(depths)-1]
		}
		above, depths = append(above, strings.Join(words, " ")), append(depths, depth)
		out = append(out, strings.Join(above, " > "))
	}
	return out
}
