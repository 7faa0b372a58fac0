package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"plumbline/drivers/write/guard"
	"plumbline/internal/lab"
	"plumbline/internal/repo"
)

// liveTopology is the example's cables, and the exchange with its two neighbours of ours.
func liveTopology(script string) lab.Topology {
	return lab.Topology{
		Routers: []string{"core1-ams", "core1-fra", "edge1-ams", "edge1-fra", "rs1", "as64500"},
		Segments: []lab.Segment{
			{Name: "ams-edge", Ends: []lab.End{{Router: "edge1-ams", Interface: "eth1"}, {Router: "core1-ams", Interface: "eth1"}}},
			{Name: "ams-fra-1", Ends: []lab.End{{Router: "core1-ams", Interface: "eth2"}, {Router: "core1-fra", Interface: "eth2"}}},
			{Name: "fra-edge", Ends: []lab.End{{Router: "edge1-fra", Interface: "eth1"}, {Router: "core1-fra", Interface: "eth1"}}},
			{Name: "ix-fra", Ends: []lab.End{
				{Router: "edge1-fra", Interface: "eth3"}, {Router: "edge1-ams", Interface: "eth3"},
				{Router: "rs1", Interface: "eth3"}, {Router: "as64500", Interface: "eth3"}}},
		},
		Write: func(pathspace, dir string) string {
			return fmt.Sprintf("%s -d %s -n %s write", script, dir, pathspace)
		},
	}
}

// neighbours is how the others at the exchange are configured: they are not ours.
var neighbours = map[string]string{
	"rs1": `interface eth3
 ip address 198.18.0.251/24
 ipv6 address 2001:db8:ff00::251/64
router bgp 64999
 bgp router-id 198.18.0.251
 no bgp ebgp-requires-policy
 no bgp default ipv4-unicast
 neighbor 198.18.0.10 remote-as 64496
 neighbor 198.18.0.11 remote-as 64496
 neighbor 2001:db8:ff00::10 remote-as 64496
 neighbor 2001:db8:ff00::11 remote-as 64496
 address-family ipv4 unicast
  neighbor 198.18.0.10 activate
  neighbor 198.18.0.10 route-server-client
  neighbor 198.18.0.11 activate
  neighbor 198.18.0.11 route-server-client
 address-family ipv6 unicast
  neighbor 2001:db8:ff00::10 activate
  neighbor 2001:db8:ff00::10 route-server-client
  neighbor 2001:db8:ff00::11 activate
  neighbor 2001:db8:ff00::11 route-server-client
`,
	"as64500": `interface eth3
 ip address 198.18.0.77/24
 ipv6 address 2001:db8:ff00::77/64
router bgp 64500
 bgp router-id 198.18.0.77
 no bgp ebgp-requires-policy
 no bgp network import-check
 no bgp default ipv4-unicast
 neighbor 198.18.0.10 remote-as 64496
 neighbor 198.18.0.10 ttl-security hops 1
 neighbor 198.18.0.11 remote-as 64496
 neighbor 198.18.0.11 ttl-security hops 1
 neighbor 2001:db8:ff00::10 remote-as 64496
 neighbor 2001:db8:ff00::10 ttl-security hops 1
 neighbor 2001:db8:ff00::11 remote-as 64496
 neighbor 2001:db8:ff00::11 ttl-security hops 1
 address-family ipv4 unicast
  network 203.0.113.0/24
  neighbor 198.18.0.10 activate
  neighbor 198.18.0.11 activate
 address-family ipv6 unicast
  neighbor 2001:db8:ff00::10 activate
  neighbor 2001:db8:ff00::11 activate
`,
}

var ours = []string{"core1-ams", "core1-fra", "edge1-ams", "edge1-fra"}

// live is a repository like the demo's, on real routers.
type live struct {
	*demo
	t   *testing.T
	lab *lab.Lab
}

// newLive is the demo's network on real routers.
func newLive(t *testing.T) *live {
	t.Helper()
	v := raise(t, "two-site", nil, liveTopology)
	for name, text := range neighbours {
		v.load(name, text)
	}
	return v
}

