package replay_test

import (
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"plumbline/internal/replay"
	"plumbline/render"
)

// TestAsideRandom holds that what is taken on paper is proved by devices that have read all: of small
// blocks with lines that stand alone and lines that do not, with commands of all kinds.
func TestAsideRandom(t *testing.T) {
	n := 3000
	if more, err := strconv.Atoi(os.Getenv("PLUMBLINE_PAIRS")); err == nil {
		n = 20 * more
	}
	p, problems := render.Read(os.DirFS("../../templates"), "eos")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	aside, glances := 0, 0
	for seed := range n {
		r := rand.New(rand.NewPCG(uint64(seed), 3))
		have, want, script := blocks(r)
		glance, refused := replay.Brief(p.Dialect, []byte(have), []byte(want), []byte(script))
		if glance && refused != "" {
			t.Fatalf("seed %d: proved at a glance, but %s\nhave:\n%s\nwant:\n%s\nscript:\n%s", seed, refused, have, want, script)
		}
		if glance {
			glances++
			aside += replay.Aside(p.Dialect, []byte(have), []byte(want), []byte(script))
		}
	}
	if aside < n/50 {
		t.Errorf("%d blocks were set aside in %d proofs of %d", aside, glances, n)
	}
	t.Logf("figure: %d blocks set aside in %d proofs of %d", aside, glances, n)
}

// blocks gives two texts and commands that may lead from one to the other.
func blocks(r *rand.Rand) (have, want, script string) {
	pick := func(of string) string { ws := strings.Split(of, ";"); return ws[r.IntN(len(ws))] }
	lines := "mtu 1500;mtu 1600;mtu 9000;mtu 09000;description a;description b;description b  c;speed 100g;speed 40g;" +
		"lacp timer fast;lacp timer normal;shutdown;no shutdown;no switchport;switchport;switchport mode trunk;vrf a;" +
		"ip address 10.0.0.1/24;ip address 10.0.1.1/24;ip address 10.0.2.1/24 secondary;channel-group 1 mode active;" +
		"mtu x;new line;exit;no mtu 9000;switchport trunk allowed vlan 1-9;ip ospf cost 3;isis passive;! a remark"
	for i := range 1 + r.IntN(3) {
		head := "interface " + pick("Ethernet1;Ethernet2;Ethernet3;Et1;Port-Channel1;Loopback0;Vlan1") + "\n"
		have, want, script = have+head, want+head, script+head
		for range r.IntN(5) {
			pad := "   "
			if r.IntN(30) == 0 {
				pad = pick(" ;      ;\t")
			}
			if r.IntN(30) == 0 {
				gap := pick("!\n;\n;exit\n; \n")
				have, want = have+gap, want+gap
			}
			line := pick(lines)
			if have += pad + line + "\n"; r.IntN(3) > 0 {
				want += pad + line + "\n"
				continue
			}
			next := strings.Fields(line)[0] + " " + pick("1600;9000;b;100g;fast;trunk;a")
			switch script += pick("no "+line+"\n;no "+strings.Fields(line)[0]+"\n;;") + next + "\n"; r.IntN(4) {
			case 0:
				script += pick(lines) + "\n"
			case 1:
				want += pad + pick(lines) + "\n"
			default:
				want += pad + next + "\n"
			}
		}
		if r.IntN(3) == 0 {
			line := pick(lines)
			want, script = want+"   "+line+"\n", script+line+"\n"
		}
		if script += "exit\n"; i == 0 && r.IntN(8) == 0 {
			script += pick("no interface Ethernet1;interface Ethernet1\nmtu 1601\nexit;vrf instance a\nexit") + "\n"
		}
	}
	return have, want, script
}
