package plan

import (
	"maps"
	"slices"
	"strings"

	"plumbline/internal/diag"
	"plumbline/internal/secret/form"
	"plumbline/internal/tree"
)

// fit refuses a secret that the store keeps in another form than the line says: the device would
// take it for what the line calls it.
func (in Input) fit(rendered *tree.Tree, ds *diag.List) bool {
	notes := tree.Unfit(rendered, slices.Collect(maps.Values(in.Secrets)))
	for _, n := range notes {
		ds.Failf(asker(in.Want, n.Line), "plan/secret-form", "%s: %s", in.Device, n.Text).
			Hint = "keep it in the form that docs/secrets.md gives for the platform: openssl passwd -6, for instance"
	}
	return len(notes) == 0
}

// known refuses a secret that the device does not hold yet, and that nobody was asked for: what it
// would be sent cannot be told.
func (in Input) known(rendered *tree.Tree, ds *diag.List) bool {
	names := tree.Named(rendered)
	if !in.Blind || len(names) == 0 {
		return true
	}
	ds.Failf(asker(in.Want, 1+slices.IndexFunc(strings.Split(string(in.Want.Text), "\n"), func(line string) bool { return strings.Contains(line, names[0]) })),
		"plan/secret-needed", "%s: it is to hold %s, holds none in its place, and no store was asked", in.Device, strings.Join(names, " and ")).
		Hint = "make the plan on a runner that has the store, without --without-secrets"
	return false
}

// unverified tells once for how many devices what they show was taken for the secrets that they are to
// hold.
func unverified(in []Input, ds *diag.List) {
	var first *Input
	devices := 0
	for i := range in {
		if in[i].Blind && len(tree.References(in[i].Want.Text)) > 0 {
			if devices++; first == nil {
				first = &in[i]
			}
		}
	}
	if first == nil {
		return
	}
	at := slices.IndexFunc(strings.Split(string(first.Want.Text), "\n"), func(line string) bool { return len(tree.References([]byte(line))) > 0 })
	d := ds.Failf(asker(first.Want, 1+at), "plan/secret-unverified", "secret not verified: no store was asked, so for %d devices what they show is taken for what they are to hold", devices)
	d.Severity = diag.Warn
	d.Hint = "nothing to do: push compares each secret, and refuses the plan where one is another"
}

// said is a text of the device with its secrets, each in the form in which the device shows it
// where it holds it already.
func (in Input) said(have *tree.Tree, text []byte) *tree.Tree {
	t, _ := tree.Parse(in.Want.Dialect, tree.Reveal(text, in.Secrets))
	if in.Blind {
		return Blind(have, t, in.Deployed)
	}
	return Held(have, t, in.Secrets)
}

// Blind takes what a device shows for each secret that a wanted text names, where it shows one: for
// who has no store to ask. One that our last push did not name is another one.
func Blind(have, want *tree.Tree, deployed []byte) *tree.Tree {
	names := tree.Named(want)
	if deployed != nil {
		was := tree.References(deployed)
		names = slices.DeleteFunc(names, func(n string) bool { return !slices.Contains(was, n) })
	}
	return tree.Held(have, want, names, func(string, string, string) bool { return true })
}

// Held is tree.Held by what is known of forms.
func Held(have, want *tree.Tree, secrets map[string]string) *tree.Tree {
	return tree.Held(have, want, slices.Collect(maps.Values(secrets)), func(value, word, shown string) bool {
		return form.Compare(value, word, shown) == form.Same
	})
}
