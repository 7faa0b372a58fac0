package validate_test

import (
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"go.yaml.in/yaml/v4"
	"golang.org/x/tools/txtar"

	"plumbline/internal/diag"
	"plumbline/internal/golden"
	"plumbline/internal/pipeline"
	"plumbline/validate"
)

// mutation is one way to write something else at one place of one file.
type mutation struct {
	base  int    // of the corpus
	file  string // of the network
	field string // kind and field, such as link.between.device
	what  string
	text  []byte
	at    diag.Pos
	until int    // where the place is a whole object, its last line
	old   string // what stood there
	in    *yaml.Node
}

// corpus is every example, and every network of a good case.
func corpus(t *testing.T) (out []fstest.MapFS) {
	t.Helper()
	take := func(files fs.FS) {
		m, ok := over(t, files).(fstest.MapFS)
		if !ok {
			t.Fatal("no files")
		}
		net, ds := load(m)
		if ds.Failed() || validate.Run(validate.View{Is: net, Now: today}).Failed() {
			return // a case for a kind alone, which is no whole network
		}
		out = append(out, m)
	}
	examples, err := filepath.Glob("../examples/*/plumbline.yaml")
	if err != nil || len(examples) == 0 {
		t.Fatal(err)
	}
	for _, e := range examples {
		take(os.DirFS(filepath.Dir(e)))
	}
	cases, err := filepath.Glob("../intent/testdata/*/good*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatal(err)
	}
	for _, c := range cases {
		a, err := txtar.ParseFile(c)
		if err != nil {
			t.Fatal(err)
		}
		files, err := txtar.FS(a)
		if err != nil {
			t.Fatal(err)
		}
		take(files)
	}
	return out
}

// mutator finds the places of a file at which something else can be written.
type mutator struct {
	base  int
	file  string
	lines []string
	pool  map[string][]string // what else stands in a field, anywhere in the network
	pools map[string][]string // and in any network
	out   *[]mutation
}

func (m *mutator) replace(n, in *yaml.Node, old, new, field, what string) {
	line := []rune(m.lines[n.Line-1])
	at := n.Column - 1
	if at > len(line) || !strings.HasPrefix(string(line[at:]), old) || old == new {
		return
	}
	lines := slices.Clone(m.lines)
	lines[n.Line-1] = string(line[:at]) + new + string(line[at:])[len(old):]
	m.add(lines, field, what, diag.Pos{File: m.file, Line: n.Line, Col: n.Column}, in, old)
}

func (m *mutator) add(lines []string, field, what string, at diag.Pos, in *yaml.Node, old string) {
	*m.out = append(*m.out, mutation{m.base, m.file, field, what, []byte(strings.Join(lines, "\n")), at, 0, old, in})
}

func raw(n *yaml.Node) string {
	if n.Style&yaml.DoubleQuotedStyle != 0 {
		return strconv.Quote(n.Value)
	}
	return n.Value
}

// values notes what stands in each field.
func values(n *yaml.Node, field string, into map[string][]string) {
	switch n.Kind {
	case yaml.DocumentNode, yaml.SequenceNode:
		for _, c := range n.Content {
			values(c, field, into)
		}
	case yaml.MappingNode:
		for i := 0; i < len(n.Content); i += 2 {
			values(n.Content[i+1], field+"."+n.Content[i].Value, into)
		}
	case yaml.ScalarNode:
		if v := raw(n); !slices.Contains(into[field], v) {
			into[field] = append(into[field], v)
		}
	}
}

func (m *mutator) walk(n, in *yaml.Node, field string) {
	switch n.Kind {
	case yaml.DocumentNode:
		m.walk(n.Content[0], n.Content[0], field)
	case yaml.SequenceNode:
		m.sequence(n, in, field)
		for _, c := range n.Content {
			m.walk(c, in, field)
		}
	case yaml.MappingNode:
		for i := 0; i < len(n.Content); i += 2 {
			k, v := n.Content[i], n.Content[i+1]
			m.key(n, k, v, field)
			m.walk(v, n, field+"."+k.Value)
		}
	case yaml.ScalarNode:
		m.scalar(n, in, field)
	}
}

