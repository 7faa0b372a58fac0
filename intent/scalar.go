package intent

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"plumbline/internal/strict"
)

// Name is what an object is called. Rendered identifiers keep it whole.
type Name string

var reserved = []string{"all", "any", "none", "default", "self", "true", "false", "yes", "no", "on", "off", "null"}

// UnmarshalText takes a name as it must be written.
func (n *Name) UnmarshalText(b []byte) error {
	s := string(b)
	ok := len(s) > 0 && len(s) <= 40 && s[0] >= 'a' && s[0] <= 'z' && !strings.HasSuffix(s, "-") && !strings.Contains(s, "--")
	for i := range len(s) {
		ok = ok && (s[i] >= 'a' && s[i] <= 'z' || s[i] >= '0' && s[i] <= '9' || s[i] == '-')
	}
	if !ok {
		return fmt.Errorf("%q is no name: want up to 40 lower-case letters, digits and single hyphens, a letter first", s)
	}
	if slices.Contains(reserved, s) {
		return fmt.Errorf("%q has a meaning of its own and cannot be a name", s)
	}
	*n = Name(s)
	return nil
}

// Interface is a port in the platform's long spelling.
type Interface string

// UnmarshalText takes the name of an interface.
func (x *Interface) UnmarshalText(b []byte) error {
	s := string(b)
	ok := len(s) > 0 && len(s) <= 40 && letter(s[0])
	for i := range len(s) {
		ok = ok && (letter(s[i]) || s[i] >= '0' && s[i] <= '9' || strings.IndexByte("/.:-", s[i]) >= 0)
	}
	if !ok {
		return fmt.Errorf("%q is no interface: want a letter, then letters, digits and / . : -", s)
	}
	*x = Interface(s)
	return nil
}

func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// ASN is an autonomous system number, written as one whole number.
type ASN uint32

// UnmarshalText takes a number of an autonomous system; the dotted form is refused.
func (a *ASN) UnmarshalText(b []byte) error {
	s := string(b)
	if hi, lo, dotted := strings.Cut(s, "."); dotted {
		h, err1 := strconv.ParseUint(hi, 10, 16)
		l, err2 := strconv.ParseUint(lo, 10, 16)
		if err1 == nil && err2 == nil {
			return fmt.Errorf("an AS number is one whole number: write %d", h<<16|l)
		}
	}
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil || strconv.FormatUint(n, 10) != s {
		return fmt.Errorf("%q is no AS number: want a whole number from 1 to 4294967294", s)
	}
	if n == 0 || n == 23456 || n == 65535 || n == 1<<32-1 {
		return fmt.Errorf("AS %d is reserved and belongs to nobody", n)
	}
	*a = ASN(n)
	return nil
}

// special tells whether a system is private or for documentation.
func (a ASN) special() bool {
	return a >= 64496 && a <= 65551 || a >= 4200000000
}

// private tells whether a system is one that every network may use inside.
func (a ASN) private() bool {
	return a >= 64512 && a <= 65534 || a >= 4200000000
}

// notCanonical says how a value is written.
func notCanonical(b []byte, want string) error {
	return &strict.Fault{ID: "schema/not-canonical", Text: fmt.Sprintf("%q is not how this is written: write %s", b, want), Hint: want}
}

// Address is one address in its canonical text.
type Address struct{ netip.Addr }

// UnmarshalText takes an address only as it would be printed.
func (a *Address) UnmarshalText(b []byte) error {
	x, err := netip.ParseAddr(string(b))
	switch {
	case err != nil:
		return fmt.Errorf("%q is no IP address", b)
	case x.Zone() != "" || x.Is4In6():
		return fmt.Errorf("%q: no zones and no mapped addresses", b)
	case x.String() != string(b):
		return notCanonical(b, x.String())
	}
	a.Addr = x
	return nil
}

// Prefix is a subnet in its canonical text, without host bits.
type Prefix struct{ netip.Prefix }

// UnmarshalText takes a prefix only as it would be printed.
func (p *Prefix) UnmarshalText(b []byte) error {
	x, err := netip.ParsePrefix(string(b))
	switch {
	case err != nil:
		return fmt.Errorf("%q is no prefix: want address/length", b)
	case x.Addr().Is4In6():
		return fmt.Errorf("%q: no mapped addresses", b)
	case x.Masked().String() != string(b):
		return notCanonical(b, x.Masked().String())
	}
	p.Prefix = x
	return nil
}

// IfAddr is the address of an interface with the length of its subnet.
type IfAddr struct{ netip.Prefix }

// UnmarshalText takes an address that a host may have.
func (p *IfAddr) UnmarshalText(b []byte) error {
	x, err := netip.ParsePrefix(string(b))
	switch {
	case err != nil || x.Addr().Is4In6():
		return fmt.Errorf("%q is no interface address: want address/length", b)
	case x.String() != string(b):
		return notCanonical(b, x.String())
	case x.Bits() <= x.Addr().BitLen()-2 && x.Masked().Addr() == x.Addr():
		return fmt.Errorf("%q is the network itself: want the address of a host in it", b)
	case x.Addr().Is4() && x.Bits() <= 30 && !x.Contains(x.Addr().Next()):
		return fmt.Errorf("%q is the broadcast address of its network", b)
	}
	p.Prefix = x
	return nil
}

