package gate

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"plumbline/internal/plan"
)

// court is one case before the gate.
type court struct {
	Evidence
	Policy
	plan   plan.Plan
	digest string
}

// question is one thing that must hold: its id, the step that would help, and what
// speaks against it.
type question struct {
	id, step string
	faults   func(court) []string
}

// questions is the whole of the law.
var questions = []question{
	{"gate/no-evidence", "fetch the branch and refs/plumbline/* with their whole history, name the forge in runner.yaml where policy counts its reviews, and try again", func(c court) []string {
		return c.Missing
	}},
	{"gate/emergency", "say why on one line, and name two people of class policy in policy.yaml before there is an emergency", urgency},
	{"gate/min-zero", "in policy.yaml, give every approval a min of at least 1, and one of class any", minZero},
	{"gate/empty-plan", "nothing is to be pushed", func(c court) []string {
		return when(len(c.plan.Changes) == 0, "the plan changes no device")
	}},
	{"gate/other-repository", "make the plan in this repository and have that approved", func(c court) []string {
		return when(c.Policy.Repo == "" || c.plan.Header.Repo != c.Policy.Repo,
			"the plan is of repository %q, and this one is %q", c.plan.Header.Repo, c.Policy.Repo)
	}},
	{"gate/no-baseline", "two people sign one: plumbline approve --baseline", func(c court) []string {
		return when(c.Baseline == "", "no ledger entry and no signed baseline tell which commit is deployed")
	}},
	{"gate/rewritten-history", "put the deployed commit back on the branch, or sign a new baseline", func(c court) []string {
		return when(c.Rewritten, "the deployed commit %.12s is not on the branch at %.12s", c.Baseline, c.Tip)
	}},
	{"gate/not-landed", "bring the change in through a reviewed request, and nothing else with it", notLanded},
	{"gate/other-request", "merge it by a request to the protected branch of the repository that policy.yaml names", otherRequest},
	{"gate/unprotected", "protect the branch on the forge as policy.yaml demands: plumbline doctor tells what is missing", unprotected},
	{"gate/unknown-author", "commit under a name that policy.yaml knows, or sign the commit with a listed key", func(c court) []string {
		return c.each(func(l Landing) []string {
			return when(len(l.Unknown) > 0, "%s was written by %s, whom policy.yaml does not know", l, strings.Join(l.Unknown, ", "))
		})
	}},
	{"gate/rejected", "settle it with them: their approve of the same plan takes their reject back", rejected},
	{"gate/no-approval", "have the plan approved: plumbline approve <digest>", func(c court) []string { return c.short("") }},
	{"gate/policy-changed", "have people of class policy approve it too", func(c court) []string {
		return c.each(func(l Landing) (out []string) { return c.shortOfPolicy(l) })
	}},
	{"gate/stale-approval", "have the new head approved: plumbline approve <digest>", func(c court) []string { return c.short(stale) }},
	{"gate/digest-differs", "look at the plan that is true now, and have it approved: plumbline approve <digest>", func(c court) []string {
		return c.short(differs)
	}},
	{"gate/digest-not-named", "approve again, and write the first 12 digits of the plan's digest into the review", func(c court) []string {
		return c.short(unnamed)
	}},
	{"gate/not-eligible", "have somebody approve whom policy.yaml lists, who is no bot and may write to the repository; a dismissed approval is given again", func(c court) []string {
		return c.short(unfit)
	}},
	{"gate/not-in-team", "have somebody approve who is in the team on the forge, or name people in policy.yaml through a request of its own", func(c court) []string {
		return c.short(outside)
	}},
	{"gate/other-team", "look who made the team anew or moved it; plumbline doctor --team tells its number, and a request of its own writes it into policy.yaml", func(c court) []string {
		return c.short(otherTeam)
	}},
	{"gate/self-approval", "have somebody approve who had no hand in the change", func(c court) []string { return c.short(self) }},
	{"gate/expired", "have it approved again: plumbline approve <digest>", func(c court) []string { return c.short(expired) }},
	{"gate/old-plan", "make it again: plumbline diff; where nothing moved it has the same digest, and approvals stand", outlived},
	{"gate/freeze", "wait, or change freeze in policy.yaml through a request of its own", frozen},
	{"gate/unproved", "say experimental_push with an owner and a day at the device in the inventory and make the plan again, or give the rules a proof: diff names the line", unproved},
	{"gate/too-exposed", "make soak or timer_margin shorter, or raise max_exposure, through a request of its own, and make the plan again: plumbline diff", exposed},
	{"gate/bulk", "look whether the plan reaches as far as you mean; then put the count and the reason into .plumbline/bulk.yaml of the request (devices: 120, reason: ...), and have it approved again", unexpected},
	{"gate/too-many-devices", "split the change, or raise max_devices_per_hour through a request of its own", func(c court) []string {
		most := int(c.MaxDevicesPerHour)
		return when(most > 0 && len(c.plan.Changes) > most, "%d devices at once, and policy takes %d in an hour", len(c.plan.Changes), most)
	}},
}

