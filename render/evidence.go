package render

import (
	"slices"

	"plumbline/internal/diag"
	"plumbline/internal/strict"
)

// Evidence is what stands behind a part of a platform: a driver, commit or health.
type Evidence struct {
	Of     string `yaml:"of"`
	How    how    `yaml:"how"`
	Source string `yaml:"source"` // a test of ours, or a document
}

// how is how strong it is: shown on the real program, on an embedded device, told by a
// document. What is not listed is unverified.
type how string

// Values lists them.
func (how) Values() []string { return []string{"live", "embedded", "cited"} }

// evident checks what stands behind a platform.
func (f *file) evident(src *strict.Source, ds *diag.List) {
	known := append([]string{"commit", "health"}, f.Drivers...)
	for i := range f.Evidence {
		e := &f.Evidence[i]
		if !slices.Contains(known, e.Of) {
			ds.Failf(src.At(&e.Of), "platform/evidence", "evidence is of commit, health or a driver of the platform, and %q is none: take it out", e.Of)
		}
		if slices.ContainsFunc(f.Evidence[:i], func(o Evidence) bool { return o.Of == e.Of }) {
			ds.Failf(src.At(&e.Of), "platform/evidence", "evidence of %q stands twice: keep the stronger one", e.Of)
		}
	}
}
