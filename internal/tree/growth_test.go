package tree_test

import (
	"fmt"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"plumbline/internal/lab"
	"plumbline/internal/replay"
	"plumbline/internal/tree"
	"plumbline/internal/tree/dialect"
)

// TestGrowth holds that no text makes the engine work out of proportion: four times the text
// asks for at most about four times the memory and the work, whatever the text is.
func TestGrowth(t *testing.T) {
	lab.Need(t, "time")
	lines := func(f string) func(n int) string {
		return func(n int) string {
			var b strings.Builder
			for i := range n {
				b.WriteString(strings.ReplaceAll(f, "%", fmt.Sprint(i)) + "\n")
			}
			return b.String()
		}
	}
	once := func(head, f, tail string) func(n int) string {
		return func(n int) string { return head + strings.Repeat(f, n) + tail }
	}
	for name, c := range map[string]struct {
		platform   string
		have, want func(n int) string
	}{
		"equal lines that no rule knows":   {"frr", lines("unknown line"), nil},
		"lines that no rule knows":         {"frr", lines("unknown line %"), lines("unknown word %")},
		"one block again and again":        {"frr", lines("interface eth1\n description x%\nexit"), nil},
		"many blocks":                      {"frr", lines("interface eth%\n description a\nexit"), lines("interface eth%\n description b\nexit")},
		"a list in use":                    {"frr", lines("ip prefix-list P seq % permit 10.0.0.0/8 le 24\nroute-map M permit 1\n match ip address prefix-list P"), nil},
		"a list in use that changes":       {"frr", used("permit 10.%.0/24"), used("permit 10.%.0/24 le 25")},
		"a list in use that moves":         {"frr", used("permit 10.%.0/24"), used("deny 11.%.0/24")},
		"many words":                       {"frr", once("unknown", " word", "\n"), once("unknown", " other", "\n")},
		"many words of a description":      {"frr", once("interface eth1\n description", " word", "\n"), once("interface eth1\n description", " other", "\n")},
		"many words of a list":             {"frr", once("route-map M permit 10\n set as-path prepend", " 65001", "\n"), nil},
		"words behind groups":              {"frr", once("ip route 10.0.0.0/8 192.0.2.1", " 1 tag", "\n"), nil},
		"ends of blocks":                   {"frr", once("", "exit\n", ""), nil},
		"deeper and deeper":                {"frr", deeper, nil},
		"numbers":                          {"ios-xe", once("interface Gi1/0/1\n switchport\n switchport trunk allowed vlan 1", ",3", "\n"), nil},
		"numbers by and by":                {"ios-xe", once("interface Gi1/0/1\n switchport\n switchport trunk allowed vlan 1\n", " switchport trunk allowed vlan add 5\n", ""), nil},
		"ranges":                           {"nx-os", once("", "vlan 1-4000\n", ""), nil},
		"lines under a range":              {"nx-os", once("vlan 1-4000\n", "  name a\n  shutdown\n", ""), nil},
		"one banner again and again":       {"ios-xe", lines("banner motd ^C\ntext %\n^C"), nil},
		"banners that never end":           {"eos", lines("banner motd\ntext %"), nil},
		"a numbered list without numbers":  {"ios-xe", lines("ip access-list extended A\n permit tcp host 192.0.2.1 any eq %"), lines("ip access-list extended A\n permit udp host 192.0.2.1 any eq %")},
		"braces":                           {"junos", once("a", " {", "\n"), nil},
		"braces that close":                {"junos", once("", "}", "\n"), nil},
		"quotes":                           {"junos", once("", `" `, "\n"), nil},
		"remarks that never end":           {"junos", once("", "/* ", "\n"), nil},
		"members of a list":                {"junos", once("protocols { bgp { group g { import [", " A", "]; } } }\n"), nil},
		"members of a list with long head": {"junos", func(n int) string { return strings.Repeat("a", n) + " [" + strings.Repeat(" b", n) + "];\n" }, nil},
		"lines that bar those beside them": {"frr", nets("ip route 10.% 192.0.2.1 5"), nets("ip route 10.% 192.0.2.1 6")},
		"lines that clear those beside":    {"frr", peers("5"), peers("6")},
		"lines that bar those of others":   {"ios-xe", lines("interface Ethernet1/%\n channel-group 1 mode active"), lines("interface Ethernet1/%\n channel-group 2 mode active")},
		"terms that change places":         {"junos", terms("a", "b"), terms("b", "a")},
		"paths":                            {"sr-linux", lines("/interface[name=ethernet-1/%]/description a"), lines("/interface[name=ethernet-1/%]/description b")},
		"keys":                             {"sr-linux", once("/a", "[b=c]", "/d e\n"), nil},
		"members":                          {"sr-linux", func(n int) string { return `{"interface":[` + strings.Repeat(`{"name":"a"},`, n) + `{"name":"b"}]}` }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			d, want := platform(t, c.platform), c.want
			if want == nil {
				want = func(int) string { return "" }
			}
			const n = 1000
			small, fast := work(d, c.have(n), want(n))
			big, slow := work(d, c.have(4*n), want(4*n))
			for range 5 { // the machine may be busy with others, and its clock may be coarse
				if slow <= 9*fast+20_000 {
					break
				}
				_, again := work(d, c.have(n), want(n))
				_, once := work(d, c.have(4*n), want(4*n))
				fast, slow = max(fast, again), min(slow, once)
			}
			if big > 6*small+1<<20 {
				t.Errorf("four times the text takes %d bytes for %d: %.1f times", big, small, float64(big)/float64(small))
			}
			if slow > 9*fast+20_000 {
				t.Errorf("four times the text takes %d µs for %d", slow, fast)
			}
		})
	}
}

