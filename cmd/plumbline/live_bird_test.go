package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"plumbline/drivers"
	"plumbline/drivers/ssh"
	"plumbline/drivers/write"
	"plumbline/drivers/write/all"
	"plumbline/internal/lab"
	"plumbline/internal/pipeline"
	"plumbline/internal/repo"
	"plumbline/templates"
)

// birds is a repository like the demo's, on real BIRD.
type birds struct {
	*live
	build *pipeline.Build
}

// newBirds is the demo's network on real BIRD behind real OpenSSH, with FRR around it. Ports
// and their addresses are the host's: the lab gives them as the intent says.
func newBirds(t *testing.T) *birds {
	t.Helper()
	lab.Need(t, "bird")
	v := &birds{live: raise(t, "two-site", nil, func(script string) lab.Topology {
		top := liveTopology(script)
		top.Routers, top.Birds = []string{"rs1", "as64500"}, ours
		top.Segments = append(top.Segments, lab.Segment{Name: "edges", Ends: []lab.End{{Router: "edge1-ams", Interface: "eth2"}, {Router: "edge1-fra", Interface: "eth2"}}})
		top.Bird = func(zone, state, file, socket string) string {
			return strings.Join([]string{script, "-d", state, "-f", file, "-s", socket, zone}, " ")
		}
		return top
	})}
	for name, text := range neighbours {
		v.load(name, text)
	}
	v.must(moved(v.path("network"), "bird"))
	b, ds := pipeline.Compile(os.DirFS(v.path("network")), templates.FS, pipeline.Base{}, demoDay())
	v.must(ds.Err())
	v.build = b
	for _, name := range ours {
		v.racked(name)
	}
	return v
}

// racked gives the ports of a router their addresses, and lo the one that platform.yaml requires.
func (v *birds) racked(name string) {
	v.t.Helper()
	v.host(name, "ip", "addr", "replace", "fe80::1/128", "dev", "lo", "nodad")
	for _, p := range v.build.Network().Device(name).Interfaces.Ports {
		for _, a := range p.Addrs {
			argv := []string{"ip", "addr", "replace", a.Prefix.String(), "dev", p.Name}
			if a.Prefix.Addr().Is6() {
				argv = append(argv, "nodad")
			}
			v.host(name, argv...)
		}
	}
}

// host runs a command on the machine of a router, which must end well.
func (v *birds) host(name string, argv ...string) {
	v.t.Helper()
	if out, err := v.lab.In(v.t.Context(), name, argv...); err != nil {
		v.t.Fatalf("%s: %v: %s", name, err, out)
	}
}

// file is what a router starts with.
func (v *birds) file(name string) string {
	v.t.Helper()
	text, err := os.ReadFile(v.lab.BirdFile(name))
	v.must(err)
	return string(text)
}

// free sees that no router holds a trial.
func (v *birds) free(when string) {
	v.t.Helper()
	p := v.build.Platform("bird")
	w, err := all.Writer(p.Style, p.Session, v.lab.Logins())
	v.must(err)
	for _, name := range ours {
		to := v.lab.Target(name)
		to.Secret = "write"
		if state, _, err := w.Resume(v.t.Context(), to, "plb-nobody"); err != nil || state != write.None {
			v.t.Errorf("%s: %s has a trial: %s %v", when, name, state, err)
		}
	}
}