// key: misspelled, given twice, left out.
func (m *mutator) key(in, k, v *yaml.Node, field string) {
	here := field + "." + k.Value
	for i := range k.Value {
		if i > 0 && i%3 == 1 {
			m.replace(k, in, k.Value, k.Value[:i]+k.Value[i+1:], here, "key typo")
			m.replace(k, in, k.Value, k.Value[:i]+"_"+k.Value[i:], here, "key typo")
		}
	}
	if in.Style&yaml.FlowStyle != 0 || v.Kind != yaml.ScalarNode && v.Style&yaml.FlowStyle == 0 {
		return
	}
	line := m.lines[k.Line-1]
	if !strings.HasPrefix(strings.TrimLeft(line, " "), k.Value) {
		return // behind a dash
	}
	m.add(slices.Insert(slices.Clone(m.lines), k.Line, line), here, "duplicate key", diag.Pos{File: m.file, Line: k.Line + 1, Col: k.Column}, in, "")
	m.add(slices.Insert(slices.Clone(m.lines), k.Line, "  "+line), here, "wrong nesting", diag.Pos{File: m.file, Line: k.Line + 1, Col: k.Column + 2}, in, "")
	m.add(slices.Delete(slices.Clone(m.lines), k.Line-1, k.Line), here, "key left out", diag.Pos{File: m.file, Line: in.Line, Col: in.Column}, in, k.Value)
	gone := &(*m.out)[len(*m.out)-1] // nothing stands there any more: the place is the object
	gone.until = last(in)
	if len(in.Content) == 2 {
		gone.at.Line-- // and there is no object
	}
}

// last is the last line of an object.
func last(n *yaml.Node) int {
	at := n.Line
	for _, c := range n.Content {
		at = max(at, last(c))
	}
	return at
}

// sequence: an element twice, one element instead of the list.
func (m *mutator) sequence(n, in *yaml.Node, field string) {
	if n.Style&yaml.FlowStyle == 0 {
		return
	}
	line := []rune(m.lines[n.Line-1])
	end := strings.IndexByte(string(line[n.Column-1:]), ']')
	if end < 0 {
		return
	}
	all := string(line[n.Column-1:])[:end+1]
	for i, c := range n.Content {
		if c.Kind != yaml.ScalarNode {
			return
		}
		if i == len(n.Content)-1 {
			lines := slices.Clone(m.lines)
			lines[n.Line-1] = string(line[:n.Column-1]) + all[:len(all)-1] + ", " + raw(c) + "]" + string(line[n.Column-1:])[end+1:]
			m.add(lines, field, "duplicate element", diag.Pos{File: m.file, Line: n.Line, Col: n.Column + end + 2}, in, "")
			m.replace(n, in, all, raw(c), field, "list made one value")
			if i > 0 {
				m.replace(n, in, all, all[:strings.LastIndex(all, ",")]+"]", field, "element left out")
			}
		}
	}
	m.replace(n, in, all, "[]", field, "list emptied")
	for i, other := range m.pools[field] {
		if i < 3 && !strings.Contains(all, other) {
			m.replace(n, in, all, all[:len(all)-1]+", "+other+"]", field, "another element")
		}
	}
}

// scalar: of another type, out of range, of another object, and simply another.
func (m *mutator) scalar(n, in *yaml.Node, field string) {
	v := raw(n)
	set := func(what string, news ...string) {
		for _, x := range news {
			m.replace(n, in, v, x, field, what)
		}
	}
	number, err := strconv.Atoi(v)
	switch {
	case err == nil:
		set("wrong type", "abc", "["+v+"]", "1.5", `"`+v+`"`)
		set("out of range", "99999999999", "0", "-1")
		set("another number", strconv.Itoa(number+1), strconv.Itoa(number+2))
	case v == "true" || v == "false":
		set("wrong type", "7", "yes")
		set("another truth", map[string]string{"true": "false", "false": "true"}[v])
	default:
		set("wrong type", "7", "["+v+"]", "true")
		set("misspelled", v+"x", v[:len(v)-1])
	}
	set("wrong nesting", "{a: "+v+"}")
	for i, other := range m.pool[field] {
		if other != v && i < 4 {
			set("as elsewhere", other)
		}
	}
	for i, other := range m.pools[field] {
		if other != v && i < 2 && !slices.Contains(m.pool[field], other) {
			set("as in another network", other)
		}
	}
}

