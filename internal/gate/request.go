package gate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Request is a change request as a forge tells of it. It says who said what of which commit,
// and when; what landed is proved from Git, never from here.
type Request struct {
	Forge      ForgeKind `json:"forge"`
	Number     int       `json:"number"`
	Repository int64     `json:"repository"` // that it was merged into
	Branch     string    `json:"branch"`     // that it was for
	Head       string    `json:"head"`       // its last commit, the same before and after its reviews were read
	Merged     bool      `json:"merged"`
	Landed     string    `json:"landed"`   // the commit of the branch that it ended in
	Author     int64     `json:"author"`   // account
	Pushers    []int64   `json:"pushers"`  // accounts that are known to have pushed to it
	Unpushed   bool      `json:"unpushed"` // the forge tells of pushes, and not of the one that brought Head
	Reviews    []Review  `json:"reviews"`
	Teams      []Members `json:"teams,omitempty"` // that were asked after, whether approvers are in them
}

// Review is what one account said of a request.
type Review struct {
	ID        int64     `json:"id"`
	By        Account   `json:"by"`
	Says      Says      `json:"says"`
	Commit    string    `json:"commit"` // that it was said of
	At        time.Time `json:"at"`
	Void      string    `json:"void"` // why the forge itself does not count it any more; "" where it does
	Dismissed bool      `json:"dismissed"`
	Dismisser int64     `json:"dismisser"`       // account that dismissed it; 0: nothing tells
	Names     []string  `json:"names,omitempty"` // what in its text may be the digest of a plan, or its beginning
}