func when(fault bool, format string, args ...any) []string {
	if !fault {
		return nil
	}
	return []string{fmt.Sprintf(format, args...)}
}

// String names a landing as people find it in Git.
func (l Landing) String() string { return fmt.Sprintf("landing %.12s", l.Tip) }

func (c court) each(ask func(Landing) []string) (out []string) {
	for _, l := range c.Landings {
		out = append(out, ask(l)...)
	}
	return out
}

func minZero(c court) []string {
	any := false
	for _, n := range c.Approvals {
		if n.Min == 0 {
			return []string{fmt.Sprintf("policy asks for nobody's approval (%s%s)", n.Class, n.Path)}
		}
		any = any || n.Class == "any"
	}
	return when(!any, "policy asks nothing of every plan")
}

func notLanded(c court) []string {
	if len(c.Landings) == 0 {
		return when(c.Baseline != "" && !c.Rewritten, "nothing landed on the branch since %.12s was deployed", c.Baseline)
	}
	return c.each(func(l Landing) []string {
		return when(!l.Proved, "%s is no reviewed request: %s", l, l.Unproved)
	})
}

func rejected(c court) []string {
	return c.each(func(l Landing) (out []string) {
		for _, v := range l.Said {
			if !v.Yes && v.Head == l.Head && v.Repo == c.Policy.Repo && c.Knows(v.Who) {
				out = append(out, fmt.Sprintf("%s: %s stands against it", l, v.Who))
			}
		}
		return out
	})
}

// unproved holds that lines go by rules that a device is known to have taken. In a lab, whose
// devices nobody depends on, finding that out is what a push is for.
func unproved(c court) (out []string) {
	for _, one := range c.plan.Changes {
		if !c.Lab && slices.Contains(one.Risks, plan.Unproved) && !c.Now.Before(one.Experimental()) {
			out = append(out, fmt.Sprintf("%s: lines rest on rules with a proof under %d, and nobody answers for that today", one.Device, plan.Proved))
		}
	}
	return out
}

// exposed holds that no device keeps a change on trial for longer than policy takes: until its
// timer fires it stands, however bad it is.
func exposed(c court) (out []string) {
	for _, one := range c.plan.Changes {
		if hold := time.Duration(one.Hold) * time.Second; hold > c.Exposure() {
			out = append(out, fmt.Sprintf("%s would undo the change by itself only after %v, and policy takes %v", one.Device, hold, c.Exposure()))
		}
	}
	return out
}

// outlived holds that the plan was shown lately, by the envelopes of the landing that it is
// for. The last one counts: a plan that comes out again as it was is as good as new. Where no
// envelope tells, the end of each approval alone bounds it.
func outlived(c court) []string {
	if len(c.Landings) == 0 {
		return nil
	}
	var last time.Time
	for _, s := range c.Landings[len(c.Landings)-1].Shown {
		if s.Plan == c.digest && s.At.After(last) {
			last = s.At
		}
	}
	return when(!last.IsZero() && !c.Now.Before(last.Add(c.Lasts())), "the plan %.12s was shown last at %s, and holds for %v",
		c.digest, last.UTC().Format(time.RFC3339), c.Lasts())
}

func frozen(c court) []string {
	for _, f := range c.Freeze {
		until := time.Time(f.Until).AddDate(0, 0, 1)
		if !c.Now.Before(time.Time(f.From)) && c.Now.Before(until) {
			return []string{fmt.Sprintf("nothing is pushed from %s to the end of %s: %s",
				time.Time(f.From).Format(time.DateOnly), time.Time(f.Until).Format(time.DateOnly), f.Reason)}
		}
	}
	return when(c.Now.IsZero(), "nobody says what time it is")
}

// Why an approval does not count.
const (
	foreign = "foreign"
	stale   = "stale"
	differs = "differs"
	self    = "self"
	expired = "expired"
	unfit   = "unfit"
	unnamed = "unnamed"

	outside   = "outside"
	otherTeam = "other team"
)

// spoiled tells why a yes does not count for a need of a landing; "" where it does. That it is for
// the plan that is pushed is asked of the last landing: those before it were planned apart.
func (c court) spoiled(l Landing, n Need, v Verdict) string {
	last := l.Tip == c.Landings[len(c.Landings)-1].Tip
	switch {
	case !v.Yes || v.Repo != c.Policy.Repo:
		return foreign
	case slices.Contains(l.Hands, v.Who):
		return self
	case l.Head == "" || v.Head != l.Head:
		return stale
	case v.unfit != "":
		return unfit
	case last && v.Plan != c.digest, v.lost != "":
		return differs
	case n.Named && v.unnamed:
		return unnamed
	case !c.Now.Before(v.Until) || v.Until.Sub(c.Now) > Longest:
		return expired
	}
	return ""
}

