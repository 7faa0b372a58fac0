package render

import (
	"regexp"
	"slices"

	"plumbline/internal/diag"
	"plumbline/internal/strict"
)

// Log is how the log of a device is asked for and read; without a question it is not.
type Log struct {
	Ask   string
	Told  string // what an answer fits that tells how grave its lines are
	Lines string // a pattern of lines, with the groups level and text
	But   string // a pattern of texts that are said to be grave and are not; "" for none
}

// Load is how it is asked and read how much memory is used, or how busy processors are.
type Load struct {
	Ask   string
	Of    string // memory, cpu
	Form  string // json, lines
	Rows  string // path or pattern of where it stands
	Used  string // the field that says how much is used
	Free  string // or how much is free
	Total string // of how much; "" where the field is in percent
}

type log struct {
	Ask   string `yaml:"ask"`
	Told  string `yaml:"told,optional"`
	Lines string `yaml:"lines"`
	But   string `yaml:"but,optional"`
}

type load struct {
	Ask   string `yaml:"ask"`
	Of    of     `yaml:"of"`
	Form  form   `yaml:"form"`
	Rows  string `yaml:"rows,optional"`
	Used  string `yaml:"used,optional"`
	Free  string `yaml:"free,optional"`
	Total string `yaml:"total,optional"`
}

// of is what a device has too little of.
type of string

// Values lists them.
func (of) Values() []string { return []string{"memory", "cpu"} }

// signs checks the questions about logs and loads, which read has to know.
func (f *file) signs(p *Platform, src *strict.Source, ds *diag.List) {
	if l := f.Log; l != nil {
		p.Log = Log(*l)
		knows(p, &l.Ask, src, ds)
		lines := pattern(&l.Lines, src, ds)
		pattern(&l.But, src, ds)
		if pattern(&l.Told, src, ds); lines != nil && (!slices.Contains(lines.SubexpNames(), "level") || !slices.Contains(lines.SubexpNames(), "text")) {
			ds.Failf(src.At(&l.Lines), "platform/health", "a line of the log has the groups level and text")
		}
	}
	for i := range f.Load {
		l := &f.Load[i]
		knows(p, &l.Ask, src, ds)
		if l.Form == "lines" {
			pattern(&l.Rows, src, ds)
		}
		if (l.Used == "") == (l.Free == "") {
			ds.Failf(src.At(l), "platform/health", "either used or free names a field")
		}
		p.Load = append(p.Load, Load{l.Ask, string(l.Of), string(l.Form), l.Rows, l.Used, l.Free, l.Total})
	}
}

func knows(p *Platform, ask *string, src *strict.Source, ds *diag.List) {
	if _, known := p.Session.Read[*ask]; !known {
		ds.Failf(src.At(ask), "platform/health", "health asks %q, which read does not know", *ask)
	}
}

func pattern(text *string, src *strict.Source, ds *diag.List) *regexp.Regexp {
	re, err := regexp.Compile(*text)
	if err != nil {
		ds.Failf(src.At(text), "platform/health", "not a pattern: %v", err)
	}
	return re
}

// Signs lists the questions of a platform about its log and its loads.
func (p Platform) Signs() (out []string) {
	for _, l := range p.Load {
		out = append(out, l.Ask)
	}
	if p.Log.Ask != "" {
		out = append(out, p.Log.Ask)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