// raise starts a lab and makes the repository: an example with other files laid over it,
// or none, with the addresses and users of the lab. An overlaid file of nothing takes one away.
func raise(t *testing.T, example string, over map[string]string, topology func(script string) lab.Topology) *live {
	t.Helper()
	lab.Need(t, "root", "netns", "veth", "bridge", "frr", "ssh", "guard")
	script := filepath.Join(openDir(t), "guard.sh")
	if err := os.WriteFile(script, []byte(guard.Script), 0o755); err != nil {
		t.Fatal(err)
	}
	l, err := lab.Up(t.Context(), topology(script))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Down(); err != nil {
			t.Error(err)
		}
	})
	d := &demo{dir: t.TempDir(), env: &env{run: run}}
	v := &live{demo: d, t: t, lab: l}
	v.repository(example, over)
	return v
}

// load gives a router that is not ours its configuration.
func (v *live) load(name, text string) {
	v.t.Helper()
	file := filepath.Join(openDir(v.t), name)
	v.must(os.WriteFile(file, []byte(text), 0o644))
	if out, err := v.lab.Apply(v.t.Context(), name, file); err != nil {
		v.t.Fatalf("%s: %v: %s", name, err, out)
	}
}

// openDir is a folder that other users may look into.
func openDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "plumbline-live")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// repository is the example with the lab's addresses and users, and the runner beside it.
func (v *live) repository(example string, over map[string]string) {
	if example != "" {
		v.must(os.CopyFS(v.path("network"), os.DirFS("../../examples/"+example)))
	}
	for _, name := range []string{"plumbline.yaml", "policy.yaml"} { // with the people of the demo
		text, err := os.ReadFile("../../examples/two-site/" + name)
		v.must(err)
		v.must(writeFile(v.path("network", name), text, 0o644))
	}
	for name, text := range over {
		if text == "" {
			v.must(os.Remove(v.path("network", name)))
			continue
		}
		v.must(writeFile(v.path("network", name), []byte(text), 0o644))
	}
	file := v.path("network", "inventory.yaml")
	text, err := os.ReadFile(file)
	v.must(err)
	text = racked(text, v.lab.Target)
	text = bytes.ReplaceAll(bytes.ReplaceAll(text, []byte("plumb-read"), []byte("ro")), []byte("plumb-write"), []byte("rw"))
	v.must(os.WriteFile(file, text, 0o644))
	for _, use := range []string{"read", "write"} {
		login, err := v.lab.Logins()(v.t.Context(), use)
		v.must(err)
		v.must(writeFile(v.path("secrets", "net", use, "key"), login.PrivateKey, 0o600))
	}
	v.must(writeFile(v.path("secrets", "net", "repo", "key"), []byte(strings.Repeat("of a lab alone ", 4)), 0o600))
	runner := fmt.Sprintf("stores:\n- {name: local, type: file, dir: %q}\nrepo_key: secret://local/net/repo#key\nstate: %q\nledger_key: %q\n", v.path("secrets"), v.path("journal"), v.path("keys", "ledger"))
	v.must(os.WriteFile(v.path("runner.yaml"), []byte(runner), 0o600))
}

func (v *live) must(err error) {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
}

// do runs one step of the loop.
func (v *live) do(step func(context.Context) (string, error)) {
	v.t.Helper()
	said, err := step(v.t.Context())
	if err != nil {
		v.t.Fatal(err)
	}
	v.t.Log(said)
}

// plumb runs a command and demands how it ends.
func (v *live) plumb(want int, args ...string) string {
	v.t.Helper()
	out, err := v.plumbline(v.t.Context(), want, args...)
	v.must(err)
	return out
}

// established counts the sessions of some routers that are up, of all.
func (v *live) established(names []string) (up, all int) {
	for _, name := range names {
		out, err := v.lab.Show(v.t.Context(), name, "show bgp vrf all summary json")
		v.must(err)
		var vrfs map[string]map[string]json.RawMessage
		if json.Unmarshal([]byte(out), &vrfs) != nil {
			continue
		}
		for _, family := range vrfs["default"] {
			var f struct {
				Peers map[string]struct{ State string }
			}
			if json.Unmarshal(family, &f) != nil {
				continue
			}
			for _, p := range f.Peers {
				all++
				if p.State == "Established" {
					up++
				}
			}
		}
	}
	return up, all
}

// pushes shows the change, has it approved, lands it and pushes it.
func (v *live) pushes() {
	v.t.Helper()
	v.do(func(ctx context.Context) (string, error) {
		out, err := v.plumbline(ctx, ok, "diff", "--out", v.path("plan.json"))
		if err != nil {
			return "", err
		}
		return v.keep(out)
	})
	v.do(v.approve)
	v.do(v.merge)
	v.plumb(ok, "push", "--plan", v.plan)
}