func (c court) tell(l Landing, v Verdict, why string) string {
	switch why {
	case stale:
		return fmt.Sprintf("%s: %s approved %.12s, and what landed is %.12s", l, v.Who, v.Head, l.Head)
	case unfit:
		return fmt.Sprintf("%s: the approval of %s does not count: %s", l, v.Who, v.unfit)
	case differs:
		if v.lost != "" {
			return fmt.Sprintf("%s: the approval of %s is of no one plan: %s", l, v.Who, v.lost)
		}
		return fmt.Sprintf("%s approved plan %.12s, and this is %.12s", v.Who, v.Plan, c.digest)
	case unnamed:
		return fmt.Sprintf("%s: the review of %s does not name plan %.12s, and policy asks for it", l, v.Who, v.Plan)
	case self:
		return fmt.Sprintf("%s: %s had a hand in it and approves it", l, v.Who)
	}
	return fmt.Sprintf("%s: the approval of %s ended %s, or stands for more than %d days",
		l, v.Who, v.Until.UTC().Format(time.RFC3339), int(Longest/(24*time.Hour)))
}

// short tells of needs that are not met: with a reason, which approvals were spoiled by it;
// without, where no approval is there at all, or too few.
func (c court) short(reason string) []string {
	return c.each(func(l Landing) (out []string) {
		for _, n := range c.needs(l) {
			if n.Class == "policy" {
				continue
			}
			if have, lost := c.count(l, n, reason); have < int(n.Min) {
				if reason == "" {
					lost = when(!c.anySpoiled(l, n) || have > 0, "%s: %d of %d approvals by %s (%s%s)",
						l, have, n.Min, strings.Join(n.From, ", "), n.Class, n.Path)
				}
				out = append(out, lost...)
			}
		}
		slices.Sort(out)
		return slices.Compact(out)
	})
}

// count gives how many distinct people of a need approve, and what the others did wrong.
func (c court) count(l Landing, n Need, reason string) (have int, lost []string) {
	var who []string
	for _, v := range l.Said {
		switch why, text := c.uncounted(l, n, v); {
		case why == "" && !slices.Contains(who, v.Who):
			who = append(who, v.Who)
		case why != "" && why == reason:
			lost = append(lost, text)
		}
	}
	return len(who), lost
}

// uncounted tells why what somebody said does not count for a need: the reason, and how it is told.
func (c court) uncounted(l Landing, n Need, v Verdict) (reason, text string) {
	named := slices.Contains(c.members(n.From), v.Who)
	if !named && (len(c.teams(n.From)) == 0 || !c.Knows(v.Who)) {
		return foreign, ""
	}
	if why := c.spoiled(l, n, v); why != "" {
		return why, c.tell(l, v, why)
	}
	if named {
		return "", ""
	}
	return c.inTeam(l, n, v)
}

func (c court) anySpoiled(l Landing, n Need) bool {
	return slices.ContainsFunc([]string{stale, differs, self, expired, unfit, unnamed, outside, otherTeam}, func(r string) bool {
		_, lost := c.count(l, n, r)
		return len(lost) > 0
	})
}

// needs gives what policy asks for a landing. What touches who decides asks for class
// policy even where policy forgot to: then for the people of class any, all its groups.
func (c court) needs(l Landing) (out []Need) {
	for _, n := range c.Approvals {
		if n.Class == "any" || n.Path != "" && slices.ContainsFunc(l.Paths, func(p string) bool { return strings.HasPrefix(p, n.Path) }) ||
			n.Class != "" && n.Class != "policy" && c.risky(string(n.Class)) {
			out = append(out, n)
		}
	}
	return out
}

func (c court) risky(class string) bool {
	return class == "bulk" && c.bulky() || slices.ContainsFunc(c.plan.Changes, func(ch plan.Change) bool { return slices.Contains(ch.Risks, class) })
}

func (c court) shortOfPolicy(l Landing) []string {
	at := slices.IndexFunc(l.Paths, isPolicyPath)
	if at < 0 {
		return nil
	}
	asked := false
	for _, n := range c.Approvals {
		if n.Class != "policy" {
			continue
		}
		asked = true
		if have, _ := c.count(l, n, ""); have < int(n.Min) {
			_, apart := c.count(l, n, outside)
			_, other := c.count(l, n, otherTeam)
			return append(when(true, "%s changes %s: %d of %d approvals of class policy by %s", l, l.Paths[at], have, n.Min, strings.Join(n.From, ", ")), append(apart, other...)...)
		}
	}
	return when(!asked, "%s changes %s, and policy names nobody of class policy", l, l.Paths[at])
}

// Index lists every refusal by id, with the step that would help.
func Index() map[string]string {
	out := map[string]string{}
	for _, q := range questions {
		out[q.id] = q.step
	}
	return out
}
