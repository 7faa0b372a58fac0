package sim_test

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"plumbline/drivers"
	"plumbline/drivers/ssh"
	"plumbline/drivers/write"
	"plumbline/drivers/write/guard"
	"plumbline/internal/health"
	"plumbline/internal/sim"
)

// editFile is what devices that are one file are sent, and their old file.
func editFile(t *testing.T) drivers.Edit {
	t.Helper()
	old := string(runningOf(t, "bird"))
	return drivers.Edit{Do: []byte(old + "protocol bgp NEW {\n    local as 64496;\n    neighbor 192.0.2.9 as 64509;\n}\n"), Undo: []byte(old)}
}

// Requests: version, status, show, arm, status, status, load, show, status.
var fileWrites = []writeCase{
	{"slow", is("slow=20ms"), 0, through},
	{"drip", is("drip@300=1ms"), 0, through},
	{"chunk", is("chunk=300"), 0, through},
	{"truncate", is("truncate=100"), 0, through},
	{"evil=prompt", is("evil=prompt"), 0, through},
	{"banner-auth", is("banner-auth"), 0, through},
	{"pager", is("pager"), 0, through},
	{"weak-kex", is("weak-kex"), 0, through},
	{"drop", is("drop@1", "drop@4", "drop@80"), 0, lost},
	{"cut before and after the file", is("cut@7=before", "cut@7=after"), 0, lost},
	{"cut at the clock", is("cut@4=after", "cut@4=before"), 0, fails(drivers.ErrCut)},
	{"drop-byte", is("drop@byte=100", "drop@byte=150", "drop@byte=900"), 0, fails(drivers.ErrCut)},
	{"reject", is("reject=64509", "reject=NEW", "reject=define"), 0, fails(write.ErrRefused, "syntax error")},
	{"accept-silently", is("accept-silently=64509"), 0, fails(write.ErrStale)},
	{"hang", is("hang@1"), 2 * time.Second, fails(drivers.ErrTimeout)},
	{"wrong-host-key", is("wrong-host-key"), 0, untouched(drivers.ErrHostKey, 0)},
	{"new-host-key", is("new-host-key@0"), 0, untouched(drivers.ErrHostKey, 0)},
	{"auth-slow", is("auth-slow=50ms"), 0, through},
	{"auth-fail", is("auth-fail"), 0, untouched(drivers.ErrAuth, 1)},
	{"lock", is("lock=plb-somebody"), 0, held("plb-somebody")},
	{"reboot", is("reboot@2=100ms", "reboot@80=100ms"), 0, restarted},
	{"timer-early", is("timer-early=1s"), 0, early},
	{"timer-never", is("timer-never"), 0, never},
	{"save-fails", is("save-fails"), 0, unsaved},
	{"no-timer", is("no-timer"), 0, through},
	{"untold", is("untold"), 0, through},
}

// TestFileFaults plays bad habits of a device that is sent one file.
func TestFileFaults(t *testing.T) {
	p := platform(t, "bird")
	for _, c := range fileWrites {
		t.Run(c.name, func(t *testing.T) { c.play(t, p, editFile(t)) })
	}
	for _, habit := range []string{"mode-drift=define", "rename@1", "asks=NEW", "defaults=on"} { // of lines that nobody types there
		d := sim.Device{Name: "r0", Platform: p.Name, Session: p.Session, Dialect: p.Dialect, Running: runningOf(t, "bird"), Faults: []sim.Fault{fault(habit)}}
		if f, err := sim.Start(t.Context(), []sim.Device{d}); err == nil {
			f.Stop()
			t.Errorf("%s is taken, and never shown", habit)
		}
	}
}

// TestFileIsRefused: what BIRD would refuse, the device refuses, and what it held before stays
// known to it.
func TestFileIsRefused(t *testing.T) {
	p := platform(t, "bird")
	old := string(runningOf(t, "bird")) + "strange thing;\n"
	f, err := sim.Start(t.Context(), []sim.Device{{Name: "r0", Platform: p.Name, Session: p.Session, Dialect: p.Dialect, Running: []byte(old)}}, sim.Options{Guard: guard.Digest()})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Stop()
	w := guard.New(p.Session, f.Logins(), guard.Options{Timeout: 10 * time.Second, File: true})
	for i, c := range []struct{ more, says string }{
		{"router id 192.0.2.7;\n", ""},
		{"stranger thing;\n", "syntax error"},
		{"protocol static s {\n    ipv9;\n}\n", "ipv9"},
		{"protocol static s {\n", "unexpected end of file"},
		{"protocol bgp s from nobody {\n}\n", "nobody"},
		{"protocol bgp s {\n    ipv4 {\n        import filter nobody;\n    };\n}\n", "nobody"},
	} {
		pend, err := w.Apply(t.Context(), f.WriteTarget("r0"), drivers.Edit{Do: []byte(old + c.more), Undo: []byte(old)}, write.Hold{For: time.Minute, Tx: "plb-" + string(rune('a'+i))})
		switch {
		case c.says == "" && err != nil, c.says != "" && (!errors.Is(err, write.ErrRefused) || !strings.Contains(err.Error(), c.says)):
			t.Errorf("%q: %v, want %q", c.more, err, c.says)
		case err == nil:
			err = pend.Undo(t.Context())
		}
		if string(f.Device("r0").Running()) != old || string(f.Device("r0").Startup()) != old {
			t.Errorf("%q: %v: it is not as before", c.more, err)
		}
	}
}

