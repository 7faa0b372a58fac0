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

// TestBetrayed holds what lines that no rule knows are told as, where words next to a secret tell of it, and that
// words of languages stay.
func TestBetrayed(t *testing.T) {
	for line, want := range map[string]string{
		"frob plaintext s3cret":                         "frob plaintext <secret>",
		"frob cleartext s3cret x":                       "frob cleartext <secret>",
		"frob key-hash sha256 s3cret":                   "frob key-hash <secret>",
		"frob user bob v3-auth sha s3cret":              "frob user bob v3-auth <secret>",
		"frob v3-priv aes s3cret":                       "frob v3-priv <secret>",
		"frob ipsec spi 256 sha1 s3cret":                "frob ipsec spi 256 sha1 <secret>",
		"frob ipsec spi 256 esp null sha1 0 s3cret":     "frob ipsec spi 256 esp <secret>",
		"community s3cret authorization read-only":      "community <secret>",
		"frob community s3cret ro":                      "frob community <secret>",
		"frob pin 4711":                                 "frob pin <secret>",
		"frob hmac-sha-256 Xk3pQ91z":                    "frob hmac-sha-256 <secret>",
		"frob HMAC-SHA-256 7 0822455d0a16544541":        "frob HMAC-SHA-256 7 <secret>",
		"frob sha-1 0822455d0a16544541":                 "frob sha-1 <secret>",
		"frob hash 5e884898da28047151d0e56f8dc62927":    "frob hash <secret>",
		"frob login bob Xk3pQ91z":                       "frob login bob <secret>",
		"frob hash source-ip":                           "",
		"frob login authentication default":             "",
		"frob login block-for 60 attempts 3 within 120": "",
		"frob login on-success GigabitEthernet1":        "",
		"frob algorithm hmac-sha2-256 hmac-sha2-512":    "",
		"frob algorithm sha256 aes128-ctr":              "",
		"frob shaper Xk3pQ91z":                          "",
		"frob shape average 1000000000":                 "",
		"frob pin 12":                                   "",
		"frob match community GOLD exact-match":         "",
		"frob spi 256":                                  "",
	} {
		have, _ := Parse(frr(t), []byte(line+"\n"))
		if want == "" {
			want = line
		}
		if got := strings.Join(have.Paths(), "\n"); got != want {
			t.Errorf("%q is told as %q, want %q", line, got, want)
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
