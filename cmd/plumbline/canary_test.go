package main

import (
	"bytes"
	"compress/zlib"
	"encoding/base32"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"plumbline/internal/forge/forgetest"
	"plumbline/internal/sim"
	"plumbline/internal/suite"
	"plumbline/internal/tree"
	"plumbline/render"
	"plumbline/templates"
)

// canary is a secret that a store of the runner holds and the intent of a peering names.
type canary struct{ value, in string }

// fromStores is held by stores of the runner; intent names where.
var fromStores = []canary{
	{value: "Kanari01plain", in: "as64501"},
	{value: `Kanari02&amp`, in: "as64502"},
	{value: `Kanari03"quote`, in: "as64503"},
	{value: `Kanari04<tag>`, in: "as64504"},
	{value: `Kanari05\back`, in: "as64505"},
	{value: `Kanari06%25`, in: "as64506"},
	{value: "Kanari07`tick", in: "as64507"},
	{value: `Kanari08'it`, in: "as64508"},
	{value: `Kanari09;mark`, in: "as64509"},
	{value: `Kanari10|pipe*_`, in: "as64510"},
}

// held is what devices of each platform hold before anything is pushed, and somebody typed.
var held = map[string]string{
	"frr": `password Kanari11vty
enable password Kanari12enable
key chain old
 key 1
  key-string Kanari13chain
 exit
exit
interface eth9
 ip ospf authentication-key Kanari14ospf
 ip ospf message-digest-key 7 md5 Kanari15ospf
 isis password md5 Kanari16isis
exit
router bgp 64496
 neighbor 198.18.0.199 remote-as 64999
 neighbor 198.18.0.199 password Kanari17neighbor
 neighbor 198.18.0.199 shutdown
exit
router isis old
 area-password md5 Kanari18area
exit
`,
	"ios-xe": `enable secret 5 $1$Kana$Kanari19md5crypt
username old privilege 15 secret 9 $9$Kana$Kanari20scrypt
username older password 7 0822455D0A16Kanari21
snmp-server community Kanari22snmp RO
radius-server host 192.0.2.1 key Kanari23radius
crypto isakmp key Kanari24psk address 192.0.2.2
interface GigabitEthernet3
 ip ospf message-digest-key 1 md5 7 Kanari25md5
`,
	"eos": `username old privilege 15 secret sha512 $6$Kana$Kanari26sha512
snmp-server user old net v3 auth sha Kanari27auth priv aes Kanari28priv
tacacs-server key 7 Kanari29tacacs
`,
	"bird": `protocol device {
}
protocol bgp theirs {
    local as 64496;
    neighbor 198.18.0.199 as 64999;
    disabled;
    password "Kanari32neighbor";
}
protocol ospf v2 old {
    area 0.0.0.0 {
        interface "eth9" {
            authentication cryptographic;
            password "Kanari33ospf" {
                id 7;
            };
        };
    };
}
`,
	"junos": `system {
    root-authentication {
        encrypted-password "$6$Kana$Kanari30root";
    }
}
snmp {
    community Kanari31snmp;
}
`,
}

// TestCanaries holds the law: of thirty-three secrets, in stores and on devices, of every form,
// no byte is in anything that the program prints, posts, signs, journals or commits, and no digest
// by which whoever guesses one could tell.
func TestCanaries(t *testing.T) {
	for _, to := range append(slices.Sorted(maps.Keys(held)), "junos/netconf") {
		platform, _, _ := strings.Cut(to, "/")
		text := held[platform]
		t.Run(to, func(t *testing.T) {
			t.Parallel()
			s := &stage{demo: &demo{dir: t.TempDir(), env: &env{run: run, out: io.Discard, clock: brisk{}}, holds: []byte(text)}, t: t}
			t.Cleanup(s.stop)
			all := regexp.MustCompile(`[^ "\n]*Kanari[^ ";\n]*`).FindAllString(text, -1)
			if s.edited = func(network string) error { return moved(network, to) }; platform == "frr" {
				s.edited = func(network string) error { return peersWithPasswords(network, s.path("secrets")) }
				for _, c := range fromStores {
					all = append(all, c.value)
				}
			}
			s.do(s.start, s.commit)
			f := s.forged("gitea")
			guesses := []string{s.guess(platform)}
			said := s.pushes(all)
			guesses = append(guesses, s.guess(platform))
			said += s.looks(f, platform)
			read := s.told("what was printed or posted", []byte(said), append(all, guesses...)) + s.kept(append(all, guesses...))
			running := string(s.farm.Device(demoRouter).Running())
			for _, v := range all {
				if !strings.Contains(running, v) {
					t.Errorf("%s is not on the device:\n%s", v, running)
				}
			}
			t.Logf("figure: %d secrets in %d bytes that were printed, posted or kept: 0 told", len(all), read)
		})
	}
}

