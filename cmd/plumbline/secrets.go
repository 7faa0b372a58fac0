package main

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"plumbline/internal/pipeline"
	"plumbline/internal/secret"
)

// reveal brings the secrets that devices are to hold out of the stores of the runner. One
// that is not there stops the verb: a plan without it would be another plan. Those of what
// was pushed before are brought where they still are.
func (e *env) reveal(b *pipeline.Build, was deployment) error {
	if err := e.keyed(b); err != nil {
		return err
	}
	if b.IsUnseen() || b.IsBack() { // a store that is away stops no way back to what was sealed
		return nil
	}
	wanted := b.References()
	var old []string
	for _, one := range was.builds {
		old = append(old, one.References()...)
	}
	if len(wanted)+len(old) == 0 {
		return nil
	}
	r, err := e.loadRunner()
	if err != nil {
		return err
	}
	known := map[string]string{}
	for _, ref := range slices.Compact(slices.Sorted(slices.Values(slices.Concat(wanted, old)))) {
		value, err := plain(r.stores(), ref)
		if err != nil && slices.Contains(wanted, ref) {
			return fmt.Errorf("a device is to hold a secret that cannot be had: %w", err)
		}
		if err == nil {
			known[ref] = value
			e.veil.add(value)
		}
	}
	b.Reveal(known)
	return nil
}

// plain gives a secret as one word of a line; the error never shows it.
func plain(stores secret.Stores, ref string) (string, error) {
	raw, err := stores.Resolve(ref)
	if err != nil {
		return "", err
	}
	value := strings.TrimRight(string(raw), "\r\n")
	if value == "" || strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r > '~' || unicode.IsSpace(r) }) {
		return "", fmt.Errorf("%s: it is empty, or holds a blank or a character that a line of a device cannot carry", ref)
	}
	return value, nil
}