// TestFileByHand: who edits the file during a trial and has it read ends the trial: it is
// neither kept nor taken for what was sent, and the way back leads to what was before.
func TestFileByHand(t *testing.T) {
	f, p := farmOf(t, platform(t, "bird"), 1, sim.Options{Clock: sim.NewHand(time.Unix(1e9, 0))}, func(int) []sim.Fault { return nil })
	b, e := f.Device("r0"), editFile(t)
	w := guard.New(p.Session, f.Logins(), guard.Options{Timeout: 10 * time.Second, File: true})
	pend, err := w.Apply(t.Context(), f.WriteTarget("r0"), e, write.Hold{For: time.Minute, Tx: "plb-hand"})
	if err != nil {
		t.Fatal(err)
	}
	if string(b.Startup()) != string(e.Undo) || string(b.Running()) != string(e.Do) {
		t.Error("on trial, and it does not run the new file and start with the old one")
	}
	if err := b.Type("+ router id 192.0.2.99"); err != nil {
		t.Fatal(err)
	}
	if text := string(b.Running()); strings.Contains(text, "64509") || !strings.Contains(text, "192.0.2.99") || text != string(b.Startup()) {
		t.Errorf("after an edit of the old file it runs:\n%s", text)
	}
	if err := want(pend.Keep(t.Context()), write.ErrStale); err != nil {
		t.Error(err)
	}
	if err := pend.Undo(t.Context()); err != nil || string(b.Running()) != string(e.Undo) || string(b.Startup()) != string(e.Undo) {
		t.Errorf("%v: it is not as before", err)
	}
	if _, err := w.Apply(t.Context(), f.WriteTarget("r0"), e, write.Hold{For: time.Minute, Tx: "plb-again"}); err != nil {
		t.Fatal(err)
	}
	b.Reboot()
	if string(b.Running()) != string(e.Undo) {
		t.Error("a restart did not lead back")
	}
}

// TestSessionsOfFile: a session is up where its far end answers, and none is where it is off.
func TestSessionsOfFile(t *testing.T) {
	p := platform(t, "bird")
	session := func(name, local, peer, more string) string {
		return "protocol bgp '" + name + "' {\n    local " + local + "as 65001;\n    neighbor " + peer + " as 65001;\n" + more + "    ipv4;\n}\n"
	}
	device := func(n, text string) sim.Device {
		return sim.Device{Name: n, Platform: "bird", Session: p.Session, Dialect: p.Dialect, Running: []byte(text)}
	}
	f, err := sim.Start(t.Context(), []sim.Device{
		device("a", session("bgp-10.0.0.2", "10.0.0.1 ", "10.0.0.2", "")+session("bgp-10.0.0.3", "10.0.0.1 ", "10.0.0.3", "")+session("bgp-192.0.2.1", "", "192.0.2.1", "")+session("byhand", "", "192.0.2.1", "    disabled;\n")),
		device("b", session("bgp-10.0.0.1", "10.0.0.2 ", "10.0.0.1", "")+"protocol ospf v2 ospf4 {\n    area 0.0.0.0 {\n    };\n}\n")},
		sim.Options{Externals: []sim.External{{Address: netip.MustParseAddr("192.0.2.1"), AS: 65001}}})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Stop()
	r := ssh.New(p.Session, f.Logins(), ssh.Options{Timeout: 20 * time.Second})
	defer r.Close()
	for name, want := range map[string]string{
		"a": "map[bgp default 10.0.0.2:true bgp default 10.0.0.3:false bgp default 192.0.2.1:true bgp default byhand:false]",
		"b": "map[bgp default 10.0.0.1:true]",
	} {
		facts, err := r.Probe(t.Context(), f.Target(name), "bgp_summary", "ospf")
		if err != nil || facts[0].Err != nil || facts[1].Err != nil {
			t.Fatal(err, facts)
		}
		b, err1 := health.Shape(p.Health["bgp_summary"]).Read([]byte(facts[0].Text))
		o, err2 := health.Shape(p.Health["ospf"]).Read([]byte(facts[1].Text))
		ups := map[string]bool{}
		for s, is := range health.Join(b, o) {
			ups[s] = is.Up
		}
		if have := fmt.Sprint(ups); have != want || err1 != nil || err2 != nil {
			t.Errorf("%s: %v %v: have %v, want %v", name, err1, err2, have, want)
		}
	}
}