// TestLive plays the loop on real FRR behind real OpenSSH: from empty routers to every
// session, drift by hand, the way back, and a peering that is taken away.
func TestLive(t *testing.T) {
	lab.Need(t, "time")
	v := newLive(t)
	v.do(v.commit)
	v.pushes()
	begin := time.Now()
	for {
		up, all := v.established(ours)
		if up == all && all == 32 {
			t.Logf("figure: %d of %d BGP sessions of 4 routers Established %.1f s after the push", up, all, time.Since(begin).Seconds())
			break
		}
		if time.Since(begin) > 60*time.Second {
			for _, name := range ours {
				out, _ := v.lab.Show(t.Context(), name, "show bgp vrf all summary")
				t.Log(out)
			}
			t.Fatalf("%d of %d sessions are up", up, all)
		}
		time.Sleep(200 * time.Millisecond)
	}
	if out := v.plumb(ok, "diff", "--exit-code"); !strings.Contains(out, "no differences") {
		t.Errorf("the second diff is not empty:\n%s", out)
	}
	v.drifts()
	v.removes()
}

// drifts: a change by hand is found as exactly that line, and the way back heals it.
func (v *live) drifts() {
	file := filepath.Join(openDir(v.t), "typed")
	v.must(os.WriteFile(file, []byte("router bgp 64496\n address-family ipv4 unicast\n  no neighbor 198.18.0.77 route-map as64500-fra-out-4 out\n"), 0o644))
	out, err := v.lab.Apply(v.t.Context(), demoRouter, file)
	if err != nil {
		v.t.Fatalf("%v: %s", err, out)
	}
	if out, err := v.lab.Show(v.t.Context(), demoRouter, "write memory"); err != nil || !strings.Contains(out, "onfiguration saved to") {
		v.t.Fatalf("%v: %s", err, out)
	}
	out = v.plumb(differ, "drift")
	lost := regexp.MustCompile(`(?m)^[-+~] +.*$`).FindAllString(out, -1)
	if len(lost) != 1 || !strings.Contains(lost[0], "neighbor 198.18.0.77 route-map as64500-fra-out-4 out") || !strings.Contains(lost[0], "intent/peering/as64500-fra.yaml:") {
		v.t.Errorf("drift is not exactly that line:\n%s", out)
	}
	v.t.Log("figure: a change by hand is found as exactly 1 line: " + strings.Join(strings.Fields(lost[0]), " "))
	v.do(v.restore)
}

// removes: a peering file that goes takes exactly its lines along.
func (v *live) removes() {
	name := "intent/peering/as64500-fra.yaml"
	v.must(os.Remove(v.path("network", name)))
	tip, err := v.repo.Branch("main")
	v.must(err)
	v.must(v.repo.Point("change", tip))
	_, err = v.repo.Commit("change", repo.Author{Person: demoCarol, When: demoDay()}, "No peering", map[string][]byte{name: nil})
	v.must(err)
	out := v.plumb(ok, "diff", "--out", v.path("plan.json"))
	_, err = v.keep(out)
	v.must(err)
	set := regexp.MustCompile(`(?m)^\+ .*$`).FindAllString(out, -1)
	gone := regexp.MustCompile(`(?m)^- .*$`).FindAllString(out, -1)
	for _, line := range gone {
		if !strings.Contains(line, "as64500-fra") && !strings.Contains(line, "198.18.0.77") && !strings.Contains(line, "2001:db8:ff00::77") {
			v.t.Errorf("a line that is not the peering's goes: %s", line)
		}
	}
	if len(set) > 0 || len(gone) == 0 {
		v.t.Errorf("%d lines are set and %d removed:\n%s", len(set), len(gone), out)
	}
	v.do(v.approve)
	v.do(v.merge)
	v.plumb(ok, "push", "--plan", v.plan)
	for _, name := range []string{"edge1-fra", "edge1-ams"} {
		text, err := v.lab.Show(v.t.Context(), name, "show running-config")
		v.must(err)
		if strings.Contains(text, "as64500-fra") || strings.Contains(text, "198.18.0.77") || !strings.Contains(text, "198.18.0.251") {
			v.t.Errorf("%s holds\n%s", name, text)
		}
	}
	v.t.Logf("figure: removing a peering file removes %d commands of the peering and nothing else", len(gone))
	v.plumb(ok, "drift")
}
