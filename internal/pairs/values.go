package pairs

import (
	"fmt"
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

// value gives a slot a value of its type, out of few, so that references hit and keys meet.
func (c *Config) value(r *dialect.Rule, e dialect.Elem) string {
	if given := c.v.of[r][e.Name]; len(given) > 0 {
		return pick(c.r, given)
	}
	n := c.r.IntN(3)
	if name := r.Def; name != nil && slices.Contains(name.Slots, e.Name) && e.Type == "word" {
		return fmt.Sprintf("N%d", n)
	}
	if name := r.Ref; name != nil && slices.Contains(name.Slots, e.Name) && e.Type == "word" {
		return fmt.Sprintf("N%d", n)
	}
	switch e.Type {
	case "enum":
		return pick(c.r, e.Enum)
	case "int":
		return fmt.Sprint(5 + 5*n)
	case "ids":
		return pick(c.r, []string{"10", "20", "10-12", "11,20-22", "10,30-40", "1-99"})
	case "ip":
		return pick(c.r, []string{"192.0.2.1", "192.0.2.2", "192.0.2.3", "2001:db8::1"})
	case "peer":
		return pick(c.r, []string{"192.0.2.1", "192.0.2.2", "192.0.2.3", "N0", "N1"})
	case "prefix":
		return pick(c.r, []string{"10.0.0.0/8", "10.1.0.0/16", "10.2.0.0/16", "192.0.2.0/24"})
	case "ipmask":
		return pick(c.r, []string{"10.0.0.1/24", "10.0.1.1/24", "10.0.2.1/24", "192.0.2.1/31"})
	case "nexthop":
		return pick(c.r, []string{"192.0.2.1", "192.0.2.2", "Null0"})
	case "ifname":
		return c.port(e.Enum)
	case "text":
		return pick(c.r, []string{"one", "two words", "a  b"})
	case "quoted":
		return pick(c.r, []string{"one", `"two words"`, `"x y  z"`})
	case "blob":
		return blob(r, n)
	}
	return c.scalar(e, n)
}

func (c *Config) scalar(e dialect.Elem, n int) string {
	switch e.Type {
	case "asn":
		return fmt.Sprint(65001 + n)
	case "area":
		return pick(c.r, []string{"0.0.0.0", "0.0.0.1"})
	case "community", "rd", "rt":
		return fmt.Sprintf("65000:%d", n)
	case "communities":
		return pick(c.r, []string{"65000:1", "65000:1 65000:2", "65000:2 65000:10"})
	case "list":
		return pick(c.r, []string{"65000", "65000 65000"})
	case "routes":
		return pick(c.r, []string{"any", "10.0.0.0/8", "10.1.0.0/16 exact-match"})
	case "names":
		return pick(c.r, []string{"N0", "N1", "N0 N1"})
	case "mac":
		return fmt.Sprintf("02:00:00:00:00:0%d", n)
	case "port":
		return fmt.Sprint(80 + n)
	case "ace":
		return pick(c.r, []string{"permit ip any any", "permit tcp any any", "deny udp any any"})
	case "wildcard":
		return pick(c.r, []string{"any", "10.0.0.0 0.0.0.255", "10.0.1.0 0.0.0.255"})
	case "secret":
		return fmt.Sprintf("s%d", n)
	}
	return fmt.Sprintf("w%d", n)
}

// port gives an interface of some of the dialect's classes, or of any.
func (c *Config) port(of []string) string {
	var heads []string
	for class, hs := range c.d.Classes {
		if len(of) == 0 || slices.Contains(of, class) {
			heads = append(heads, hs...)
		}
	}
	for _, long := range c.d.Alias {
		if len(of) == 0 || slices.Contains(of, long) {
			heads = append(heads, long)
		}
	}
	for _, class := range of { // a class that is the name of its interfaces
		if c.d.Classes[class] == nil {
			heads = append(heads, class)
		}
	}
	slices.Sort(heads)
	heads = slices.Compact(heads)
	if len(heads) == 0 {
		heads = []string{"eth"}
	}
	start, sign, part := strings.Cut(pick(c.r, heads), "*")
	name := strings.TrimSuffix(start, "-") + fmt.Sprint(1+c.r.IntN(3))
	if part {
		name += sign + fmt.Sprint(10*(1+c.r.IntN(2)))
	}
	return name
}

func blob(r *dialect.Rule, n int) string {
	word, until := strings.CutPrefix(r.Blob, "until:")
	switch {
	case until:
		return fmt.Sprintf("\ntext %d\n%s", n, word)
	case r.Blob == "depth":
		return fmt.Sprintf("%d\n  30%d", n, n)
	}
	return fmt.Sprintf("^C\ntext %d\n^C", n)
}
