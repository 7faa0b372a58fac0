package render_test

import (
	"fmt"
	"math/bits"
	"net/netip"
	"regexp"
	"strings"
	"testing"

	"plumbline/internal/network"
	"plumbline/internal/tree"
	"plumbline/internal/tree/dialect"
)

// pattern finds one kind of fact: a path of lines with slots, and what the fact is called.
type pattern struct {
	fact string
	path *regexp.Regexp
}

// slot is a value of a line: a word, or with a # a number.
var slot = regexp.MustCompile(`<([a-z]+)>`)

var number = regexp.MustCompile(`<([a-z]+)#>`)

// reading is how facts are found in the text of a platform.
type reading struct {
	patterns []*pattern
	lacks    []*regexp.Regexp // facts that its templates go without
	lists    []inLine
	said     map[string][]string // what paths say, where the same are read again and again; nil remembers nothing
}

// inLine is a list that is read item by item.
type inLine struct{ open, close, between string }

// readFacts reads the facts of a platform: patterns as "FACT :: PATH", "without FACT" and
// "items OPEN CLOSE BETWEEN". In all of them * is a word, and ** in a path anything. A # in a fact is
// how many lines in front of its own say such a fact.
func readFacts(t *testing.T, file string) (r reading) {
	for _, line := range wordsOf(t, file) {
		fact, path, ok := strings.Cut(line, " :: ")
		switch w := strings.Fields(line); {
		case w[0] == "without" && len(w) > 1:
			words := strings.ReplaceAll(regexp.QuoteMeta(strings.Join(w[1:], " ")), `\*`, `[^ ]+`)
			r.lacks = append(r.lacks, regexp.MustCompile("^"+words+"( |$)"))
			continue
		case w[0] == "items" && len(w) == 3:
			r.lists = append(r.lists, inLine{w[1] + " ", " " + w[2], ", "})
			continue
		case w[0] == "items" && len(w) == 4:
			r.lists = append(r.lists, inLine{w[1] + " ", " " + w[2], " " + w[3] + " "})
			continue
		case !ok:
			t.Fatalf("%s: no pattern in %q", file, line)
		}
		path = strings.NewReplacer(`\*\*`, `.*`, `\*`, `[^ ]+`).Replace(regexp.QuoteMeta(path))
		path = slot.ReplaceAllString(path, `(?P<$1>[^ ,"]+)`)
		path = number.ReplaceAllString(path, `(?P<$1>[0-9]+)`)
		r.patterns = append(r.patterns, &pattern{fact: fact, path: regexp.MustCompile("^" + path + "$")})
	}
	return r
}

// items gives a line once for each item of a list in it: one that the platform says, or
// numbers and ranges of them at its end.
func (r reading) items(line string) []string {
	for _, l := range r.lists {
		before, rest, ok := strings.Cut(line, l.open)
		list, after, closed := strings.Cut(rest, l.close)
		if ok && closed {
			out := strings.Split(list, l.between)
			for i := range out {
				out[i] = before + l.open + out[i] + l.close + after
			}
			return out
		}
	}
	at := strings.LastIndexByte(line, ' ') + 1
	if !numbers.MatchString(line[at:]) {
		return []string{line}
	}
	var out []string
	for part := range strings.SplitSeq(line[at:], ",") {
		first, last := 0, 0
		if n, _ := fmt.Sscanf(part, "%d-%d", &first, &last); n == 1 {
			last = first
		}
		for n := first; n <= last; n++ {
			out = append(out, line[:at]+fmt.Sprint(n))
		}
	}
	return out
}

var numbers = regexp.MustCompile(`^[0-9]+([,-][0-9]+)+$`)

// found gives the facts that stand in a configuration. The first pattern that fits a path
// tells which.
func (r reading) found(c tree.Config) map[string]bool {
	out, before := map[string]bool{}, map[string]int{}
	var above []string
	var depths []int
	dialect.Each(c.Dialect, string(tree.Print(c.Root)), func(l dialect.Line) {
		for len(depths) > 0 && depths[len(depths)-1] >= l.Depth {
			above, depths = above[:len(above)-1], depths[:len(depths)-1]
		}
		above, depths = append(above, strings.ReplaceAll(l.Text, "\n", " ")), append(depths, l.Depth)
		for _, fact := range r.says(strings.Join(above, " > ")) {
			if head, tail, ok := strings.Cut(fact, " # "); ok {
				fact = fmt.Sprintf("%s %d %s", head, before[head], tail)
				before[head]++
			}
			out[fact] = true
		}
	})
	return out
}

// says gives the facts of a line, each in full.
func (r reading) says(line string) (out []string) {
	if out, known := r.said[line]; known {
		return out
	}
	for _, path := range r.items(line) {
		for _, fact := range r.facts(path) {
			out = append(out, full(fact))
		}
	}
	if r.said != nil {
		r.said[line] = out
	}
	return out
}

// facts gives what one line says.
func (r reading) facts(path string) []string {
	for _, p := range r.patterns {
		if at := p.path.FindStringSubmatchIndex(path); at != nil && p.fact == "none" {
			return nil
		} else if at != nil {
			return strings.Split(string(p.path.ExpandString(nil, p.fact, path, at)), ", ")
		}
	}
	return nil
}

// known gives the names of the model to what a text knows by numbers alone: broadcast
// domains of VXLAN, and sets of paths.
func known(facts map[string]bool, d *network.Device) map[string]bool {
	var names []string
	if d.EVPN != nil {
		for _, l := range d.EVPN.L2 {
			names = append(names, fmt.Sprintf(" vni:%d ", l.VNI), fmt.Sprintf(" %d ", l.VLAN))
		}
	}
	if d.Policy != nil {
		for _, s := range d.Policy.PathSets {
			names = append(names, fmt.Sprintf(" path:%d ", s.Number()), " "+s.Name+" ")
		}
	}
	out, name := map[string]bool{}, strings.NewReplacer(names...)
	for f := range facts {
		out[strings.TrimSuffix(name.Replace(f+" "), " ")] = true
	}
	return out
}

var dotted = regexp.MustCompile(`/(255|254|252|248|240|224|192|128|0)(\.[0-9]+){3}`)

// families is how platforms call a family.
var families = strings.NewReplacer(" @ip ", " ipv4 ", " @ipv4 ", " ipv4 ", " @inet ", " ipv4 ", " @ipv6 ", " ipv6 ", " @inet6 ", " ipv6 ")

// full says a mask as a length, and the lengths that a prefix leaves open: itself, or as
// long as can be.
func full(fact string) string {
	fact = dotted.ReplaceAllStringFunc(fact, func(mask string) string {
		n := 0
		for _, b := range netip.MustParseAddr(mask[1:]).As4() {
			n += bits.OnesCount8(b)
		}
		return fmt.Sprint("/", n)
	})
	fact = strings.TrimSuffix(families.Replace(fact+" "), " ")
	rest, ok := strings.CutPrefix(fact, "prefix ")
	if !ok {
		return fact
	}
	f := strings.Fields(rest)
	_, own, _ := strings.Cut(f[2], "/")
	all := "32"
	if strings.Contains(f[2], ":") {
		all = "128"
	}
	return "prefix " + strings.NewReplacer("bits", own, "all", all).Replace(strings.Join(f, " "))
}