// guess is the digest that whoever guesses every secret of the device could compute.
func (s *stage) guess(platform string) string {
	p, err := render.Find(templates.FS, platform)
	s.must(err)
	t, _ := tree.Parse(p.Dialect, s.farm.Device(demoRouter).Running())
	return fmt.Sprintf("%x", tree.Digest(t))
}

// pushes plans, approves and pushes; at first to a device that refuses, and tells what it knows in
// forms of its own.
func (s *stage) pushes(all []string) string {
	said := s.everyPage() + s.plumb(ok, "diff", "--out", s.path("plan.json"))
	_, err := s.keep(said)
	s.must(err)
	s.do(s.approve, s.merge)
	s.must(s.farm.Device(demoRouter).SetFaults(sim.Fault{Kind: "reject", Text: " ", Says: " " + strings.Join(parroted(all), " "), Times: 1}))
	refused := s.any("push", "--plan", s.plan)
	if !strings.Contains(refused, "refused by the device") || strings.Count(refused, "<secret>") < 8 { // NETCONF tells the first of them
		s.t.Errorf("the device did not tell what it knows:\n%s", refused)
	}
	s.must(s.farm.Device(demoRouter).SetFaults())
	return said + refused + s.plumb(ok, "push", "--plan", s.plan) + s.plumb(ok, "verify")
}

// parroted is what a device may make of secrets that it repeats, round about: the first of each
// form, then the second.
func parroted(all []string) (out []string) {
	for i := range len(forms("")) {
		for _, v := range all {
			if f := forms(v)[i]; !strings.Contains(f, " ") && f != html.EscapeString(v) {
				out = append(out, f)
			}
		}
	}
	return out
}

// type7 is Cisco's.
func type7(value string) string {
	const table = "dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87"
	out := "07"
	for i, c := range []byte(value) {
		out += fmt.Sprintf("%02X", c^table[(7+i)%len(table)])
	}
	return out
}

// looks asks for all that can be said, of a sound device and of ones that echo and break off.
func (s *stage) looks(f *forgetest.Fake, platform string) string {
	box := s.farm.Device(demoRouter)
	s.must(box.Type(suite.Of(s.t, platform).Typed...))
	said := s.everyPage()
	for _, fault := range []sim.Fault{{Kind: "reject", Text: "password"}, {Kind: "evil", Text: "prompt"}, {Kind: "truncate", N: 900}} {
		s.must(box.SetFaults(fault))
		said += s.any("drift") + s.any("push", "--restore", demoRouter)
	}
	for _, c := range f.Comments {
		said += c.Body
	}
	said += fmt.Sprint(f.Statuses, f.Issues, f.Notes)
	if len(said) < 20_000 || platform == "frr" && !strings.Contains(said, "<secret>") {
		s.t.Errorf("only %d bytes were said, or no secret was hidden", len(said))
	}
	return said
}

// everyPage is what the verbs that look say of the network, in every form.
func (s *stage) everyPage() (said string) {
	for _, args := range [][]string{{"check"}, {"render"}, {"render", "--origins"}, {"doctor"}, {"doctor", demoRouter}, {"trust", "scan"}} {
		said += s.any(args...)
	}
	for _, form := range []string{"text", "json", "html", "md"} {
		said += s.plumb(ok, "diff", "-o", form) + s.any("drift", "-o", form)
	}
	return said + s.plumb(ok, "diff", "--commands", "--page", s.path("diff.html"), "--post", "comment,check", "--pr", "7") +
		s.any("drift", "--post", "notice,check", "--page", s.path("drift.html"))
}