// mutations makes every mutation of every file of the corpus.
func mutations(t *testing.T, all []fstest.MapFS) (out []mutation) {
	t.Helper()
	pools := map[string][]string{} // what stands in a field, in any network
	for _, files := range all {
		for _, f := range files {
			var n yaml.Node
			if err := yaml.Unmarshal(f.Data, &n); err == nil && len(n.Content) > 0 && n.Content[0].Kind == yaml.MappingNode {
				values(&n, n.Content[0].Content[1].Value, pools)
			}
		}
	}
	for i, files := range all {
		pool := map[string][]string{}
		nodes := map[string]*yaml.Node{}
		kinds := map[string]string{}
		for name, f := range files {
			if name != "inventory.yaml" && !strings.HasPrefix(name, "intent/") {
				continue
			}
			var n yaml.Node
			if err := yaml.Unmarshal(f.Data, &n); err != nil {
				t.Fatal(err)
			}
			kind := "inventory"
			if name != "inventory.yaml" {
				kind = n.Content[0].Content[1].Value
			}
			nodes[name], kinds[name] = &n, kind
			values(&n, kind, pool)
		}
		for _, name := range slices.Sorted(maps.Keys(nodes)) {
			m := &mutator{base: i, file: name, lines: strings.Split(string(files[name].Data), "\n"), pool: pool, pools: pools, out: &out}
			m.walk(nodes[name], nodes[name], kinds[name])
		}
	}
	return out
}

// How a refusal shows the place of a mutation, best first.
const (
	exact   = "at its line and column"         // or as the second place of a conflict
	object  = "at another field of its object" // two fields do not fit, and the other one is told
	named   = "where it is used, by its name"  // a name that is gone is told at all its users
	nowhere = "elsewhere"
)

// outcome is what came of a mutation.
type outcome struct {
	taken    bool
	said     bool // a value is written otherwise
	means    bool // a device is meant to be otherwise
	place    string
	panicked string
	rules    string
}

func judge(was pipeline.Meant, files fstest.MapFS, m mutation) (v outcome) {
	defer func() {
		if r := recover(); r != nil {
			v = outcome{panicked: fmt.Sprintf("%v %s", r, debug.Stack())}
		}
	}()
	spoiled := maps.Clone(files)
	spoiled[m.file] = &fstest.MapFile{Data: m.text}
	is, ds := pipeline.Resolve(spoiled)
	if !ds.Failed() {
		ds = append(ds, validate.Run(validate.View{Is: is.Network, Now: today})...)
	}
	if !ds.Failed() {
		said, means := pipeline.Diff(was, is)
		return outcome{taken: true, said: len(said) > 0, means: len(means) > 0}
	}
	best := []string{exact, object, named, nowhere}
	v.place = nowhere
	for _, d := range ds {
		if d.Severity != diag.Fail {
			continue
		}
		v.rules += " " + d.Rule + "@" + d.At.String()
		if p := m.shown(d); slices.Index(best, p) < slices.Index(best, v.place) {
			v.place = p
		}
	}
	return v
}

// shown tells how a finding shows the place of the mutation.
func (m mutation) shown(d diag.Diag) string {
	if m.what == "another element" { // it is the last one of the list
		m.until = m.at.Line
	}
	to := max(m.until, m.at.Line)
	for _, p := range append(slices.Clone(d.Also), d.At) {
		whole := m.until > 0 || strings.HasPrefix(d.Rule, "yaml/") // of text that is no YAML only the line is sure
		if p == m.at || whole && p.File == m.at.File && m.at.Line <= p.Line && p.Line <= to {
			return exact
		}
	}
	two := strings.HasPrefix(m.what, "as ") || strings.HasPrefix(m.what, "another") || m.what == "element left out" || m.what == "out of range"
	for _, p := range append(slices.Clone(d.Also), d.At) {
		if two && p.File == m.at.File && m.in.Line <= p.Line && p.Line <= last(m.in) {
			return object
		}
	}
	if m.old != "" && strings.Contains(d.Text, strings.Trim(m.old, `"`)) {
		return named
	}
	return nowhere
}