// Seconds is a span of time that is told in seconds alone.
type Seconds int

// UnmarshalText takes a number of seconds with its unit.
func (s *Seconds) UnmarshalText(b []byte) error {
	n, err := span(b, "s", map[string]int{"s": 1, "m": 60, "h": 3600, "d": 86400})
	*s = Seconds(n)
	return err
}

// String gives it as it is written.
func (s Seconds) String() string { return fmt.Sprintf("%ds", int(s)) }

// Millis is a span of time that is told in milliseconds alone.
type Millis int

// UnmarshalText takes a number of milliseconds with its unit.
func (m *Millis) UnmarshalText(b []byte) error {
	n, err := span(b, "ms", map[string]int{"ms": 1, "s": 1000})
	*m = Millis(n)
	return err
}

// String gives it as it is written.
func (m Millis) String() string { return fmt.Sprintf("%dms", int(m)) }

// span takes a whole number and a unit; other units are told in the one of the field.
func span(b []byte, unit string, units map[string]int) (int, error) {
	digits := strings.TrimRight(string(b), "abcdefghijklmnopqrstuvwxyz")
	n, err := strconv.Atoi(digits)
	if err != nil || n < 1 || n > 1<<31-1 || strconv.Itoa(n) != digits {
		return 0, fmt.Errorf("%q is no span of time: want a whole number and %s, as in 300%s", b, unit, unit)
	}
	switch times := units[string(b[len(digits):])]; {
	case string(b[len(digits):]) == unit:
		return n, nil
	case times > 0:
		return 0, notCanonical(b, fmt.Sprintf("%d%s", n*times, unit))
	}
	return 0, fmt.Errorf("%q has no unit of time: want %s, as in 300%s", b, unit, unit)
}

// Text is a short remark that no command line can be led astray by.
type Text string

// UnmarshalText takes printable text without anything that a device could read as more.
func (t *Text) UnmarshalText(b []byte) error {
	s := string(b)
	if len(s) == 0 || len(s) > 80 {
		return errors.New("text has 1 to 80 characters")
	}
	for i := range len(s) {
		if c := s[i]; !letter(c) && (c < '0' || c > '9') && strings.IndexByte(" ._,:/()+@=-", c) < 0 {
			return fmt.Errorf("%q cannot stand in text: use letters, digits, blanks and . _ , : / ( ) + @ = -", s[i:i+1])
		}
	}
	last := s[len(s)-1]
	if s[0] == ' ' || strings.Contains(s, "  ") || !letter(last) && (last < '0' || last > '9') && last != '.' && last != ')' {
		return errors.New("text begins and ends with a letter or digit and holds single blanks")
	}
	*t = Text(s)
	return nil
}

// MAC is a hardware address that we chose ourselves.
type MAC string

// UnmarshalText takes six octets in lower case, locally administered and of one station.
func (m *MAC) UnmarshalText(b []byte) error {
	s := string(b)
	ok := len(s) == 17
	for i := range len(s) {
		if i%3 == 2 {
			ok = ok && s[i] == ':'
		} else {
			ok = ok && strings.IndexByte("0123456789abcdef", s[i]) >= 0
		}
	}
	switch {
	case !ok:
		return fmt.Errorf("%q is no MAC address: want xx:xx:xx:xx:xx:xx in lower case", s)
	case strings.IndexByte("26ae", s[1]) < 0:
		return fmt.Errorf("%q is not ours to choose: its second digit must be 2, 6, a or e", s)
	}
	*m = MAC(b)
	return nil
}

// IRRSet is the name of a set in an Internet routing registry.
type IRRSet string

// UnmarshalText takes AS64500, AS-NAME or AS64500:AS-NAME.
func (s *IRRSet) UnmarshalText(b []byte) error {
	parts := strings.Split(string(b), ":")
	ok := len(parts) <= 4
	named := len(parts) == 1
	for _, p := range parts {
		rest, isAS := strings.CutPrefix(p, "AS")
		name, isSet := strings.CutPrefix(rest, "-")
		named = named || isSet
		ok = ok && isAS && rest != "" && name != ""
		for i := range len(name) {
			c := name[i]
			ok = ok && (c >= '0' && c <= '9' || isSet && (c >= 'A' && c <= 'Z' || c == '_' || c == '-'))
		}
	}
	if !ok || !named {
		return fmt.Errorf("%q is no registry set: want AS64500, AS-NAME or AS64500:AS-NAME", b)
	}
	*s = IRRSet(b)
	return nil
}

// Speed is how fast a port is.
type Speed string

// Values are the speeds that ports have.
func (Speed) Values() []string {
	return strings.Fields("100M 1G 2.5G 10G 25G 40G 50G 100G 200G 400G 800G")
}
