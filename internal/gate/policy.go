package gate

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"slices"
	"strings"
	"time"

	"plumbline/internal/diag"
	"plumbline/internal/strict"
)

// PolicyFile is where policy stands in the repository.
const PolicyFile = "policy.yaml"

// Wrote tells whether an address of a commit is theirs.
func (p Person) Wrote(email string) bool {
	return strings.EqualFold(p.Signer, email) ||
		slices.ContainsFunc(p.Emails, func(e string) bool { return strings.EqualFold(e, email) })
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
	if hold := time.Duration(p.LongHold()) * time.Second; hold > p.Exposure() {
		ds.Failf(src.At(&p.Soak), "policy/too-exposed", "a device would hold a change that others learn of on trial for %v (soak twice, timer_margin and %v to apply it), and max_exposure is %v", hold, apply, p.Exposure()).
			Hint = "a bad change stands that long where nobody can reach the device: make soak shorter, or raise max_exposure"
	}
	p.checkPeople(src, ds)
	p.checkForge(src, ds)
	p.checkProbes(src, ds)
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
		for j := range n.From {
			if len(p.possible(n.From[j:j+1])) == 0 {
				ds.Failf(src.At(&n.From[j]), "policy/unknown-group", "no group or person %q with a signer", n.From[j])
			}
		}
		if have := len(p.possible(n.From)); have < int(n.Min) {
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
		p.checkTeam(&p.Groups[i], src, ds)
		for j := range p.Groups[i].People {
			name := &p.Groups[i].People[j]
			if !slices.ContainsFunc(p.People, func(o Person) bool { return o.Name == *name }) {
				ds.Failf(src.At(name), "policy/unknown-person", "no person %q under people", *name)
			}
		}
	}
}

// members gives the signers of people and of groups that name theirs.
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

// Lasts gives how long after it was shown last a plan may be pushed.
func (p Policy) Lasts() time.Duration {
	return cmp.Or(time.Duration(p.PlanLasts), 72*time.Hour)
}

// Exposure gives how long a device may hold a change on trial.
func (p Policy) Exposure() time.Duration {
	return cmp.Or(time.Duration(p.MaxExposure), 10*time.Minute)
}

// apply is how long one device may take to take a change, for the arithmetic of timers.
const apply = 30 * time.Second

// Hold gives how long a device waits until it undoes a change by itself: apply, soak, and
// the margin, in whole seconds. Devices whose clocks count minutes wait for the next whole one.
func (p Policy) Hold() int { return p.hold(time.Duration(p.Soak)) }

// LongHold is Hold for a change that others learn of, which is watched twice as long.
func (p Policy) LongHold() int { return p.hold(2 * time.Duration(p.Soak)) }

func (p Policy) hold(soak time.Duration) int {
	all := apply + soak + time.Duration(p.TimerMargin)
	return int((all + time.Second - 1) / time.Second)
}

// isPolicyPath tells whether a path says who may decide, or what text devices get: such a
// change needs the people of class policy too.
func isPolicyPath(path string) bool {
	return path == PolicyFile || slices.ContainsFunc(policyFolders, func(f string) bool { return strings.HasPrefix(path, f) })
}

var policyFolders = []string{".plumbline/", ".github/", ".gitlab", ".gitea/", ".forgejo/", ".ci/", "templates/"}
