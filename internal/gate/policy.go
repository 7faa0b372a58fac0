package gate

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"plumbline/internal/diag"
	"plumbline/internal/strict"
)

// PolicyFile is where policy stands in the repository.
const PolicyFile = "policy.yaml"

// Policy is who must agree to what. It is read from the commit that a change was based
// on, never from the change.
type Policy struct {
	Repo              string    `yaml:"repo"` // UUID, the same with and without a forge
	Branch            string    `yaml:"branch"`
	Lab               bool      `yaml:"lab,optional"`
	People            []Person  `yaml:"people"`
	Groups            []Group   `yaml:"groups,optional"`
	Approvals         []Need    `yaml:"approvals"`
	Waves             []Size    `yaml:"waves,optional"`
	Soak              Duration  `yaml:"soak"`
	TimerMargin       Duration  `yaml:"timer_margin"`
	MaxDevicesPerHour uint16    `yaml:"max_devices_per_hour,optional"`
	Freeze            []Blocked `yaml:"freeze,optional"`
	Severities        []Raised  `yaml:"severities,optional"`
	Wider             []Wider   `yaml:"wider,optional"`

	Digest string `yaml:"-,optional"` // of the file
}

// Person is somebody who may have a say. Signer is their name in allowed_signers, and
// Emails are the addresses that their commits carry, where those are others.
type Person struct {
	Name   string   `yaml:"name"`
	Signer string   `yaml:"signer"`
	Emails []string `yaml:"emails,optional"`
}

// Wrote tells whether an address of a commit is theirs.
func (p Person) Wrote(email string) bool {
	return strings.EqualFold(p.Signer, email) ||
		slices.ContainsFunc(p.Emails, func(e string) bool { return strings.EqualFold(e, email) })
}

// Group is several people.
type Group struct {
	Name   string   `yaml:"name"`
	People []string `yaml:"people"`
}

// Need is how many people of which groups must approve: of every plan (class any), of one
// risk class, or of a change under a path.
type Need struct {
	Class string   `yaml:"class,optional"`
	Path  string   `yaml:"path,optional"`
	Min   uint8    `yaml:"min"`
	From  []string `yaml:"from"`
}

// Blocked is a time in which nothing is pushed, both days included.
type Blocked struct {
	From   Day    `yaml:"from"`
	Until  Day    `yaml:"until"`
	Reason string `yaml:"reason"`
}

// Raised is a rule that is graver here than it is by itself. None can be made milder.
type Raised struct {
	Rule     string   `yaml:"rule"`
	Severity Severity `yaml:"severity"`

	At diag.Pos `yaml:"-,optional"` // where the rule is named
}

// Severity is how grave a finding is.
type Severity string

// Values are the severities that a rule can be raised to.
func (Severity) Values() []string { return []string{"warning", "error"} }

// Wider says that a route policy may let through more than it does, until a day.
type Wider struct {
	Policy string `yaml:"policy"`
	Until  Day    `yaml:"until"`
	Why    string `yaml:"why"`
}

// Widened gives the route policies that may let through more on a day.
func (p Policy) Widened(now time.Time) map[string]bool {
	out := map[string]bool{}
	for _, w := range p.Wider {
		if now.Before(time.Time(w.Until).AddDate(0, 0, 1)) {
			out[w.Policy] = true
		}
	}
	return out
}

// Duration is a time span as people write it: 60s, 10m.
type Duration time.Duration

// UnmarshalText reads 60s or 10m.
func (d *Duration) UnmarshalText(b []byte) error {
	v, err := time.ParseDuration(string(b))
	if err != nil || v < 0 {
		return fmt.Errorf("want a time span such as 60s or 10m, have %q", b)
	}
	*d = Duration(v)
	return nil
}

// Day is a date.
type Day time.Time

// UnmarshalText reads 2026-12-24.
func (d *Day) UnmarshalText(b []byte) error {
	v, err := time.Parse(time.DateOnly, string(b))
	if err != nil {
		return fmt.Errorf("want a date such as 2026-12-24, have %q", b)
	}
	*d = Day(v)
	return nil
}

// Size is how far a wave reaches, counted from the start: devices, or a share of all.
type Size string

// UnmarshalText reads 5 or 30%.
func (s *Size) UnmarshalText(b []byte) error {
	n, err := strconv.Atoi(strings.TrimSuffix(string(b), "%"))
	if err != nil || n < 1 || strings.HasSuffix(string(b), "%") && n > 100 {
		return fmt.Errorf("want a number of devices or a share such as 10%%, have %q", b)
	}
	*s = Size(b)
	return nil
}

// ReadPolicy reads policy.yaml of a commit.
func ReadPolicy(tree fs.FS) (Policy, diag.List) {
	src, p := strict.NewSource(), new(Policy)
	ds := src.Read(tree, PolicyFile, p)
	if ds.Failed() {
		return Policy{}, ds
	}
	p.check(src, &ds)
	text, err := fs.ReadFile(tree, PolicyFile)
	if err != nil || ds.Failed() {
		return Policy{}, ds
	}
	sum := sha256.Sum256(text)
	p.Digest = hex.EncodeToString(sum[:])
	return *p, ds
}

