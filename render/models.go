package render

import (
	"slices"
	"strings"
	"time"

	"plumbline/drivers"
	"plumbline/internal/diag"
	"plumbline/internal/strict"
	"plumbline/internal/tree/dialect"
)

// models is what platform.yaml says of reading through gNMI. Its answers are JSON as RFC 7951
// has it, which the syntax path of a dialect reads as it reads paths.
type models struct {
	Origin   string   `yaml:"origin"`
	Target   string   `yaml:"target"`
	Encoding encoding `yaml:"encoding"`
	Paths    []string `yaml:"paths"`
	Values   values   `yaml:"values,optional"`
	State    string   `yaml:"state"`
	Read     []told   `yaml:"read"`
	Trial    []span   `yaml:"trial,optional"`
	Saves    string   `yaml:"saves,optional"`
}

// told is a question with the words of its answers, where they tell how a session or a port is.
type told struct {
	Name string `yaml:"name"`
	Ask  string `yaml:"ask"`
	Up   string `yaml:"up,optional"`
	Down string `yaml:"down,optional"`
	Off  string `yaml:"off,optional"` // what stands where it is switched off
	Near near   `yaml:"near,optional"`
	Of   way    `yaml:"counts,optional"` // how many routes of these it tells
}

// near is the protocol that sees neighbours.
type near string

// Values lists them: ospf is that of IPv6 where the instance says so.
func (near) Values() []string { return []string{"ospf", "isis"} }

// questions gives them without the words.
func (m *models) questions() (out []question) {
	for _, q := range m.Read {
		out = append(out, question{Name: q.Name, Ask: q.Ask})
	}
	return out
}

// encoding is how values are written.
type encoding string

// Values lists them.
func (encoding) Values() []string { return []string{"json_ietf", "json"} }

// values is how the values of leaves are sent.
type values string

// Values lists them: in the encoding, or as types of gNMI.
func (values) Values() []string { return []string{"encoding", "scalar"} }

// facts gives what a reader needs. Its questions are those of the command line, in paths;
// what health asks must be among them.
func (m *models) facts(p *Platform, src *strict.Source, ds *diag.List) drivers.Models {
	if m == nil {
		return drivers.Models{}
	}
	out := drivers.Models{Origin: m.Origin, Target: m.Target, Encoding: string(m.Encoding), Scalar: m.Values == "scalar", Paths: m.Paths, State: m.State}
	if len(m.Paths) == 0 {
		ds.Failf(src.At(&m.Paths), "platform/gnmi", "no path is read: name those that together are the configuration")
	}
	if len(m.Trial) == 2 && m.Trial[0] <= m.Trial[1] {
		out.Least, out.Most, out.Saves = time.Duration(m.Trial[0]), time.Duration(m.Trial[1]), m.Saves
	} else if len(m.Trial) > 0 {
		ds.Failf(src.At(&m.Trial), "platform/gnmi", "trial holds the shortest and the longest one")
	}
	for i := range m.Paths {
		rooted(&m.Paths[i], src, ds)
	}
	out.Tells = map[string]drivers.Tell{}
	for i := range m.Read {
		q := &m.Read[i]
		rooted(&q.Ask, src, ds)
		if q.Up != "" || q.Of != "" {
			out.Tells[q.Name] = drivers.Tell{Up: q.Up, Down: q.Down, Off: q.Off, Near: string(q.Near), Counts: string(q.Of)}
		}
	}
	out.Read = map[string]string{}
	for i := range m.Read {
		mayAsk(out.Read, &m.Read[i].Name, m.Read[i].Ask, p, src, ds, "platform/gnmi")
	}
	unasked(out.Read, &m.Read, p, src, ds, "platform/gnmi", "path")
	return out
}

func rooted(path *string, src *strict.Source, ds *diag.List) {
	if !strings.HasPrefix(*path, "/") {
		ds.Failf(src.At(path), "platform/gnmi", "a path begins with /; its origin stands beside it")
	}
}

// leaves gives the values that the rules of a dialect of paths know, and how each is written.
// A value that is of the line's key stands beside others: it is one of many.
func leaves(d *dialect.Dialect) map[string]drivers.Leaf {
	out := map[string]drivers.Leaf{}
	var walk func(at string, rules []*dialect.Rule)
	walk = func(at string, rules []*dialect.Rule) {
		for _, r := range rules {
			if len(r.Pattern) == 0 {
				continue
			}
			for _, name := range named(r.Pattern[0]) {
				if leaf, is := leafOf(r.Pattern[1:]); is {
					out[at+"/"+name] = leaf
				}
				walk(at+"/"+name, r.Kids)
			}
		}
	}
	walk("", d.Rules)
	return out
}

// named gives the names that an element of a path may have.
func named(e dialect.Elem) []string {
	if e.Kind == dialect.Literal {
		return []string{e.Word}
	}
	return e.Enum
}

// leafOf is the value that the elements behind a name say; false for a container or an entry.
func leafOf(es []dialect.Elem) (drivers.Leaf, bool) {
	i := slices.IndexFunc(es, func(e dialect.Elem) bool { return e.Kind == dialect.Slot && !strings.HasPrefix(e.Pre, "[") })
	if i < 0 {
		return drivers.Leaf{}, false
	}
	leaf := drivers.Leaf{Kind: "string", Many: !es[i].Value}
	switch e := es[i]; {
	case e.Type == "int" || e.Type == "asn":
		leaf.Kind = "number"
	case e.Type == "enum" && slices.Contains(e.Enum, "true"):
		leaf.Kind = "bool"
	case e.Type == "word":
		leaf.Kind = "digits"
	}
	return leaf, true
}

// answers gives the questions of another transport by name. Each is one of the command line, and
// what health asks is among them.
func answers(read *[]question, p *Platform, src *strict.Source, ds *diag.List, rule, form string) map[string]string {
	out := map[string]string{}
	for i := range *read {
		mayAsk(out, &(*read)[i].Name, (*read)[i].Ask, p, src, ds, rule)
	}
	unasked(out, read, p, src, ds, rule, form)
	return out
}

func mayAsk(out map[string]string, name *string, ask string, p *Platform, src *strict.Source, ds *diag.List, rule string) {
	if _, known := p.Session.Read[*name]; !known {
		ds.Failf(src.At(name), rule, "the question %q is not among those of read", *name)
	}
	out[*name] = ask
}

// unasked sees that what health asks is asked.
func unasked(out map[string]string, read any, p *Platform, src *strict.Source, ds *diag.List, rule, form string) {
	for ask := range p.Health {
		if _, known := out[ask]; !known {
			ds.Failf(src.At(read), rule, "health asks %q, for which there is no %s", ask, form)
		}
	}
}
