package signed

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
)

// SignersFile is where the keys of people stand.
const SignersFile = ".plumbline/allowed_signers"

// Signers is who may sign with which key (ssh-keygen(1), ALLOWED SIGNERS).
type Signers []Allowed

// Allowed is one line of it.
type Allowed struct {
	Principals    []string
	Namespaces    []string // none: every one
	After, Before time.Time
	Key           ssh.PublicKey
}

// ParseSigners reads the file. What would be granted too widely, or is not understood, is
// refused with its line.
func ParseSigners(text []byte) (Signers, error) {
	var out Signers
	no := 0
	for raw := range bytes.Lines(text) {
		no++
		line := strings.TrimSpace(string(raw))
		if line == "" || line[0] == '#' {
			continue
		}
		a, err := parseAllowed(line)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", SignersFile, no, err)
		}
		out = append(out, a)
	}
	return out, nil
}

func parseAllowed(line string) (a Allowed, err error) {
	who, rest, _ := strings.Cut(line, " ")
	if strings.ContainsAny(who, "*?!\"") {
		return a, fmt.Errorf("principal %q: write each name out", who)
	}
	a.Principals = strings.Split(who, ",")
	key, _, options, left, err := ssh.ParseAuthorizedKey([]byte(strings.TrimSpace(rest)))
	if err != nil || len(left) > 0 {
		return a, errors.New("want: principals [options] key-type key")
	}
	a.Key = key
	for _, o := range options {
		name, value, _ := strings.Cut(o, "=")
		value = strings.Trim(value, `"`)
		switch strings.ToLower(name) {
		case "namespaces":
			a.Namespaces = strings.Split(value, ",")
			if strings.ContainsAny(value, "*?!") || value == "" {
				return a, errors.New("namespaces: write each one out")
			}
		case "valid-after":
			a.After, err = parseTime(value)
		case "valid-before":
			a.Before, err = parseTime(value)
		case "cert-authority":
			err = errors.New("cert-authority is not in this version: list each key")
		default:
			err = fmt.Errorf("option %q is not known", name)
		}
		if err != nil {
			return a, err
		}
	}
	return a, nil
}

// parseTime reads YYYYMMDD[HHMM[SS]][Z]. A time without Z is taken for UTC, so that two
// machines agree.
func parseTime(s string) (time.Time, error) {
	digits := strings.TrimSuffix(s, "Z")
	for _, layout := range []string{"20060102", "200601021504", "20060102150405"} {
		if len(digits) == len(layout) {
			if t, err := time.Parse(layout, digits); err == nil {
				return t, nil
			}
		}
	}
	return time.Time{}, fmt.Errorf("time %q: want YYYYMMDD or YYYYMMDDHHMM", s)
}

// Allows tells whether a principal may sign with a key in a namespace at a time.
func (ss Signers) Allows(who, space string, key ssh.PublicKey, at time.Time) bool {
	return slices.Contains(ss.names(space, key, at), who)
}

// forLedger tells whether a key is listed for the ledger by name.
func (a Allowed) forLedger() bool { return slices.Contains(a.Namespaces, LedgerSpace) }

// mayRecord tells whether a key is listed for the ledger by name, whenever that was.
func (ss Signers) mayRecord(key ssh.PublicKey) bool {
	return slices.ContainsFunc(ss, func(a Allowed) bool { return a.forLedger() && bytes.Equal(a.Key.Marshal(), key.Marshal()) })
}

// in tells whether a key counts at a time; the zero time asks for any time.
func (a Allowed) in(at time.Time) bool {
	return at.IsZero() || (a.After.IsZero() || !at.Before(a.After)) && (a.Before.IsZero() || at.Before(a.Before))
}

// names gives everybody who may sign with a key.
func (ss Signers) names(space string, key ssh.PublicKey, at time.Time) (out []string) {
	for _, a := range ss {
		if bytes.Equal(a.Key.Marshal(), key.Marshal()) && (len(a.Namespaces) == 0 || slices.Contains(a.Namespaces, space)) && a.in(at) {
			out = append(out, a.Principals...)
		}
	}
	return out
}

// among gives those that others list too, with the same key and for as much.
func (ss Signers) among(others Signers) (out Signers) {
	for _, a := range ss {
		covers := func(o Allowed) bool {
			return bytes.Equal(o.Key.Marshal(), a.Key.Marshal()) &&
				!slices.ContainsFunc(a.Principals, func(p string) bool { return !slices.Contains(o.Principals, p) }) &&
				(len(o.Namespaces) == 0 || len(a.Namespaces) > 0 && !slices.ContainsFunc(a.Namespaces, func(n string) bool { return !slices.Contains(o.Namespaces, n) }))
		}
		if slices.ContainsFunc(others, covers) {
			out = append(out, a)
		}
	}
	return out
}

func readSigners(tree fs.FS) (Signers, error) {
	text, err := fs.ReadFile(tree, SignersFile)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: add it, one line for each key", SignersFile)
	}
	return ParseSigners(text)
}