// classes are the words that class takes.
var classes = []string{"any", "policy", "lifeline", "filter", "no-timer", "unruled", "over", "gap", "unproved"}

func (p *Policy) check(src *strict.Source, ds *diag.List) {
	if len(p.Repo) != 36 || strings.Count(p.Repo, "-") != 4 {
		ds.Failf(src.At(&p.Repo), "policy/repo-id", "want a UUID, have %q", p.Repo).Hint = "write one with: uuidgen"
	}
	least := time.Minute
	if p.Lab {
		least = time.Second
	}
	for _, d := range []*Duration{&p.Soak, &p.TimerMargin} {
		if time.Duration(*d) < least {
			ds.Failf(src.At(d), "policy/too-short", "%v is too short, want at least %v", time.Duration(*d), least).
				Hint = "only a network with lab: true may go lower, down to 1s"
		}
	}
	p.checkPeople(src, ds)
	for i := range p.Severities {
		p.Severities[i].At = src.At(&p.Severities[i].Rule)
	}
	for i := range p.Approvals {
		n := &p.Approvals[i]
		if n.Min == 0 {
			ds.Failf(src.At(&n.Min), "gate/min-zero", "nobody would have to approve").Hint = "min: 1"
		}
		if (n.Class == "") == (n.Path == "") {
			ds.Failf(src.At(&n.Class), "policy/class-or-path", "want either class or path")
		}
		if n.Class != "" && !slices.Contains(classes, n.Class) {
			ds.Failf(src.At(&n.Class), "policy/unknown-class", "no class %q: there are %s", n.Class, strings.Join(classes, ", ")).
				Hint = diag.Nearest(n.Class, classes)
		}
		for j := range n.From {
			if len(p.members(n.From[j:j+1])) == 0 {
				ds.Failf(src.At(&n.From[j]), "policy/unknown-group", "no group or person %q with a signer", n.From[j])
			}
		}
		if have := len(p.members(n.From)); have < int(n.Min) {
			ds.Failf(src.At(&n.Min), "policy/too-few-people", "%d must approve, and only %d may", n.Min, have)
		}
	}
	if !slices.ContainsFunc(p.Approvals, func(n Need) bool { return n.Class == "any" }) {
		ds.Failf(src.At(&p.Approvals), "gate/min-zero", "nothing is asked of every plan").Hint = "add {class: any, min: 1, from: [...]}"
	}
}

func (p *Policy) checkPeople(src *strict.Source, ds *diag.List) {
	seen := map[string]bool{}
	for i := range p.People {
		one := &p.People[i]
		if one.Signer == "" || seen[one.Name] || seen[one.Signer] {
			ds.Failf(src.At(&one.Name), "policy/person-twice", "%q (%s) is there already, or signs as nobody", one.Name, one.Signer)
		}
		seen[one.Name], seen[one.Signer] = true, true
		for j := range one.Emails {
			mail := strings.ToLower(one.Emails[j])
			if seen[mail] && !strings.EqualFold(mail, one.Signer) {
				ds.Failf(src.At(&one.Emails[j]), "policy/email-twice", "%q is somebody else's already", one.Emails[j])
			}
			seen[mail] = true
		}
	}
	for i := range p.Groups {
		for j := range p.Groups[i].People {
			name := &p.Groups[i].People[j]
			if !slices.ContainsFunc(p.People, func(o Person) bool { return o.Name == *name }) {
				ds.Failf(src.At(name), "policy/unknown-person", "no person %q under people", *name)
			}
		}
	}
}

// members gives the signers of groups and people, by name.
func (p *Policy) members(from []string) (signers []string) {
	for _, one := range p.People {
		in := slices.Contains(from, one.Name) || slices.ContainsFunc(p.Groups, func(g Group) bool {
			return slices.Contains(from, g.Name) && slices.Contains(g.People, one.Name)
		})
		if in {
			signers = append(signers, one.Signer)
		}
	}
	return signers
}

// Knows tells whether somebody who signs so stands under people.
func (p Policy) Knows(signer string) bool {
	return slices.ContainsFunc(p.People, func(o Person) bool { return o.Signer == signer })
}

// WaveSizes gives the sizes of the waves for a plan's header.
func (p Policy) WaveSizes() (out []string) {
	for _, s := range p.Waves {
		out = append(out, string(s))
	}
	return out
}

// Hold gives how long a device waits until it undoes a change by itself: apply, soak, and
// the margin, in whole seconds.
func (p Policy) Hold(apply time.Duration) int {
	all := apply + time.Duration(p.Soak) + time.Duration(p.TimerMargin)
	return int((all + time.Second - 1) / time.Second)
}

// isPolicyPath tells whether a path says who may decide, or what text devices get: such a
// change needs the people of class policy too.
func isPolicyPath(path string) bool {
	return path == PolicyFile || slices.ContainsFunc(policyFolders, func(f string) bool { return strings.HasPrefix(path, f) })
}

var policyFolders = []string{".plumbline/", ".github/", ".gitlab", ".gitea/", ".forgejo/", ".ci/", "templates/"}