// spread takes mutations so that every way of every field comes before any of them comes
// again.
func spread(ms []mutation, most int) (out []mutation) {
	r := rand.New(rand.NewPCG(20261126, 1))
	r.Shuffle(len(ms), func(i, j int) { ms[i], ms[j] = ms[j], ms[i] })
	sorts := map[string][]mutation{}
	for _, m := range ms {
		sorts[m.field+" "+m.what] = append(sorts[m.field+" "+m.what], m)
	}
	for n := 0; len(out) < most && n < len(ms); n++ {
		for _, k := range slices.Sorted(maps.Keys(sorts)) {
			if n < len(sorts[k]) {
				out = append(out, sorts[k][n])
			}
		}
	}
	return out[:min(most, len(out))]
}

const factless = "../docs/without-facts.md"

// TestB1 writes something else at every place of every file: what is refused is refused at
// that place, and what is taken shows in diff A..B: as a value that is written otherwise,
// and as facts of devices, but for the fields of which no device ever hears. Those are a
// page, which -update writes.
func TestB1(t *testing.T) {
	all := corpus(t)
	ms := mutations(t, all)
	most := 6000
	if testing.Short() {
		most = 1500
	}
	if s := os.Getenv("PLUMBLINE_MUTATIONS"); s != "" {
		most, _ = strconv.Atoi(s)
	}
	var were []pipeline.Meant
	for _, files := range all {
		was, ds := pipeline.Resolve(files)
		if ds.Failed() {
			t.Fatal(ds.Err())
		}
		were = append(were, was)
	}
	count := map[string]int{}
	heard := map[string]bool{} // whether any device ever heard of a field
	order := spread(ms, len(ms))
	tried := order[:min(most, len(order))]
	for _, m := range tried {
		v := judge(were[m.base], all[m.base], m)
		count[m.what]++
		where := fmt.Sprintf("network %d, %s: %s, %s", m.base, m.at, m.field, m.what)
		switch {
		case v.panicked != "":
			t.Errorf("%s: panic: %s", where, v.panicked)
		case v.taken && !v.said:
			t.Errorf("%s: taken, and diff A..B tells nothing", where)
		case v.taken:
			count["taken"]++
			heard[unnumbered(m.field)] = heard[unnumbered(m.field)] || v.means
			if !v.means {
				count["taken without facts there"]++
			}
		case v.place == nowhere:
			t.Errorf("%s: refused elsewhere:%s", where, v.rules)
		default:
			count["refused "+v.place]++
		}
	}
	t.Logf("figure: mutations of intent = %d of %d that there are, in %d networks; %v", len(tried), len(ms), len(all), count)
	for _, m := range order[len(tried):] { // before a field is said to have none, all of it is tried
		if f := unnumbered(m.field); strings.HasPrefix(m.what, "a") {
			if any, known := heard[f]; known && !any {
				heard[f] = judge(were[m.base], all[m.base], m).means
			}
		}
	}
	if len(tried) < 5000 && !testing.Short() {
		t.Errorf("%d mutations are fewer than 5000", len(tried))
	}
	var b strings.Builder
	b.WriteString("# Fields without facts\n\nOf these fields no device hears: a change of one is told by `diff A..B` as a value that is written\notherwise, and nothing follows from it. Every other field was seen to change what some device\nshould hold (`go test ./validate -run TestB1 -update`).\n\n")
	for _, f := range slices.Sorted(maps.Keys(heard)) {
		inside := slices.ContainsFunc(slices.Collect(maps.Keys(heard)), func(x string) bool { return strings.HasPrefix(x, f+".") })
		if !heard[f] && !inside {
			fmt.Fprintf(&b, "- `%s`\n", f)
		}
	}
	if most == 6000 {
		golden.Page(t, factless, []byte(b.String()))
	}
}

// unnumbered is a field without the names that people chose as keys.
func unnumbered(field string) string {
	for _, open := range []string{"fabric.asns", "anycast.sites", "label_domain.sids", "vrf.handoffs.addresses"} {
		if strings.HasPrefix(field, open+".") {
			return open
		}
	}
	return field
}
