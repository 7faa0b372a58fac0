package render

import (
	"bytes"
	"io/fs"
	"reflect"
	"text/template"
	"unicode"

	"plumbline/internal/diag"
	"plumbline/internal/network"
)

// Judge tells what All would say, and how many lines it would give, and keeps no text. It
// fills the templates as their authors wrote them, which is several times faster; a device
// of which something is to be said is rendered in full, so that it is said at its place.
func Judge(n *network.Network, platforms fs.FS) (lines int, ds diag.List) {
	counts := make([]int, len(n.Devices))
	ds = each(n, platforms, func() func(int, *pen, *network.Device, *diag.List) {
		j := judge{pens: map[*pen]map[string]*last{}}
		return func(i int, p *pen, d *network.Device, ds *diag.List) { counts[i] = j.device(p, d, ds) }
	})
	for _, c := range counts {
		lines += c
	}
	return lines, ds
}

// judge is one hand: its templates, and what it saw last of each.
type judge struct {
	pens map[*pen]map[string]*last
	odd  bool // the template has no words for something
	text bytes.Buffer
}

// last is a group of facts that was judged, and how many lines it came to: the next device
// often has the same.
type last struct {
	t     *template.Template
	facts any
	lines int
}

// device gives the number of lines of a device. What is odd about it is told by rendering it.
func (j *judge) device(p *pen, d *network.Device, ds *diag.List) (lines int) {
	full := func() int { return len(p.write(d, ds).Origins) }
	if p.broken || len(d.Leave) > 0 {
		return full()
	}
	v := reflect.ValueOf(*d)
	for i := range v.NumField() {
		f := v.Field(i)
		if f.Kind() != reflect.Pointer || f.IsNil() {
			continue
		}
		n, ok := j.group(p, v.Type().Field(i).Name, f.Interface())
		if !ok {
			return full()
		}
		lines += n
	}
	return lines
}

func (j *judge) group(p *pen, name string, facts any) (int, bool) {
	if j.pens[p] == nil {
		j.pens[p] = map[string]*last{}
	}
	l := j.pens[p][name]
	if l == nil {
		bare := p.bare[name]
		if bare == nil {
			return 0, false
		}
		t, err := bare.Clone()
		if err != nil {
			return 0, false
		}
		say := func(string) string { j.odd = true; return "" }
		l = &last{t: t.Funcs(template.FuncMap{"unsaid": say, "without": say})}
		j.pens[p][name] = l
	}
	if l.facts != nil && reflect.DeepEqual(l.facts, facts) {
		return l.lines, true
	}
	j.odd = false
	j.text.Reset()
	if err := l.t.Execute(&j.text, facts); err != nil || j.odd || j.text.Len() > maxText || bytes.ContainsFunc(j.text.Bytes(), strange) {
		return 0, false
	}
	l.facts, l.lines = facts, 0
	for line := range bytes.Lines(j.text.Bytes()) {
		if len(bytes.TrimSpace(line)) > 0 {
			l.lines++
		}
	}
	return l.lines, true
}

// strange tells characters that a value must not bring, and a template does not hold.
func strange(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }
