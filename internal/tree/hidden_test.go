package tree

import (
	"slices"
	"strings"
	"testing"
)

// TestHidden holds what is told of lines with secrets, by a rule and without one.
func TestHidden(t *testing.T) {
	const text = `hostname r1
snmp-server community s3cret1 ro
enable password 7 s3cret2
key chain one
 key 1
  key-string s3cret3
tacacs-server key "s3cret4"
router bgp 64496
 neighbor 192.0.2.1 remote-as 64500
 neighbor 192.0.2.1 password s3cret5
exit
simple-password s3cret6
privacy-key s3cret7
community s3cret10
frobnicate 1 with $9$s3cret9
archive to ftp://bob:s3cret8@192.0.2.1/r1
exec /usr/bin/agent -cvauth=key,s3cret11 -smashexcludes=ale
snmp-server host 192.0.2.1 traps version 2c s3cret14 udp-port 162
standby 1 authentication s3cret15
vrrp 1 authentication text s3cret16
wpa-psk ascii 0 s3cret17
frob password "a s3cret18"
frob http://192.0.2.1/?token=s3cret19
frob area 0 authentication message-digest
frob bob nopassword role admin
frob authentication-key
 ascii s3cret12
 form
  given s3cret13
frob key chain
 shown 5
route-map a permit 10
 set community 64496:1
exit
`
	have, _ := Parse(frr(t), []byte(text))
	secrets := Secrets(have)
	if want := []string{"$9$s3cret9", "-cvauth=key,s3cret11", "-smashexcludes=ale", "a s3cret18", "ascii", "form", "ftp://bob:s3cret8@192.0.2.1/r1", "given", "http://192.0.2.1/?token=s3cret19", "s3cret1", "s3cret10", "s3cret12", "s3cret13", "s3cret14", "s3cret15", "s3cret16", "s3cret17", "s3cret2", "s3cret3", "s3cret4", "s3cret5", "s3cret6", "s3cret7", "udp-port"}; !slices.Equal(secrets, want) {
		t.Errorf("secrets %q, want %q", secrets, want)
	}
	paths := strings.Join(have.Paths(), "\n")
	if strings.Contains(paths, "s3cret") || strings.Count(paths, Hidden) != 21 {
		t.Errorf("told:\n%s", paths)
	}
	for _, whole := range []string{"set community 64496:1", "key chain one / key 1", "frob key chain / shown 5", "frob area 0 authentication message-digest", "frob bob nopassword role admin", "snmp-server host 192.0.2.1 traps version 2c <", "router bgp 64496"} {
		if !strings.Contains(paths, whole) {
			t.Errorf("%q is hidden:\n%s", whole, paths)
		}
	}
}

// TestHide holds that whole words are hidden, wherever they stand, and nothing else.
func TestHide(t *testing.T) {
	secrets := []string{"a<b", "hunter2", "long secret"}
	for in, want := range map[string]string{
		"password hunter2\n":            "password <secret>\n",
		`{"line":"password hunter2"}`:   `{"line":"password <secret>"}`,
		"'hunter2', then":               "'<secret>', then",
		"password hunter2;":             "password <secret>;",
		"hunter2.":                      "<secret>.",
		"hunter22 xhunter2":             "hunter22 xhunter2",
		"<b>hunter2</b>":                "<b><secret></b>",
		"x long secret y":               "x <secret> y",
		"reader:hunter2 was refused":    "reader:<secret> was refused",
		"http://u:hunter2@h/?k=hunter2": "http://u:<secret>@h/?k=<secret>",
		"http://hunter2:hunter22@h":     "http://<secret>:hunter22@h",
		"":                              "",
		"ünter hunter2 ß":               "ünter <secret> ß",
	} {
		if got := Hide(in, secrets); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// TestHiddenBeside holds that of a line which no rule knows only what may be the secret is hidden
// elsewhere: words of the language and addresses behind it stand in other lines too.
func TestHiddenBeside(t *testing.T) {
	have, _ := Parse(frr(t), []byte("vpn key s3cret1 address 192.0.2.9 tag\nvpn auth md5 key-string 7 s3cret2\nvpn password address\n"))
	if got, want := Secrets(have), []string{"address", "s3cret1", "s3cret2"}; !slices.Equal(got, want) {
		t.Errorf("secrets %q, want %q", got, want)
	}
	if have, _ = Parse(frr(t), []byte("vpn key s3cret1 address 192.0.2.9\n")); len(Secrets(have)) != 1 {
		t.Errorf("secrets %q, want the key alone", Secrets(have))
	}
}
