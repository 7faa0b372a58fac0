package render

import (
	"regexp"

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
}

type vital struct {
	Ask   string `yaml:"ask"`
	Form  form   `yaml:"form"`
	Rows  string `yaml:"rows"`
	Head  string `yaml:"head,optional"`
	None  string `yaml:"none,optional"`
	Name  string `yaml:"name"`
	State string `yaml:"state,optional"`
	Up    string `yaml:"up"`
}

// form is the form of an answer.
type form string

// Values lists them.
func (form) Values() []string { return []string{"json", "lines"} }

// facts checks what can be checked without an answer.
func (v *vital) facts(src *strict.Source, ds *diag.List) Vital {
	patterns := []*string{&v.Head, &v.None, &v.Up}
	if v.Form == "lines" {
		patterns = append(patterns, &v.Rows)
	}
	for _, p := range patterns {
		if _, err := regexp.Compile(*p); err != nil {
			ds.Failf(src.At(p), "platform/health", "not a pattern: %v", err)
		}
	}
	if v.Form == "lines" && v.Head == "" || v.Form == "json" && v.State == "" {
		ds.Failf(src.At(v), "platform/health", "the form lines needs head, and json needs state: what is not understood must not be taken for no sessions")
	}
	return Vital{string(v.Form), v.Rows, v.Head, v.None, v.Name, v.State, v.Up}
}
