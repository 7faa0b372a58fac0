package plan

import (
	"fmt"
	"strings"
	"testing"

	"plumbline/internal/tree"
)

// moved is a session that goes from one device to another: r1 loses it, r2 gets it, and r3
// has one replaced by another.
func moved(t *testing.T) []Input {
	session := func(ip string) string { return " neighbor " + ip + " remote-as 65002\n" }
	bgp := func(ips ...string) string {
		text := "router bgp 65001\n"
		for _, ip := range ips {
			text += session(ip)
		}
		return text + "exit\n"
	}
	one := func(device, live, between, want string) Input {
		in := input(t, device, live, want)
		in.Deployed, in.Stage = []byte(live), Adds
		if between != "" {
			in.Via = []Via{{Adds, tree.Config{Device: device, Dialect: in.Want.Dialect, Text: []byte(between), Origins: in.Want.Origins}}}
			in.Stage = Removes
		}
		return in
	}
	return []Input{
		one("r1", bgp("192.0.2.1", "192.0.2.9"), bgp("192.0.2.1", "192.0.2.9"), bgp("192.0.2.9")),
		one("r2", bgp("192.0.2.9"), "", bgp("192.0.2.1", "192.0.2.9")),
		one("r3", bgp("192.0.2.3"), bgp("192.0.2.3", "192.0.2.4"), bgp("192.0.2.4")),
	}
}

// TestStages holds the law: what goes anywhere goes after all that comes everywhere, each
// step is replayed there and back, and a device on its way is sent the rest of what was
// approved and nothing else.
func TestStages(t *testing.T) {
	p, ds := Make(Header{Waves: []string{"1", "100%"}}, moved(t))
	if ds.Failed() || len(p.Changes) != 3 || !p.Staged() {
		t.Fatalf("%+v %v", p, ds)
	}
	var told []string
	last := map[string]int{} // the last wave that adds, and the first that removes
	for _, c := range p.Changes {
		for _, s := range c.Steps() {
			told = append(told, s.Device+" "+s.Stage+": "+strings.ReplaceAll(string(s.Do), "\n", ";"))
			if s.Stage == Adds {
				last[Adds] = max(last[Adds], s.Wave)
			} else if last[Removes] == 0 || s.Wave < last[Removes] {
				last[Removes] = s.Wave
			}
		}
	}
	want := "r1 removes: router bgp 65001; no neighbor 192.0.2.1;exit;\nr2 adds: router bgp 65001; neighbor 192.0.2.1 remote-as 65002;exit;\n" +
		"r3 adds: router bgp 65001; neighbor 192.0.2.4 remote-as 65002;exit;\nr3 removes: router bgp 65001; no neighbor 192.0.2.3;exit;"
	if got := strings.Join(told, "\n"); got != want || last[Adds] >= last[Removes] || last[Adds] == 0 {
		t.Errorf("waves %v\n%s\nwant\n%s", last, got, want)
	}
	back, err := Decode(p.Encode())
	if err != nil || back.Digest() != p.Digest() {
		t.Errorf("kept and read back: %v", err)
	}
}

// TestContinues holds the law on a device that has its first step behind it.
func TestContinues(t *testing.T) {
	p, _ := Make(Header{}, moved(t))
	c, _ := p.Change("r3")
	again := func(live string, change func(*Input)) Change {
		in := moved(t)[2]
		in.Answer.Live.Text, in.Waves = []byte(live), map[string]int{Adds: c.Parts[0].Wave, Removes: c.Wave}
		change(&in)
		p, ds := Make(Header{}, []Input{in})
		if ds.Failed() || len(p.Changes) != 1 {
			t.Fatalf("%+v %v", p, ds)
		}
		return p.Changes[0]
	}
	same := func(*Input) {}
	both := string(moved(t)[2].Via[0].Text)
	for name, now := range map[string]Change{
		"where it began": again(string(moved(t)[2].Answer.Live.Text), same),
		"on its way":     again(both, same),
	} {
		if !c.Continues(now) {
			t.Errorf("%s: the same change does not count", name)
		}
	}
	for name, now := range map[string]Change{
		"somebody else was there": again(strings.Replace(both, "exit", " neighbor 192.0.2.7 remote-as 65007\nexit", 1), same),
		"another wave":            again(both, func(in *Input) { in.Waves[Removes]++ }),
		"another address":         again(both, func(in *Input) { in.Endpoint = "192.0.2.99:22" }),
		"another timer":           again(both, func(in *Input) { in.Hold = 77 }),
	} {
		if c.Continues(now) {
			t.Errorf("%s: counts as what was approved", name)
		}
	}
	if rest, ok := c.Rest(c.Parts[0].Want); !ok || len(rest.Parts) != 0 || string(rest.Do) != string(c.Do) {
		t.Errorf("what is left: %+v", rest)
	}
	if _, ok := c.Rest(c.Want); ok {
		t.Error("something is left of what is there")
	}
}

// TestThreeStages holds that a device which gains, turns and loses has three steps, each replayed
// for what the one before leaves, and is sent the rest wherever it stopped.
func TestThreeStages(t *testing.T) {
	text := func(asn string, ips ...string) string {
		out := "router bgp 65001\n"
		for _, ip := range ips {
			out += " neighbor " + ip + " remote-as " + asn + "\n"
		}
		return out + "exit\n"
	}
	live, want := text("65002", "192.0.2.1", "192.0.2.2"), text("65003", "192.0.2.1", "192.0.2.3")
	in := input(t, "r1", live, want)
	config := func(text string) tree.Config { c := in.Want; c.Text = []byte(text); return c }
	first := strings.Replace(live, "exit", " neighbor 192.0.2.3 remote-as 65003\nexit", 1)
	second := strings.Replace(want, "exit", " neighbor 192.0.2.2 remote-as 65002\nexit", 1)
	in.Deployed, in.Stage, in.Via = []byte(live), Removes, []Via{{Adds, config(first)}, {Turns, config(second)}}
	p, ds := Make(Header{}, []Input{in})
	if ds.Failed() || len(p.Changes) != 1 {
		t.Fatal(ds)
	}
	c := p.Changes[0]
	var told []string
	for _, s := range c.Steps() {
		told = append(told, fmt.Sprint(s.Wave, " ", s.Stage, ": ", strings.ReplaceAll(strings.TrimSpace(strings.NewReplacer("router bgp 65001\n", "", "exit\n", "").Replace(string(s.Do))), "\n", ";")))
	}
	const steps = "1 adds: neighbor 192.0.2.3 remote-as 65003\n2 turns: neighbor 192.0.2.1 remote-as 65003\n3 removes: no neighbor 192.0.2.2"
	if got := strings.Join(told, "\n"); got != steps {
		t.Errorf("%s\nwant\n%s", got, steps)
	}
	in.Waves = map[string]int{Adds: 1, Turns: 2, Removes: 3}
	for _, on := range []string{first, second} {
		in.Answer.Live.Text = []byte(on)
		if now, ds := Make(Header{}, []Input{in}); ds.Failed() || len(now.Changes) != 1 || !c.Continues(now.Changes[0]) {
			t.Errorf("on its way with\n%s%v %+v", on, ds, now.Changes)
		}
	}
	if back, err := Decode(p.Encode()); err != nil || back.Digest() != p.Digest() {
		t.Errorf("kept and read back: %v", err)
	}
}
