package replay

import (
	"os"
	"slices"
	"strings"
	"testing"

	"plumbline/internal/tree/dialect"
)

func frr(t testing.TB) *dialect.Dialect { return platform(t, "frr") }

func platform(t testing.TB, name string) *dialect.Dialect {
	t.Helper()
	text, err := os.ReadFile("../../templates/" + name + "/dialect.rules")
	if err != nil {
		t.Fatal(err)
	}
	d, problems := dialect.Read(name, text)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return d
}

const speaker = `interface eth1
 ip address 192.0.2.1/24
exit
router bgp 65001
 neighbor 192.0.2.2 remote-as 65002
 neighbor 192.0.2.2 description one
 address-family ipv4 unicast
  neighbor 192.0.2.2 route-map IN in
 exit-address-family
exit
ip prefix-list P seq 5 permit 10.0.0.0/8 le 24
route-map IN permit 10
 match ip address prefix-list P
exit
`

// TestDo holds what FRR was seen to do with single commands.
func TestDo(t *testing.T) {
	for name, c := range map[string]struct {
		script, refused, has, hasNot string
	}{
		"overwrite":             {script: "interface eth1\ndescription a\ndescription b", has: "description b", hasNot: "description a"},
		"undo by key":           {script: "router bgp 65001\nno neighbor 192.0.2.2 description", hasNot: "description one"},
		"undo with the value":   {script: "interface eth1\nno ip address", refused: "Unknown command"},
		"a neighbour owns":      {script: "router bgp 65001\nno neighbor 192.0.2.2", hasNot: "192.0.2.2"},
		"in place":              {script: "router bgp 65001\nneighbor 192.0.2.2 remote-as 65003", has: "description one"},
		"second AS":             {script: "router bgp 65009", refused: "is there already"},
		"unknown neighbour":     {script: "router bgp 65001\nneighbor 192.0.2.9 description x", refused: "remote-as"},
		"parent mode":           {script: "router bgp 65001\nip route 10.0.0.0/8 192.0.2.9\nneighbor 192.0.2.2 description x", refused: "Unknown command", has: "ip route 10.0.0.0/8 192.0.2.9"},
		"unknown":               {script: "router rip", refused: "Unknown command"},
		"incomplete":            {script: "ip prefix-list", refused: "incomplete"},
		"host bits":             {script: "ip prefix-list P seq 10 permit 10.1.2.3/16", has: "permit 10.1.0.0/16"},
		"an interface is fixed": {script: "no interface eth1", refused: "inactive"},
		"default is hidden":     {script: "router bgp 65001\nno bgp ebgp-requires-policy\nbgp ebgp-requires-policy", hasNot: "ebgp-requires-policy"},
		"off is shown":          {script: "router bgp 65001\nno bgp ebgp-requires-policy", has: "no bgp ebgp-requires-policy"},
		"same entry elsewhere":  {script: "ip prefix-list P seq 10 permit 10.0.0.0/8 le 24", hasNot: "seq 10"},
		"asdot":                 {script: "router bgp 65001\nneighbor 192.0.2.2 remote-as 1.1", has: "remote-as 65537"},
	} {
		t.Run(name, func(t *testing.T) {
			dev := New(frr(t), []byte(speaker))
			var err error
			for line := range strings.Lines(c.script) {
				if err = dev.Do(strings.TrimSpace(line)); err != nil {
					break
				}
			}
			switch {
			case c.refused == "" && err != nil:
				t.Errorf("refused: %v", err)
			case c.refused != "" && (err == nil || !strings.Contains(err.Error(), c.refused)):
				t.Errorf("want a refusal with %q, have %v", c.refused, err)
			}
			text := string(dev.Text())
			if c.has != "" && !strings.Contains(text, c.has) || c.hasNot != "" && strings.Contains(text, c.hasNot) {
				t.Errorf("want %q and not %q, have:\n%s", c.has, c.hasNot, text)
			}
		})
	}
}

// TestShown holds the law: what a device shows, it takes back as the same.
func TestShown(t *testing.T) {
	d := frr(t)
	dev := New(d, []byte(speaker))
	if got := string(dev.Text()); got != speaker {
		t.Errorf("have:\n%s", got)
	}
	if got := New(d, dev.Text()).normal(); !slices.Equal(got, dev.normal()) {
		t.Errorf("read again:\n%s", got)
	}
}