// stand waits until all sessions of BGP are up.
func (v *birds) stand(want int) {
	v.t.Helper()
	begin, row := time.Now(), regexp.MustCompile(`(?m)^ *\S+ +BGP .*$`)
	for {
		up, all, text := 0, 0, ""
		for _, name := range ours {
			out, err := v.lab.Bird(v.t.Context(), name, "show protocols")
			v.must(err)
			for _, line := range row.FindAllString(out, -1) {
				if all++; strings.Contains(line, "Established") {
					up++
				}
			}
			text += name + "\n" + out
		}
		if up == all && all == want {
			v.t.Logf("figure: %d of %d BGP sessions of 4 routers with BIRD Established after %.1f s", up, all, time.Since(begin).Seconds())
			return
		}
		if time.Since(begin) > 60*time.Second {
			v.t.Fatalf("%d of %d sessions are up, want %d\n%s", up, all, want, text)
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// vitals is what health sees of a router.
func (v *birds) vitals(name string) string {
	v.t.Helper()
	e := &env{dir: v.path("network"), runner: v.path("runner.yaml")}
	r := ssh.New(v.build.Platform("bird").Session, v.lab.Logins(), ssh.Options{Timeout: 20 * time.Second})
	defer r.Close()
	seen, err := e.health(v.build, func(d string) (drivers.Reader, drivers.Target, error) { return r, v.lab.Target(d), nil }, nil)(v.t.Context(), []string{name})
	v.must(err)
	ups := map[string]bool{}
	for s, is := range seen[name] {
		ups[s] = is.Up
	}
	return fmt.Sprint(ups)
}

// TestLiveBIRD plays the loop on real BIRD behind real OpenSSH: from a file as it was installed
// to every session, with a runner that is killed on the way; a change that makes a session
// fall and is taken back; a file edited by hand; and a peering that is taken away.
func TestLiveBIRD(t *testing.T) {
	lab.Need(t, "time")
	begin := time.Now()
	v := newBirds(t)
	v.do(v.commit)
	v.planned()
	if seen := v.vitals("core1-ams"); seen != "map[interface eth1:true interface eth2:true interface lo:true route * 10.0.0.1/32:true route * 2001:db8:0:1::1/128:true]" {
		t.Errorf("before anything was pushed health sees %s", seen)
	}
	v.dies()
	v.plumb(ok, "push", "--plan", v.plan)
	v.settled("pushed")
	v.stand(32)
	v.healthy()
	v.falls()
	v.edited()
	v.parts()
	t.Logf("figure: four routers with BIRD were built, pushed, tried and taken down in %.0f s", time.Since(begin).Seconds())
}

// dies kills the push at three steps; each time the next run brings every router to one side.
func (v *birds) dies() {
	v.t.Helper()
	old := v.file("core1-ams")
	for _, at := range []string{"applied core1-ams", "journal keep", "journal done core1-fra"} {
		v.killed(at)
		v.plumb(ok, "push", "--resume")
		v.free("killed at " + at)
		if at == "applied core1-ams" && v.file("core1-ams") != old {
			v.t.Errorf("killed on trial, and it starts with\n%s", v.file("core1-ams"))
		}
	}
}

// settled: what runs is what each router starts with, nothing differs, and no trial is left.
func (v *birds) settled(when string) {
	v.t.Helper()
	if out := v.plumb(ok, "diff", "--exit-code"); !strings.Contains(out, "no differences") {
		v.t.Errorf("%s: the second diff is not empty:\n%s", when, out)
	}
	v.free(when)
	for _, name := range ours {
		live := v.reads(name)
		if text := v.file(name); strings.TrimSpace(live) != strings.TrimSpace(text) {
			v.t.Errorf("%s: %s runs\n%s\nand starts with\n%s", when, name, live, text)
		}
	}
}

// reads is what a router shows a reader.
func (v *birds) reads(name string) string {
	v.t.Helper()
	r := ssh.New(v.build.Platform("bird").Session, v.lab.Logins(), ssh.Options{Timeout: 20 * time.Second})
	defer r.Close()
	live, err := r.Fetch(v.t.Context(), v.lab.Target(name))
	v.must(err)
	return string(live.Text)
}

// healthy: health sees each session and each adjacency of a router, under the names that
// intent has for them, and its own addresses.
func (v *birds) healthy() {
	v.t.Helper()
	const want = "map[bgp default 10.0.0.1:true bgp default 10.0.0.2:true bgp default 10.0.0.3:true bgp default 198.18.0.251:true bgp default 198.18.0.77:true" +
		" bgp default 2001:db8:0:1::1:true bgp default 2001:db8:0:1::2:true bgp default 2001:db8:0:1::3:true bgp default 2001:db8:ff00::251:true bgp default 2001:db8:ff00::77:true" +
		" interface eth1:true interface eth2:true interface eth3:true interface lo:true" +
		" ospf 10.0.0.2 eth1:true ospf 10.0.0.3 eth2:true ospf6 10.0.0.2 eth1:true ospf6 10.0.0.3 eth2:true" +
		" route * 10.0.0.4/32:true route * 2001:db8:0:1::4/128:true]"
	if seen := v.vitals(demoRouter); seen != want {
		v.t.Errorf("health sees %s\nwant %s", seen, want)
	}
	session := v.build.Platform("bird").Session // and what BIRD refuses is no answer
	session.Read = map[string]string{"nonsense": "show nonsense", "nobody": "show protocols nobody"}
	r := ssh.New(session, v.lab.Logins(), ssh.Options{Timeout: 20 * time.Second})
	defer r.Close()
	facts, err := r.Probe(v.t.Context(), v.lab.Target(demoRouter), "nonsense", "nobody")
	v.must(err)
	for _, f := range facts {
		if !errors.Is(f.Err, drivers.ErrForbidden) {
			v.t.Errorf("%s: %v: %s", f.Ask, f.Err, f.Text)
		}
	}
}

// change commits one more thing onto carol's branch, and plans it.
func (v *birds) change(why, name string, edit func(string) string) string {
	v.t.Helper()
	text, err := os.ReadFile(v.path("network", name))
	v.must(err)
	made := map[string][]byte{name: nil}
	if edit == nil {
		v.must(os.Remove(v.path("network", name)))
	} else if made[name] = []byte(edit(string(text))); string(made[name]) == string(text) {
		v.t.Fatalf("%s is not changed", name)
	} else {
		v.must(os.WriteFile(v.path("network", name), made[name], fs.FileMode(0o644)))
	}
	tip, err := v.repo.Branch("main")
	v.must(err)
	v.must(v.repo.Point("change", tip))
	_, err = v.repo.Commit("change", repo.Author{Person: demoCarol, When: demoDay()}, why, made)
	v.must(err)
	return v.planned()
}

// falls: a session that goes down while a change is on trial takes the change back, on each
// router of the wave, byte for byte; the same plan is taken once the session is up again.
func (v *birds) falls() {
	v.t.Helper()
	v.change("More prefixes", "intent/peering/as64500-fra.yaml", func(text string) string {
		return strings.Replace(text, "ipv4: 200", "ipv4: 300", 1)
	})
	was := v.file(demoRouter)
	v.env.step = func(name string) {
		if strings.HasPrefix(name, "applied "+demoRouter) {
			v.host(demoRouter, "ip", "link", "set", "eth3", "down")
		}
	}
	out := v.plumb(rolledBack, "push", "--plan", v.plan)
	v.env.step = nil
	if !strings.Contains(out, "was up and is down") {
		v.t.Errorf("it was taken back for another reason:\n%s", out)
	}
	if v.file(demoRouter) != was || strings.TrimSpace(v.reads(demoRouter)) != strings.TrimSpace(was) {
		v.t.Errorf("it is not as before:\n%s", v.file(demoRouter))
	}
	v.free("taken back")
	v.host(demoRouter, "ip", "link", "set", "eth3", "up")
	v.racked(demoRouter)           // what goes down has no IPv6 addresses any more
	for name := range neighbours { // who did not see it fall refuses another session until its hold time is over
		if out, err := v.lab.Show(v.t.Context(), name, "clear bgp *"); err != nil {
			v.t.Fatalf("%s: %v: %s", name, err, out)
		}
	}
	v.stand(32)
	v.plumb(ok, "push", "--plan", v.plan)
	v.settled("pushed again")
	v.stand(32)
}

// edited: a line that is taken out of the file by hand, and read, is found as exactly that
// line, and the way back heals it.
func (v *birds) edited() {
	v.t.Helper()
	const line = "        import limit 300 action restart;\n"
	text := v.file(demoRouter)
	if strings.Count(text, line) != 1 {
		v.t.Fatalf("it holds\n%s", text)
	}
	v.must(os.WriteFile(v.lab.BirdFile(demoRouter), []byte(strings.Replace(text, line, "", 1)), 0o640))
	if out, err := v.lab.Bird(v.t.Context(), demoRouter, "configure"); err != nil || !strings.Contains(out, "Reconfig") {
		v.t.Fatalf("%v: %s", err, out)
	}
	out := v.plumb(differ, "drift")
	lost := regexp.MustCompile(`(?m)^[-+~] +.*$`).FindAllString(out, -1)
	if len(lost) != 1 || !strings.Contains(lost[0], "import limit 300 action restart") || !strings.Contains(lost[0], "intent/peering/as64500-fra.yaml:") {
		v.t.Fatalf("drift is not exactly that line:\n%s", out)
	}
	v.t.Log("figure: an edit by hand is found as exactly 1 line: " + strings.Join(strings.Fields(lost[0]), " "))
	v.do(v.restore)
	if v.file(demoRouter) != text {
		v.t.Errorf("healed, it is another file:\n%s", v.file(demoRouter))
	}
	v.stand(32)
}

// parts: a peering that goes takes its sessions along on purpose.
func (v *birds) parts() {
	v.t.Helper()
	out := v.change("No peering", "intent/peering/as64500-fra.yaml", nil)
	for _, line := range regexp.MustCompile(`(?m)^[-+~] .*$`).FindAllString(out, -1) {
		if line[0] != '-' || !strings.Contains(line, "as64500-fra") && !strings.Contains(line, "198.18.0.77") && !strings.Contains(line, "2001:db8:ff00::77") {
			v.t.Errorf("a line that is not the peering's changes: %s", line)
		}
	}
	v.plumb(ok, "push", "--plan", v.plan)
	v.settled("without the peering")
	for _, name := range []string{"edge1-fra", "edge1-ams"} {
		if text := v.file(name); strings.Contains(text, "as64500-fra") || strings.Contains(text, "198.18.0.77") || !strings.Contains(text, "198.18.0.251") {
			v.t.Errorf("%s holds\n%s", name, text)
		}
	}
	v.stand(28)
	v.plumb(ok, "drift")
}
