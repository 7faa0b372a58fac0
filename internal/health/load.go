package health

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// Load is how the answer to a question about memory or processors is read: facts out of platform.yaml. Rows
// lead to places where fields stand, by a path or a pattern, as those of a Shape do.
type Load struct {
	Of    string // memory, cpu
	Form  string // json, lines
	Rows  string
	Used  string // the field that says how much is used
	Free  string // or how much is free
	Total string // of how much; "" where the field is in percent
}

// bounds are how much of something may be used before a device is not well, by how many points it may rise on
// one device, and on all of them together, on average. Memory that a device takes it seldom gives back.
// Processors have much to do after a change, and the mean of a minute is asked: they are judged when they are full.
// A change that adds sessions brings what fills memory: there a rise is told, and what is full is judged.
var bounds = map[string]struct{ full, one, all int }{
	"memory": {full: 90, one: 10, all: 5},
	"cpu":    {full: 90, one: 100, all: 20},
}

// load is how the names of what is used begin among the sessions.
const load = "load "

// Read gives how much is used, in percent: the most of all rows. Where no row tells, the device does not, which
// is no error.
func (l Load) Read(text []byte) (Vital, error) {
	most := -1.0
	row := func(field func(string) (string, bool)) {
		if p, ok := l.percent(field); ok {
			most = max(most, p)
		}
	}
	if l.Form == "lines" {
		rows, err := regexp.Compile(l.Rows)
		if err != nil {
			return Vital{}, err
		}
		for _, m := range rows.FindAllStringSubmatch(strings.ReplaceAll(string(text), "\r", ""), -1) {
			row(func(name string) (string, bool) {
				i := rows.SubexpIndex(name)
				return m[max(i, 0)], i > 0
			})
		}
	} else {
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		var root any
		if err := d.Decode(&root); err != nil {
			return Vital{}, fmt.Errorf("no JSON: %q", text[:min(len(text), 60)])
		}
		w := walk{rows: l.Rows, row: func(w *walk, _ any) error { row(w.field); return nil }}
		if err := w.down(root, strings.FieldsFunc(l.Rows, func(r rune) bool { return r == '.' })); err != nil {
			return Vital{}, err
		}
	}
	if most < 0 {
		return Vital{}, nil
	}
	return Vital{Up: true, Counts: map[string]int{"used": int(math.Round(most))}}, nil
}

// percent is how much one row says is used.
func (l Load) percent(field func(string) (string, bool)) (float64, bool) {
	number := func(name string) float64 {
		text, _ := field(name)
		n, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(text), "%"), 64)
		if err != nil || n < 0 || n > math.MaxInt64 { // NaN is neither, and fails below
			return math.NaN()
		}
		return n
	}
	whole, name := 100.0, l.Used
	if l.Total != "" {
		whole = number(l.Total)
	}
	if name == "" {
		name = l.Free
	}
	p := number(name) * 100 / whole
	if l.Used == "" {
		p = 100 - p
	}
	return p, p >= 0 && p <= 100
}

// loaded judges what one device has used.
func (e Expected) loaded(session string, was, is Vital) (bad, told []Finding) {
	b := bounds[strings.TrimPrefix(session, load)]
	n, judged := was.Counts["used"]
	now, there := is.Counts["used"]
	switch {
	case !was.Up || !judged:
		return nil, nil
	case !is.Up || !there:
		return []Finding{{session, "used", "was told before and is not any more"}}, nil
	case now > b.full && n <= b.full:
		return []Finding{{session, "used", fmt.Sprintf("was %d %% and is %d %%; more than %d %% is not well", n, now, b.full)}}, nil
	case now-n > b.one && len(e.Added) == 0:
		return []Finding{{session, "used", fmt.Sprintf("was %d %% and is %d %%; more than %d points more are not well", n, now, b.one)}}, nil
	case now-n > b.all:
		return nil, []Finding{{session, "used", fmt.Sprintf("was %d %% and is %d %%", n, now)}}
	}
	return nil, nil
}
