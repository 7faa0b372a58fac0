package render

import (
	"regexp"
	"slices"
	"strings"

	"plumbline/internal/diag"
	"plumbline/internal/strict"
)

// Vital is how the answer to a question is read for the sessions that it tells of.
type Vital struct {
	Form  string // json, lines
	Rows  string // path or pattern of the sessions
	Head  string // lines: what an answer that is understood fits
	None  string // answers that mean: no sessions
	Name  string // of a session
	State string // json: the field that tells how it is, or {field}s put together
	Up    string // a good state
	Off   string // where the device refuses the question: another one, whose answer
	Like  string // is like this where what is asked for is switched off, so that there are no sessions
	Of    string // the question whose sessions it tells counts of, and nothing else
	// Where an answer tells how many routes go over a session.
	Counts []Count
	Apart  string // a pattern of names that are not judged
}

// Count is where numbers stand: rows within a session, the field, and what it is called.
type Count = struct{ Rows, Name, Field string }

type vital struct {
	Ask    string  `yaml:"ask"`
	Form   form    `yaml:"form"`
	Rows   string  `yaml:"rows"`
	Head   string  `yaml:"head,optional"`
	None   string  `yaml:"none,optional"`
	Name   string  `yaml:"name"`
	State  string  `yaml:"state,optional"`
	Up     string  `yaml:"up,optional"`
	Of     string  `yaml:"of,optional"`
	Counts []count `yaml:"counts,optional"`
	Off    *off    `yaml:"off,optional"`
	Apart  string  `yaml:"apart,optional"`
}

// off is how a device tells that what a question is about is switched off.
type off struct {
	Ask  string `yaml:"ask"`
	Like string `yaml:"like"`
}

type count struct {
	Rows  string `yaml:"rows,optional"`
	Name  string `yaml:"name"`
	Field string `yaml:"field"`
}

// way is the word that a count begins with.
type way string

// Values lists them.
func (way) Values() []string { return []string{"received", "accepted", "advertised"} }

// form is the form of an answer.
type form string

// Values lists them.
func (form) Values() []string { return []string{"json", "lines"} }

// facts checks what can be checked without an answer.
func (v *vital) facts(src *strict.Source, ds *diag.List) Vital {
	patterns := []*string{&v.Head, &v.None, &v.Up, &v.Apart}
	if v.Off != nil {
		patterns = append(patterns, &v.Off.Like)
	}
	if v.Form == "lines" {
		patterns = append(patterns, &v.Rows)
	}
	for _, p := range patterns {
		if _, err := regexp.Compile(*p); err != nil {
			ds.Failf(src.At(p), "platform/health", "not a pattern: %v", err)
		}
	}
	switch told := v.State != "" || v.Up != ""; {
	case v.Of != "" && (told || len(v.Counts) == 0):
		ds.Failf(src.At(&v.Of), "platform/health", "what tells counts of the sessions of another question has counts, and neither state nor up")
	case v.Form == "lines" && v.Head == "" || v.Form == "json" && v.State == "" && v.Of == "":
		ds.Failf(src.At(v), "platform/health", "the form lines needs head, and json needs state: what is not understood must not be taken for no sessions")
	case v.Up == "" && v.Of == "":
		ds.Failf(src.At(v), "platform/health", "up says which states are good: without it any would be")
	}
	out := Vital{string(v.Form), v.Rows, v.Head, v.None, v.Name, v.State, v.Up, "", "", v.Of, v.counts(src, ds), v.Apart}
	if v.Off != nil {
		out.Off, out.Like = v.Off.Ask, v.Off.Like
	}
	return out
}

func (v *vital) counts(src *strict.Source, ds *diag.List) (out []Count) {
	for i := range v.Counts {
		c := &v.Counts[i]
		if of, _, _ := strings.Cut(c.Name, " "); !slices.Contains(way("").Values(), of) {
			ds.Failf(src.At(&c.Name), "platform/health", "a count is called received, accepted or advertised, and then as its family is: not %q", c.Name)
		}
		if _, err := regexp.Compile(c.Rows); v.Form == "lines" && err != nil {
			ds.Failf(src.At(&c.Rows), "platform/health", "not a pattern: %v", err)
		}
		out = append(out, Count{c.Rows, c.Name, c.Field})
	}
	return out
}

// completed sees that what completes the answer to a question has one to complete, which stands by itself.
func (f *file) completed(p Platform, src *strict.Source, ds *diag.List) {
	for i := range f.Health {
		v := &f.Health[i]
		if of, known := p.Health[v.Of]; v.Of != "" && (!known || of.Of != "") {
			ds.Failf(src.At(&v.Of), "platform/health", "%q is no question that health asks for its sessions", v.Of)
		}
	}
}
