package intent

import (
	"maps"
	"slices"
	"strings"

	"plumbline/internal/diag"
)

// laterKinds are kinds of the language that this version does not know. They are named
// so that nobody looks for a typing error.
var laterKinds = []string{"zone", "record", "cluster", "chain", "route_expectation"}

// laterFields are fields of the language, by kind, that this version does not know.
var laterFields = map[string][]string{
	"design": strings.Fields(`zone vpn chain4 chain6`),
}

// Later gives what belongs to the language and this version refuses: kinds, and fields by kind.
func Later() (kinds []string, fields map[string][]string) {
	return slices.Clone(laterKinds), maps.Clone(laterFields)
}

// explain adds to what strict said of unknown fields that some of them are only not
// built yet.
func explain(kind string, ds diag.List) {
	for i := range ds {
		rest, unknown := strings.CutPrefix(ds[i].Text, "unknown field ")
		if !unknown {
			continue
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(rest, `"`), `"`)
		if slices.Contains(laterFields[kind], name) {
			ds[i].Text += ": not in this version"
			ds[i].Hint = ""
		}
	}
}
