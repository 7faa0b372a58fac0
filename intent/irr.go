package intent

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/netip"
	"strings"

	"plumbline/internal/diag"
)

// lockFile is where the prefixes of a registry set are kept: resolved once, reviewed,
// and never asked for while configurations are made.
func lockFile(set IRRSet) string {
	return "data/irr/" + strings.ReplaceAll(string(set), ":", "+") + ".lock"
}

// irrLock is what a registry said of a set, and on which day.
type irrLock struct {
	prefixes []netip.Prefix // nil where the lock cannot be used
	fetched  string
}

// lock gives the prefixes of the registry set that *field names. What is wrong with its
// file is said once, at the field that first asked.
func (b *Build) lock(field *IRRSet) irrLock {
	if known, ok := b.locks[*field]; ok {
		return known
	}
	b.locks[*field] = irrLock{}
	file := lockFile(*field)
	text, err := fs.ReadFile(b.tree, file)
	if err != nil {
		b.Fail(field, "irr/lock-missing", "no %s: resolve the set and commit the file", file)
		return irrLock{}
	}
	head, body, _ := strings.Cut(string(text), "\n\n")
	said := map[string]string{}
	for line := range strings.Lines(head) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		said[key] = value
	}
	at := diag.Pos{File: file, Line: 1, Col: 1}
	if said["irr"] != string(*field) {
		b.Diags.Failf(at, "irr/lock-other", "the lock is of %q and not of %s", said["irr"], *field)
		return irrLock{}
	}
	sum := sha256.Sum256([]byte(body))
	if said["sha256"] != hex.EncodeToString(sum[:]) {
		b.Diags.Failf(at, "irr/lock-hash", "the prefixes are not those that were resolved: their sha256 is %s", hex.EncodeToString(sum[:]))
		return irrLock{}
	}
	b.locks[*field] = irrLock{b.lockBody(file, strings.Count(head, "\n")+3, body), said["fetched"]}
	return b.locks[*field]
}

// lockBody reads sorted canonical prefixes, one a line; first is the number of its line.
func (b *Build) lockBody(file string, first int, body string) (out []netip.Prefix) {
	no := first
	out = []netip.Prefix{} // read, even where it holds nothing
	for line := range strings.Lines(body) {
		var p Prefix
		at := diag.Pos{File: file, Line: no, Col: 1}
		no++
		if err := p.UnmarshalText([]byte(strings.TrimSuffix(line, "\n"))); err != nil {
			b.Diags.Failf(at, "irr/lock-line", "%v", err)
			return nil
		}
		if n := len(out); n > 0 && out[n-1].Compare(p.Prefix) >= 0 {
			b.Diags.Failf(at, "irr/lock-line", "%s is out of order or stands twice", p)
			return nil
		}
		out = append(out, p.Prefix)
	}
	return out
}