// work gives the bytes that all of the engine asks for on its way between two texts, the least of
// some attempts, and the microseconds that it computes, on average over as many attempts as a
// coarse clock needs to count them.
func work(d *dialect.Dialect, have, want string) (size uint64, micros int64) {
	const enough, most = 50_000, 25
	attempts, began := int64(0), computed()
	for attempts < 2 || attempts < most && computed()-began < enough {
		var a, b runtime.MemStats
		runtime.ReadMemStats(&a)
		x, _ := tree.Parse(d, []byte(have))
		y, _ := tree.Parse(d, []byte(want))
		es, _, _ := tree.Diff(x, y, tree.Options{Once: true}) //nolint:errcheck // an order is not what is asked for
		do := tree.Script(d, es)
		from, to := tree.Print(x), tree.Print(y)
		replay.Verify(d, from, to, do, nil)
		runtime.ReadMemStats(&b)
		if grown := b.TotalAlloc - a.TotalAlloc; attempts == 0 || grown < size {
			size = grown
		}
		attempts++
	}
	return size, (computed() - began) / attempts
}

// computed is how long this process has computed, in microseconds, for itself and in the kernel:
// some kernels tell the two apart by guess.
func computed() int64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return (u.Utime.Sec+u.Stime.Sec)*1e6 + int64(u.Utime.Usec+u.Stime.Usec)
}

func used(entry string) func(n int) string {
	return func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "ip prefix-list P seq %d %s\n", 5*i+5, strings.Replace(entry, "%", fmt.Sprintf("%d.%d", i/256, i%256), 1))
		}
		return b.String() + "route-map M permit 10\n match ip address prefix-list P\nexit\n"
	}
}

func nets(route string) func(n int) string {
	return func(n int) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(strings.Replace(route, "%", fmt.Sprintf("%d.%d.0/24", i/256, i%256), 1) + "\n")
		}
		return b.String()
	}
}

func peers(as string) func(n int) string {
	routes := nets(" neighbor P% remote-as " + as)
	return func(n int) string {
		return "router bgp 65000\n" + strings.ReplaceAll(routes(n), ".0/24", "") + "exit\n"
	}
}

func deeper(n int) string {
	var b strings.Builder
	for i := 0; b.Len() < 10*n; i++ {
		b.WriteString(strings.Repeat(" ", i) + "x\n")
	}
	return b.String()
}

func terms(a, b string) func(n int) string {
	return func(n int) string {
		var out strings.Builder
		out.WriteString("policy-options { policy-statement P {\n")
		for i := range n / 4 {
			fmt.Fprintf(&out, "term %s%d { then accept; }\nterm %s%d { then reject; }\n", a, i, b, i)
		}
		return out.String() + "} }\n"
	}
}