// DigestsIn gives what in a text may be the digest of a plan, or its first twelve digits or
// more. Nothing else of the text is kept: it is anybody's.
func DigestsIn(text string) (out []string) {
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if len(out) < mostNamed && len(w) >= leastNamed && len(w) <= 64 && strings.Trim(w, "0123456789abcdef") == "" && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

const (
	leastNamed = 12 // digits of a digest that name it
	mostNamed  = 16 // digests that one review may name
)

// Account is somebody on a forge.
type Account struct {
	ID    int64  `json:"id"`
	Login string `json:"login"` // for messages
	Bot   bool   `json:"bot"`
	Write bool   `json:"write"` // may write to the repository now
}

// Says is what a review comes to. Remarks and requests for a review come to nothing, and are
// no review here.
type Says string

// What is said.
const (
	Approves Says = "approves"
	Rejects  Says = "rejects"
)

// Shown is one plan as it was shown for a head, sealed by the key that makes plans.
type Shown struct {
	Plan string
	At   time.Time // by the clock of the forge
}

// click is how long before an approval a plan must have stood: whoever is about to press the
// button may still be looking at the one before.
const click = 2 * time.Minute

// covered gives the plan that an approval at a time is of. It is the one that stood then and
// in the whole of the time that a click takes; else why there is none.
func covered(shown []Shown, at time.Time) (digest, lost string) {
	for i, s := range shown {
		end := i+1 == len(shown) || shown[i+1].At.After(at.Add(-click)) // it stood until then at least
		if s.At.After(at) || !end {
			continue
		}
		if digest != "" && digest != s.Plan {
			return "", fmt.Sprintf("plan %.12s took the place of %.12s within %v before it was given", s.Plan, digest, click)
		}
		digest = s.Plan
	}
	if digest == "" {
		return "", "no sealed plan had been shown for that commit"
	}
	return digest, ""
}

// skew is how far the clock of a forge may be ahead of ours.
const skew = 5 * time.Minute

// heard puts what was said on a forge beside what was signed: as verdicts, and as hands of
// those who made the request or pushed to it.
func (e Evidence) heard(p Policy) Evidence {
	e.Landings = slices.Clone(e.Landings)
	for i := range e.Landings {
		l := &e.Landings[i]
		l.Said, l.Hands = slices.Clone(l.Said), slices.Clone(l.Hands)
		if p.Forge == nil {
			continue
		}
		if !p.Forge.Signed {
			l.Said = slices.DeleteFunc(l.Said, func(v Verdict) bool { return v.Yes })
		}
		if l.Request == nil || l.Request.Forge != p.Forge.Kind {
			continue // numbers of accounts mean something on one forge alone
		}
		l.Hands = append(l.Hands, l.Request.hands(p)...)
		said, strangers := l.Request.verdicts(p, l.Hands, l.Shown)
		l.Said, e.Ignored = append(l.Said, said...), append(slices.Clone(e.Ignored), strangers...)
	}
	return e
}

// hands gives those of policy who made the request or pushed to it.
func (q Request) hands(p Policy) (out []string) {
	for _, account := range append([]int64{q.Author}, q.Pushers...) {
		if who := p.who(account); who != "" {
			out = append(out, who)
		}
	}
	return out
}

// verdicts gives the last word of each person that policy knows.
func (q Request) verdicts(p Policy, hands []string, shown []Shown) (out []Verdict, strangers []string) {
	last := q.last()
	for _, id := range sortedKeys(last) {
		r, who := last[id], p.who(id)
		if who == "" {
			strangers = append(strangers, fmt.Sprintf("the review of account %d (%q) on request %d: policy.yaml has nobody with that account", id, r.By.Login, q.Number))
			continue
		}
		v := Verdict{account: id, Who: who, Yes: r.Says == Approves, Repo: p.Repo, Head: r.Commit, Until: r.At.Add(Longest - skew)}
		if !v.Yes {
			if !q.lifted(r, p, hands) {
				v.Head = q.Head // it stands until it is taken back, whatever was pushed since
				out = append(out, v)
			}
			continue
		}
		v.Plan, v.lost = covered(shown, r.At)
		v.unnamed = !slices.ContainsFunc(r.Names, func(n string) bool { return strings.HasPrefix(v.Plan, n) })
		if v.unfit = r.weakness(); v.unfit == "" && q.Unpushed {
			v.unfit = "the forge does not tell who pushed what was approved"
		}
		out = append(out, v)
	}
	return out, strangers
}

// last gives the last word of each account.
func (q Request) last() map[int64]Review {
	out := map[int64]Review{}
	for _, r := range q.Reviews {
		if old, there := out[r.By.ID]; !there || later(r, old) > 0 {
			out[r.By.ID] = r
		}
	}
	return out
}

// weakness tells why an approval does not count, whoever gave it.
func (r Review) weakness() string {
	switch {
	case r.By.Bot:
		return "the account is a bot's"
	case !r.By.Write:
		return "the account may not write to the repository now"
	case r.Dismissed:
		return "it was dismissed"
	case r.Void != "":
		return r.Void
	}
	return ""
}

// lifted tells whether a call for changes was dismissed by somebody that policy knows and who
// had no hand in the request.
func (q Request) lifted(r Review, p Policy, hands []string) bool {
	who := p.who(r.Dismisser)
	return r.Dismissed && who != "" && !slices.Contains(hands, who)
}

func later(a, b Review) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) }

func sortedKeys(m map[int64]Review) (ids []int64) {
	for id := range m {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// otherRequest holds that a request is the one which landed: of this repository, to this
// branch, merged, and ended where the landing ends.
func otherRequest(c court) []string {
	if c.Policy.Forge == nil {
		return nil
	}
	return c.each(func(l Landing) []string {
		q := l.Request
		switch {
		case q == nil:
			return when(!c.Policy.Forge.Signed, "%s is the end of no merged request that %s knows", l, c.Policy.Forge.Kind)
		case q.Forge != c.Policy.Forge.Kind:
			return when(true, "%s: request %d is of a forge of kind %s, and policy names %s", l, q.Number, q.Forge, c.Policy.Forge.Kind)
		case q.Repository != c.Policy.Forge.Repository:
			return when(true, "%s: request %d is of repository %d, and policy names %d", l, q.Number, q.Repository, c.Policy.Forge.Repository)
		case q.Branch != c.Policy.Branch:
			return when(true, "%s: request %d was for branch %q, and policy protects %s", l, q.Number, q.Branch, c.Policy.Branch)
		case !q.Merged:
			return when(true, "%s: request %d is not merged", l, q.Number)
		}
		return when(q.Landed != l.Tip || q.Head != l.Head, "%s: request %d, head %.12s, ended in %.12s, and this landing is of head %.12s", l, q.Number, q.Head, q.Landed, l.Head)
	})
}
