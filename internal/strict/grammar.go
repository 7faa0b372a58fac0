package strict

import (
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Fault is an error of a scalar type that knows which rule it broke and what to write.
type Fault struct{ ID, Text, Hint string }

// Error gives the sentence.
func (f *Fault) Error() string { return f.Text }

func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
func digit(c byte) bool  { return c >= '0' && c <= '9' }
func alnum(c byte) bool  { return letter(c) || digit(c) }

var reserved = []string{"all", "any", "none", "default", "self", "true", "false", "yes", "no", "on", "off", "null"}

// grammars are the shapes that a field of plain text may ask for with the tag is:"...".
var grammars = map[string]struct {
	ok   func(string) bool
	want string
}{
	"name":     {isName, "a name: up to 40 lower-case letters, digits and single hyphens, a letter first, and no word with a meaning of its own"},
	"platform": {isName, "the name of a folder of templates"},
	"text":     {isText, "text: 1 to 80 letters, digits, blanks and . _ , : / ( ) + @ = -, single blanks, ending in a letter, digit, dot or )"},
	"user":     {isUser, "a login name: up to 32 letters, digits, dot, underscore and hyphen, a letter first"},
	"fqdn":     {isDomain, "a domain name in lower case, without a final dot"},
	"email":    {isEmail, "an e-mail address"},
	"date":     {isDate, "a date that exists, as YYYY-MM-DD"},
	"pin":      {isPin, "a host key: ssh-ed25519, ecdsa-sha2-nistp256 or ssh-rsa and its key, without comment; or spki-sha256: and 64 hexadecimal digits"},
	"spki":     {isSPKI, "spki-sha256: and 64 hexadecimal digits"},
}

// grammar holds a value that was stored to the shape that its field asks for.
func grammar(is string, v reflect.Value, s string) *Fault {
	if low, high, ranged := strings.Cut(is, ".."); ranged {
		return within(v, low, high, s)
	}
	g, known := grammars[is]
	if !known {
		panic("strict: a field asks for the unknown grammar " + is)
	}
	if !g.ok(s) {
		return &Fault{ID: "schema/type", Text: strconv.Quote(s) + " is not " + g.want}
	}
	return nil
}

func within(v reflect.Value, low, high, s string) *Fault {
	var n int64
	if v.CanUint() {
		n = int64(v.Uint())
	} else {
		n = v.Int()
	}
	l, _ := strconv.ParseInt(low, 10, 64)
	h, err := strconv.ParseInt(high, 10, 64)
	if n < l || err == nil && n > h {
		text := "want " + low + " or more, have " + s
		if err == nil {
			text = "want " + low + " to " + high + ", have " + s
		}
		return &Fault{ID: "schema/range", Text: text}
	}
	return nil
}

func canonAddr(a *netip.Addr, s string) *Fault {
	x, err := netip.ParseAddr(s)
	switch {
	case err != nil && isDomain(s) && strings.ContainsFunc(s, func(r rune) bool { return r >= 'a' && r <= 'z' }):
		return &Fault{"schema/type", strconv.Quote(s) + " is a name, and an IP address is wanted", "write the address that the name stands for: what is here has to work when DNS does not"}
	case err != nil:
		return &Fault{ID: "schema/type", Text: strconv.Quote(s) + " is no IP address"}
	case x.Zone() != "" || x.Is4In6():
		return &Fault{ID: "schema/type", Text: strconv.Quote(s) + ": no zones and no mapped addresses"}
	case x.String() != s:
		return &Fault{"schema/not-canonical", strconv.Quote(s) + " is not how this address is written", x.String()}
	}
	*a = x
	return nil
}

func canonPrefix(p *netip.Prefix, s string) *Fault {
	x, err := netip.ParsePrefix(s)
	switch {
	case err != nil:
		return &Fault{ID: "schema/type", Text: strconv.Quote(s) + " is no prefix: want address/length"}
	case x.Addr().Is4In6():
		return &Fault{ID: "schema/type", Text: strconv.Quote(s) + ": no mapped addresses"}
	case x.Masked().String() != s:
		return &Fault{"schema/not-canonical", strconv.Quote(s) + " is not how this prefix is written, or has host bits", x.Masked().String()}
	}
	*p = x
	return nil
}

// isName tells whether s can name an object.
func isName(s string) bool {
	if s == "" || len(s) > 40 || s[0] < 'a' || s[0] > 'z' || s[len(s)-1] == '-' || strings.Contains(s, "--") {
		return false
	}
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == "" && !slices.Contains(reserved, s)
}

func isText(s string) bool {
	if s == "" || len(s) > 80 || !alnum(s[0]) || strings.Contains(s, "  ") {
		return false
	}
	for i := range len(s) {
		if !alnum(s[i]) && strings.IndexByte(" ._,:/()+@=-", s[i]) < 0 {
			return false
		}
	}
	last := s[len(s)-1]
	return alnum(last) || last == '.' || last == ')'
}

func isUser(s string) bool { return part(s) && len(s) <= 32 && letter(s[0]) }

func isDomain(s string) bool {
	for _, label := range strings.Split(s, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' ||
			strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return false
		}
	}
	return len(s) <= 253
}

func isEmail(s string) bool {
	box, host, ok := strings.Cut(s, "@")
	return ok && isDomain(host) && box != "" && strings.Trim(box, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-") == ""
}

func isDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

func isSPKI(s string) bool {
	hex, ok := strings.CutPrefix(s, "spki-sha256:")
	return ok && len(hex) == 64 && strings.Trim(hex, "0123456789abcdef") == ""
}