// any plays a command, however it ends.
func (s *stage) any(args ...string) string {
	out, _ := s.plumbline(s.t.Context(), ok, args...)
	return out
}

// forms is how a value may stand in an output, as many for each.
func forms(value string) []string {
	quoted, _ := json.Marshal(value)
	b64, colon, percent := base64.StdEncoding.EncodeToString, "", ""
	for _, c := range []byte(value) {
		colon, percent = colon+fmt.Sprintf(":%02x", c), percent+fmt.Sprintf("%%%02X", c)
	}
	return []string{
		strings.Trim(string(quoted), `"`), html.EscapeString(value), url.QueryEscape(value), url.PathEscape(value), fmt.Sprintf("%q", value),
		b64([]byte(value)), b64([]byte("u:" + value)), b64([]byte("me:" + value + "\n")), base64.RawURLEncoding.EncodeToString([]byte("you:" + value)),
		fmt.Sprintf("%x", value), fmt.Sprintf("%X", "u:"+value), strings.TrimPrefix(colon, ":"), percent, type7(value), value,
		base32.StdEncoding.EncodeToString([]byte("me:" + value)), strings.ToLower(base32.HexEncoding.EncodeToString([]byte(value))),
		inTwo(b64([]byte(strings.Repeat(" ", 44)+value)), 64), inTwo(b64([]byte(strings.Repeat(" ", 54)+value)), 76), inTwo(strings.Repeat(".", 72)+value, 80),
	}
}

// inTwo is what a terminal makes of a text that is longer than its line, or a writer of base64.
func inTwo(text string, width int) string {
	width = min(width, len(text))
	return text[:width] + "\r\n" + text[width:]
}

// told reads one text.
func (s *stage) told(where string, text []byte, values []string) int {
	s.t.Helper()
	for _, v := range values {
		all := forms(v)
		if _, end, is := strings.Cut(v, "Kanari"); is {
			all = append(all, "Kanari"+end[:2])
		}
		for _, f := range all {
			f = strings.TrimRight(f, "=")
			if i := bytes.Index(text, []byte(f)); i >= 0 {
				s.t.Errorf("%s: %s stands in it: %.120q", where, v, text[max(0, i-60):])
				break
			}
		}
	}
	return len(text)
}

// kept reads every file of the stage but the stores, Git's objects unpacked.
func (s *stage) kept(values []string) (read int) {
	s.t.Helper()
	s.must(filepath.WalkDir(s.dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && name == s.path("secrets") { // the store is where they may stand
			if err == nil {
				err = fs.SkipDir
			}
			return err
		}
		if !d.Type().IsRegular() {
			return nil
		}
		text, err := os.ReadFile(name)
		if strings.HasSuffix(name, ".pack") {
			s.t.Errorf("%s: packs are not read", name)
		}
		if z, bad := zlib.NewReader(bytes.NewReader(text)); bad == nil {
			if text, err = io.ReadAll(z); err != nil {
				return err
			}
		}
		read += s.told(name, text, values)
		return err
	}))
	return read
}

// peersWithPasswords adds a peering for each secret, and puts the values into the store.
func peersWithPasswords(network, store string) error {
	for i, c := range fromStores {
		text := fmt.Sprintf("kind: peering\nname: %s\nasn: %d\nrelation: peer\nmode: bilateral\nexchange: ix-fra\naddresses: [198.18.0.%d]\n"+
			"irr: AS64500:AS-ALL\nmax_prefixes:\n  ipv4: 10\npassword: secret://local/peers/%s#md5\n", c.in, 64501+i, 101+i, c.in)
		if err := writeFile(filepath.Join(network, "intent", "peering", c.in+".yaml"), []byte(text), 0o644); err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Join(store, "peers", c.in), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(store, "peers", c.in, "md5"), []byte(c.value+"\n"), 0o600); err != nil {
			return err
		}
	}
	return nil
}
