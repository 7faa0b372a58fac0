package form

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"
)

// spellings is how others may write a secret; Type7 and Nine in test data of their own.
func spellings(s string) map[string]string {
	quoted, _ := json.Marshal(s)
	twice, _ := json.Marshal(string(quoted))
	inner := func(b []byte) string { return string(b[1 : len(b)-1]) }
	every := func(format string) (out string) {
		for _, c := range []byte(s) {
			out += fmt.Sprintf(format, c)
		}
		return out
	}
	all := map[string]string{
		"base64":              base64.StdEncoding.EncodeToString([]byte(s)),
		"base64 url, raw":     base64.RawURLEncoding.EncodeToString([]byte(s)),
		"base64 of a login":   base64.StdEncoding.EncodeToString([]byte("admin:" + s)),
		"base64, in a URL":    url.QueryEscape(base64.StdEncoding.EncodeToString([]byte("x:" + s))),
		"base64, in a page":   html.EscapeString(base64.StdEncoding.EncodeToString([]byte("me:" + s + "\n"))),
		"base64 url, longer":  base64.URLEncoding.EncodeToString([]byte(`{"p": "` + s + `", "q": 1}`)),
		"hex":                 hex.EncodeToString([]byte(s)),
		"HEX":                 "0x" + strings.ToUpper(hex.EncodeToString([]byte(s))),
		"hex, pairs":          strings.TrimSuffix(every("%02X:"), ":"),
		"hex, blanks":         strings.TrimSuffix(every("%02x "), " "),
		"hex, of a login":     hex.EncodeToString([]byte("admin:" + s)),
		"percent, all of it":  every("%%%02x"),
		"percent, with a key": "k%3D" + url.QueryEscape(s) + "%26",
		"JSON in JSON":        inner(twice),
		"JSON by numbers":     every(`\u%04x`),
		"C":                   every(`\x%02x`),
		"octal":               every(`\%03o`),
		"HTML by numbers":     every("&#%d;"),
		"HTML by hex":         every("&#x%x;"),
		"JSON in HTML":        html.EscapeString(`{\"key\":\"` + inner(quoted) + `\"}`),
	}
	for how, e := range map[string]*base32.Encoding{"base32": base32.StdEncoding, "base32, raw": base32.StdEncoding.WithPadding(base32.NoPadding), "base32 hex": base32.HexEncoding} {
		for i := range 5 {
			all[fmt.Sprint(how, " behind ", i)] = e.EncodeToString([]byte("::::"[:i] + s + ":"))
		}
		all[how+" of a login"], all[how+", small"] = e.EncodeToString([]byte("admin:"+s)), strings.ToLower(e.EncodeToString([]byte("x:"+s)))
	}
	for _, width := range []int{64, 76} {
		for _, end := range []string{"\n", "\r\n", "\n    ", " "} {
			for i := range 6 {
				text := base64.StdEncoding.EncodeToString([]byte(strings.Repeat(":", width*3/4-i) + s + strings.Repeat(":", 70)))
				all[fmt.Sprintf("base64, %d wide with %q, %d before", width, end, i)] = wrapped(text, width, end)
			}
			all[fmt.Sprintf("base32, %d wide with %q", width, end)] = wrapped(base32.StdEncoding.EncodeToString([]byte(strings.Repeat(":", width*5/8-2)+s)), width, end)
			all[fmt.Sprintf("hex, %d wide with %q", width, end)] = wrapped(hex.EncodeToString([]byte(strings.Repeat(":", width/2-2)+s)), width, end)
		}
	}
	for i := 1; i < len(s); i++ {
		all[fmt.Sprint("cut by a terminal at ", i)], all[fmt.Sprint("cut and set in at ", i)] = s[:i]+"\r\n"+s[i:], s[:i]+"\n\t  "+s[i:]
		all[fmt.Sprint("cut, and a blank made of it, at ", i)] = s[:i] + " " + s[i:]
	}
	all["cut, in JSON"] = inner([]byte(fmt.Sprintf("%q", s[:2]+"\r\n"+s[2:])))
	if strings.Contains(s, "'") {
		all["YAML"] = strings.ReplaceAll(s, "'", "''")
		all["shell"] = strings.ReplaceAll(s, "'", `'\''`)
	}
	if strings.Trim(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") != "" {
		all["percent"], all["percent, path"] = every("%%%02X"), strings.NewReplacer("%", "%25", "&", "%26", "'", "%27", `"`, "%22", "/", "%2F", "<", "%3C", `\`, "%5C", "+", "%2B", "~", "%7E").Replace(s)
	}
	return all
}

// wrapped cuts a text into lines.
func wrapped(text string, width int, end string) (out string) {
	for ; len(text) > width; text = text[width:] {
		out += text[:width] + end
	}
	return out + text
}

var hard = []string{"hunter2hunter2", "cisco", "Pa55", `a"quote'd`, `it's&that`, `back\slash`, "100%sure", "<tagged>", "+/plus==", "~~~~~~"}

// TestDerived holds that a secret is found in whatever form and surroundings, and that what stands
// around it stays.
func TestDerived(t *testing.T) {
	x := NewIndex(hard)
	for _, s := range hard {
		for how, spelled := range spellings(s) {
			if spelled == s {
				continue
			}
			for _, text := range []string{"%s", "user carol: (%s) refused", `{"text":"%s"}`, "<td>%s</td>", "a=%s;", "%s\n"} {
				head, tail, _ := strings.Cut(text, "%s")
				got := x.Hide(head+spelled+tail, "<secret>")
				if !strings.Contains(got, "<secret>") || !strings.HasPrefix(got, head) || !strings.HasSuffix(got, tail) || left(got, s, spelled) {
					t.Errorf("%q in %s, %q: %q", s, how, head+spelled+tail, got)
				}
			}
		}
	}
}

// left tells whether the end of a spelling is still there.
func left(got, secret, spelled string) bool {
	_, rest, _ := strings.Cut(got, "<secret>")
	return strings.Contains(rest, "<secret>") || strings.Contains(got, spelled) || strings.Contains(got, secret)
}

// TestTurned holds the forms of vendors, whatever their salt, and that a secret which is kept in
// one of them is found by what it says.
func TestTurned(t *testing.T) {
	for _, c := range []struct{ secret, text, want string }{
		{"cisco", "password 7 0822455D0A16", "password 7 <secret>"},
		{"cisco", "password 7 0822455d0a16, was refused", "password 7 <secret>, was refused"},
		{"cisco", "key7=0822455D0A16;", "key7=<secret>;"},
		{"netscreen", `secret "$9$41JDk5T3CpBFnCuB1rl8X7-VYq.5"; ## SECRET-DATA`, `secret "<secret>"; ## SECRET-DATA`},
		{"netscreen", "got $9$41JDk5T3CpBFnCuB1rl8X7-VYq.5.", "got <secret>."},
		{"0822455D0A16", "the key Y2lzY28= is old", "the key <secret>= is old"},
		{"0822455D0A16", "the key MDgyMjQ1NUQwQTE2 is old", "the key <secret> is old"},
		{"$9$41JDk5T3CpBFnCuB1rl8X7-VYq.5", "the key bmV0c2NyZWVu is old", "the key <secret> is old"},
	} {
		if got := NewIndex([]string{c.secret}).Hide(c.text, "<secret>"); got != c.want {
			t.Errorf("%s in %q: %q, want %q", c.secret, c.text, got, c.want)
		}
	}
}

// TestUnhidden holds what is no form of a secret: words as they are, parts of other words, what is
// too short, and numbers that look like forms.
func TestUnhidden(t *testing.T) {
	x := NewIndex([]string{"ro", "abc", "public", "cisco", "priv", "aaaaaa", "router"})
	for _, text := range []string{
		"snmp-server community public ro", "republic public", "republic%20of", "%20priviledge%20", "cm8=", "YWJj", "20726f", "%72%6f",
		hex.EncodeToString([]byte("xciscox")), base64.StdEncoding.EncodeToString([]byte("priviledged")), base64.StdEncoding.EncodeToString([]byte("san francisco")),
		"aaaa\nbb", "publi\n", "\npublic\n", "router\npublic", "republ\r\nic", "re pub licans", "pub\n\nisher", "\n", "\r\n\r\n", base32.StdEncoding.EncodeToString([]byte("priviledged")),
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "10:00:00 2026-11-27", "192.0.2.1 198.51.100.7 2001:db8::1", "02:00:5e:10:00:01",
		"&amp;&lt;&#39;", `\\\\\"`, "''''''", `""""""`, "100%", `\`, "&#", "&#x", "%", "%4", "$9$", "$9$$9$", "07", "0822455D0A", "", "\x00\xff",
	} {
		if got := x.Hide(text, "<secret>"); got != text {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// TestRandom holds that random bytes, written in each form, are never taken for one of many
// secrets, and that a secret among them is.
func TestRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	var secrets []string
	for range 2000 {
		secrets = append(secrets, fmt.Sprintf("%x", r.Uint64())[:8+r.IntN(6)])
	}
	x := NewIndex(secrets)
	noise := make([]byte, 30_000)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	for _, text := range []string{hex.EncodeToString(noise), base64.StdEncoding.EncodeToString(noise), base32.StdEncoding.EncodeToString(noise), wrapped(base64.StdEncoding.EncodeToString(noise), 76, "\r\n"), url.QueryEscape(string(noise)), fmt.Sprintf("%q", noise)} {
		if got := x.Hide(text, "<secret>"); got != text {
			t.Errorf("something is hidden in noise: %.60q", text)
		}
	}
	for _, s := range secrets {
		text := base64.StdEncoding.EncodeToString([]byte(string(noise[:r.IntN(20)]) + s + string(noise[:r.IntN(20)])))
		if got := x.Hide(text, "<secret>"); got == text {
			t.Errorf("%s is not found in %s", s, text)
		}
	}
}

// FuzzHide holds that no text stops it, and that what it leaves holds no form of the secret.
func FuzzHide(f *testing.F) {
	f.Add("hunter2hunter2", "user %3Ahunter2%20 aHVudGVyMg== &#39; \\u0041")
	f.Fuzz(func(t *testing.T, secret, text string) {
		x := NewIndex([]string{secret})
		x.Hide(text, "")
		if len(secret) < whole || len(secret) > most || strings.ContainsFunc(secret, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return
		}
		for how, spelled := range spellings(secret) {
			if got := x.Hide("("+spelled+")", ""); strings.Contains(got, spelled) && spelled != secret && !strings.Contains(secret, `\`) {
				t.Errorf("%q in %s is left: %q", secret, how, got)
			}
		}
	})
}

// BenchmarkHide is one of the figures of the page of secrets: a page of a megabyte, a thousand secrets.
func BenchmarkHide(b *testing.B) {
	var secrets []string
	for i := range 1000 {
		secrets = append(secrets, fmt.Sprintf("secret-%04d-of-a-device", i))
	}
	x := NewIndex(secrets)
	line := `{"device":"edge1-fra","text":"router bgp 64496 / neighbor 192.0.2.1 description \"to ams & back\"","digest":"e3b0c44298fc1c149afbf4c8996fb924"}` + "\n"
	text := strings.Repeat(line, 1<<20/len(line))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		x.Hide(text, "<secret>")
	}
}
