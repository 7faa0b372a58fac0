package gate

import (
	"fmt"
	"slices"
	"strings"

	"plumbline/internal/diag"
	"plumbline/internal/strict"
)

// Forge says that reviews of change requests on a forge count as approvals, of which
// repository, and what must hold of its branch.
type Forge struct {
	// Which forge it is.
	Kind ForgeKind `yaml:"kind"`
	// The number of the repository there: a name can be taken over.
	Repository int64 `yaml:"repository"`
	// Whether signed statements count beside reviews.
	Signed bool `yaml:"signed,optional"`
	// Protection of the branch without which nothing is pushed; the rest is warned of.
	Demand []Guard `yaml:"demand,optional"`
}

// ForgeKind is a forge by name.
type ForgeKind string

// Values are the forges.
func (ForgeKind) Values() []string { return []string{"gitea", "github", "gitlab"} }

// Guard is one thing that the protection of a branch can do.
type Guard string

// The guards.
const (
	NoForcePush   Guard = "no-force-push"  // its history cannot be rewritten
	NoDirectPush  Guard = "no-direct-push" // nobody pushes to it, deploy keys included
	AdminsToo     Guard = "admins-too"     // nobody is exempt
	Reviews       Guard = "reviews"        // a request needs an approval to be merged
	StaleFalls    Guard = "stale-falls"    // an approval falls when the request changes
	RejectedStops Guard = "rejected-stops" // a call for changes stops the merge
	OthersApprove Guard = "others-approve" // who wrote or pushed last cannot approve
)

// Values are the guards.
func (Guard) Values() []string {
	return []string{string(NoForcePush), string(NoDirectPush), string(AdminsToo), string(Reviews), string(StaleFalls), string(RejectedStops), string(OthersApprove)}
}

// Weakness is a guard that a branch does not have, or that the forge does not tell of.
type Weakness struct {
	Guard Guard  `json:"guard"`
	Text  string `json:"text"`
}

// Demands tells whether nothing is pushed to a branch without a guard.
func (p Policy) Demands(g Guard) bool { return p.Forge != nil && slices.Contains(p.Forge.Demand, g) }

func unprotected(c court) (out []string) {
	for _, w := range c.Weak {
		if c.Demands(w.Guard) {
			out = append(out, fmt.Sprintf("policy demands %s of the branch, and %s", w.Guard, w.Text))
		}
	}
	return out
}

// account is somebody's number on the forge of policy; 0: none.
func (p Policy) account(one Person) int64 {
	if p.Forge == nil {
		return 0
	}
	return map[ForgeKind]int64{"github": one.GitHub, "gitlab": one.GitLab, "gitea": one.Gitea}[p.Forge.Kind]
}

// who gives the signer whose account it is; "" where policy knows nobody.
func (p Policy) who(account int64) string {
	for _, one := range p.People {
		if account != 0 && p.account(one) == account {
			return one.Signer
		}
	}
	return ""
}

func (p *Policy) checkForge(src *strict.Source, ds *diag.List) {
	seen := map[string]string{}
	for i := range p.People {
		one := &p.People[i]
		for k, at := range []*int64{&one.Gitea, &one.GitHub, &one.GitLab} {
			key := fmt.Sprint(ForgeKind("").Values()[k], " ", *at)
			if *at < 0 || *at > 0 && seen[key] != "" {
				ds.Failf(src.At(at), "policy/account-twice", "account %s is somebody else's already (%s), or none", key, seen[key])
			}
			seen[key] = one.Name
		}
	}
	if p.Forge == nil {
		return
	}
	if p.Forge.Repository < 1 {
		ds.Failf(src.At(&p.Forge.Repository), "policy/repository", "want the number of the repository on the forge, have %d", p.Forge.Repository).
			Hint = "plumbline doctor prints it"
	}
	if p.Forge.Signed {
		return
	}
	for i := range p.Approvals {
		n, reach := &p.Approvals[i], 0
		if n.Named && p.Forge.Kind == "gitlab" {
			ds.Failf(src.At(&n.Named), "policy/nothing-to-name-in", "an approval on gitlab has no text that could name a plan").
				Hint = "leave digest_in_review out, or let signed statements count too: signed: true"
		}
		for _, one := range p.People {
			if p.account(one) > 0 && slices.Contains(p.possible(n.From), one.Signer) {
				reach++
			}
		}
		if reach < int(n.Min) {
			ds.Failf(src.At(&n.Min), "policy/too-few-people", "%d must approve, and %d of %s have an account on %s", n.Min, reach, strings.Join(n.From, ", "), p.Forge.Kind)
		}
	}
}
