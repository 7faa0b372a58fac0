package intent

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"plumbline/internal/diag"
	"plumbline/internal/network"
)

// Leave is a part of some devices that stays as it is, for a time. It selects what is
// live and never adds anything.
type Leave struct {
	Head

	// The devices that have it.
	Devices []Name `yaml:"devices" of:"device"`
	// What stays: full header lines from the top, levels joined by " / ".
	Sections []Section `yaml:"sections"`
	// How many lines that may be on one device.
	MaxLines int `yaml:"max_lines" is:"1..2000"`
	// Who answers for it.
	Owner Person `yaml:"owner"`
	// Why it is still there.
	Why Text `yaml:"why"`
	// The last day of it.
	Ends Date `yaml:"ends"`
}

// Expand tells every device which of its sections stay.
func (l *Leave) Expand(b *Build) {
	for i := range l.Devices {
		d := b.On(&l.Devices[i])
		for j := range l.Sections {
			s := &l.Sections[j]
			at := b.At(s)
			same := func(o network.Section) bool { return o.Path == string(*s) }
			if k := slices.IndexFunc(d.Leave, same); k >= 0 {
				b.Fail(s, "leave/twice", "%s is left on %s already, by %s", *s, d.Name, d.Leave[k].Leave).Also = []diag.Pos{d.Leave[k].From}
				continue
			}
			d.Leave = append(d.Leave, network.Section{
				Leave: string(l.Name), Path: string(*s), Max: l.MaxLines, Owner: string(l.Owner),
				Why: string(l.Why), Ends: string(l.Ends), From: at,
			})
		}
	}
}

// Section is the place of a block, or of one line, in a configuration.
type Section string

// UnmarshalText takes header lines as a device shows them.
func (s *Section) UnmarshalText(b []byte) error {
	if len(b) == 0 || len(b) > 200 {
		return errors.New("a section has 1 to 200 characters")
	}
	for _, c := range b {
		if c < ' ' || c > '~' {
			return errors.New("a section is of printable characters alone")
		}
	}
	for _, level := range strings.Split(string(b), " / ") {
		if level == "" || strings.TrimSpace(level) != level {
			return errors.New("a section is full header lines without blanks around them, levels joined by \" / \"")
		}
	}
	*s = Section(b)
	return nil
}

// Person is somebody who answers: an e-mail address, or a user or team of the forge.
type Person string

// UnmarshalText takes an e-mail address, @user or @org/team.
func (p *Person) UnmarshalText(b []byte) error {
	s := string(b)
	words, box := strings.Split(strings.TrimPrefix(s, "@"), "/"), false
	if !strings.HasPrefix(s, "@") {
		words, box = strings.Split(s, "@"), true
	}
	ok := len(words) <= 2 && len(s) <= 120 && (!box || len(words) == 2)
	for _, w := range words {
		ok = ok && w != "" && strings.Trim(w, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-") == ""
	}
	if !ok {
		return fmt.Errorf("%q is nobody: want an e-mail address, \"@user\" or \"@org/team\"", s)
	}
	*p = Person(s)
	return nil
}

// Date is a day.
type Date string

// UnmarshalText takes a day that exists, as YYYY-MM-DD.
func (d *Date) UnmarshalText(b []byte) error {
	if _, err := time.Parse(time.DateOnly, string(b)); err != nil {
		return fmt.Errorf("%q is no date: want YYYY-MM-DD, of a day that exists", b)
	}
	*d = Date(b)
	return nil
}