// TestVerify holds what a proof is worth: each fault of a plan is named.
func TestVerify(t *testing.T) {
	want := strings.Replace(speaker, "description one", "description two", 1)
	do, undo := "router bgp 65001\n neighbor 192.0.2.2 description two\nexit\n", "router bgp 65001\n neighbor 192.0.2.2 description one\nexit\n"
	for name, c := range map[string]struct {
		want, do, undo string
		kind           Reason
	}{
		"good":           {want, do, undo, ""},
		"wrong end":      {want, "", undo, WrongEnd},
		"wrong way back": {want, do, "", WrongEnd},
		"refused":        {want, "router bgp 1\n" + do, undo, Held},
		"idle":           {want, "interface eth1\n ip address 192.0.2.1/24\nexit\n" + do, undo, Ignored},
		"dangling": {strings.Replace(speaker, "ip prefix-list P seq 5 permit 10.0.0.0/8 le 24\n", "", 1),
			"no ip prefix-list P seq 5\n", "ip prefix-list P seq 5 permit 10.0.0.0/8 le 24\n", Unsafe},
		"filter gone for a moment": {want, "router bgp 65001\naddress-family ipv4 unicast\nno neighbor 192.0.2.2 route-map IN in\nneighbor 192.0.2.2 route-map IN in\nexit-address-family\nneighbor 192.0.2.2 description two\n", undo, Unsafe},
	} {
		proof, refusals := Verify(frr(t), []byte(speaker), []byte(c.want), []byte(c.do), []byte(c.undo))
		if proof.Holds() != (c.kind == "") {
			t.Errorf("%s: proof %v, %v", name, proof, refusals)
		}
		if c.kind != "" && (len(refusals) == 0 || refusals[0].Kind != c.kind) {
			t.Errorf("%s: want %s, have %v", name, c.kind, refusals)
		}
	}
}

// TestNestedFilter holds that each neighbour has its own filter where neighbours are blocks:
// one that has lost it is named, whatever the one beside it has.
func TestNestedFilter(t *testing.T) {
	const two = "feature bgp\nroute-map IN permit 10\nrouter bgp 65001\n" +
		"  neighbor 192.0.2.1\n    remote-as 65002\n    address-family ipv4 unicast\n      route-map IN in\n" +
		"  neighbor 192.0.2.5\n    remote-as 65005\n    address-family ipv4 unicast\n      route-map IN in\n"
	d := platform(t, "nx-os")
	for name, c := range map[string]struct {
		do   string
		kind Reason
	}{
		"gone for a moment": {"router bgp 65001\nneighbor 192.0.2.1\naddress-family ipv4 unicast\nno route-map IN in\nroute-map IN in\n", Unsafe},
		"made anew":         {"router bgp 65001\nno neighbor 192.0.2.1\nneighbor 192.0.2.1\nremote-as 65002\naddress-family ipv4 unicast\nroute-map IN in\n", ""},
	} {
		refusals, _ := New(d, []byte(two)).steps(New(d, []byte(two)), New(d, []byte(two)), commands(d, c.do), false)
		if kind := append(refusals, Refusal{})[0].Kind; kind != c.kind {
			t.Errorf("%s: want %q, have %v", name, c.kind, refusals)
		}
	}
}

// FuzzDo holds the law: no line makes a device panic, and what it shows it can read.
func FuzzDo(f *testing.F) {
	f.Add("router bgp 65001\nno neighbor 192.0.2.2\nexit")
	f.Add("no no no\nexit\nexit\n<\n")
	d := frr(f)
	f.Fuzz(func(t *testing.T, script string) {
		dev := New(d, []byte(speaker))
		for line := range strings.Lines(script) {
			_ = dev.Do(line)
		}
		_ = New(d, dev.Text()).Mode()
	})
}

// TestTextIsEnded holds that a text which is sent whole is there only with the word that ends it.
func TestTextIsEnded(t *testing.T) {
	d := platform(t, "ios-xr")
	const begun = "route-policy P\n  pass\n"
	for script, want := range map[string]Reason{begun: WrongEnd, begun + "end-policy\n": ""} {
		var got Reason
		if out := Check(d, "", begun+"end-policy\n", []byte(script)); len(out) > 0 {
			got = out[0].Kind
		}
		if got != want {
			t.Errorf("%q: want %q, have %q", script, want, got)
		}
	}
}
