package gate

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"plumbline/internal/diag"
	"plumbline/internal/strict"
)

// Members is a team of a forge and who of some accounts is in it, as the forge told when it was
// asked.
type Members struct {
	Team   Team     `json:"team"`
	Number int64    `json:"number"` // that the forge knows it by
	Owner  string   `json:"owner"`  // whose it is there: an organization, or the group above all
	Home   string   `json:"home"`   // whose the repository is, said in the same way
	Asked  []int64  `json:"asked"`  // accounts
	In     []Member `json:"in"`
}

// Member is an account that is in a team.
type Member struct {
	Account int64     `json:"account"`
	Until   time.Time `json:"until,omitzero"` // when that ends; zero: it does not
}

// Same tells whether it is the team that policy means: by its number, and of the organization that
// the repository is of.
func (m Members) Same(g Group) error {
	switch {
	case m.Number != g.Number:
		return fmt.Errorf("%s is number %d on the forge, and policy names %d", g.Team, m.Number, g.Number)
	case m.Owner == "" || m.Owner != m.Home:
		return fmt.Errorf("%s is of another organization than the repository", g.Team)
	}
	return nil
}

// holds tells why somebody does not count as of a team; "" where they do.
func (m Members) holds(account int64, now time.Time) string {
	if !slices.Contains(m.Asked, account) {
		return "the forge was not asked whether they are in"
	}
	at := slices.IndexFunc(m.In, func(one Member) bool { return one.Account == account })
	switch {
	case at < 0:
		return "the forge tells that they are not in"
	case !m.In[at].Until.IsZero() && !now.Before(m.In[at].Until):
		return fmt.Sprintf("since %s they are no longer in", m.In[at].Until.UTC().Format(time.RFC3339))
	}
	return ""
}

// teams gives the groups among names that are teams of the forge.
func (p Policy) teams(from []string) (out []Group) {
	for _, g := range p.Groups {
		if g.Team != "" && slices.Contains(from, g.Name) {
			out = append(out, g)
		}
	}
	return out
}

// possible gives the signers that may turn out to be meant: those of a team are told when a push is
// judged, and each of them has an account.
func (p Policy) possible(from []string) []string {
	out := p.members(from)
	for _, one := range p.People {
		if p.account(one) > 0 && len(p.teams(from)) > 0 && !slices.Contains(out, one.Signer) {
			out = append(out, one.Signer)
		}
	}
	return out
}

// AskTeams gives what a forge is to be asked about a landing: the teams whose word policy counts, and
// the accounts of those whose approval counts if they are in one.
func (p Policy) AskTeams(l Landing) (teams []Team, of []Account) {
	if p.Forge == nil || l.Request == nil || l.Request.Forge != p.Forge.Kind {
		return nil, nil
	}
	for _, n := range p.Approvals {
		for _, g := range p.teams(n.From) {
			if !slices.Contains(teams, g.Team) {
				teams = append(teams, g.Team)
			}
		}
	}
	hands, last := append(l.Request.hands(p), l.Hands...), l.Request.last()
	for _, id := range sortedKeys(last) {
		r, who := last[id], p.who(id)
		if who != "" && !slices.Contains(hands, who) && r.Says == Approves && r.Commit == l.Head && r.weakness() == "" {
			of = append(of, r.By)
		}
	}
	if len(teams) == 0 || len(of) == 0 {
		return nil, nil
	}
	return teams, of
}

// inTeam tells why an approval of somebody counts for no team of a need: the reason, and how it is
// told. No reason: they are in one.
func (c court) inTeam(l Landing, n Need, v Verdict) (reason, text string) {
	reason = foreign
	for _, g := range c.teams(n.From) {
		why, is := c.apart(l, g, v)
		if why == "" {
			return "", ""
		}
		if reason != otherTeam { // what is wrong with a team is told before who is not in another
			reason, text = is, fmt.Sprintf("%s: the approval of %s does not count as one of %s: %s", l, v.Who, g.Name, why)
		}
	}
	return reason, text
}

// apart tells why an approval is not one of a team; "" where it is.
func (c court) apart(l Landing, g Group, v Verdict) (why, reason string) {
	if v.account == 0 {
		return fmt.Sprintf("%s is a team of the forge, and a signed statement tells of no account there", g.Team), outside
	}
	at := slices.IndexFunc(l.Request.Teams, func(m Members) bool { return m.Team == g.Team })
	if at < 0 {
		return fmt.Sprintf("the forge was not asked whether they are in %s", g.Team), outside
	}
	m := l.Request.Teams[at]
	if err := m.Same(g); err != nil {
		return err.Error(), otherTeam
	}
	if why = m.holds(v.account, c.Now); why != "" {
		why += fmt.Sprintf(" %s (number %d)", g.Team, g.Number)
	}
	return why, outside
}

// Told says of each team that a forge was asked about who was in it, and who was not.
func (e Evidence) Told(p Policy) (out []string) {
	for _, l := range e.Landings {
		if l.Request == nil {
			continue
		}
		for _, m := range l.Request.Teams {
			var in, not []string
			for _, account := range m.Asked {
				if m.holds(account, e.Now) == "" {
					in = append(in, p.who(account))
				} else {
					not = append(not, p.who(account))
				}
			}
			text := fmt.Sprintf("%s told of team %s (number %d) that %s", l.Request.Forge, m.Team, m.Number, told("in", in))
			if len(not) > 0 {
				text += ", and " + told("not in", not)
			}
			out = append(out, text)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func told(where string, who []string) string {
	switch len(who) {
	case 0:
		return "nobody of those who approved is " + where
	case 1:
		return who[0] + " is " + where
	}
	return strings.Join(who, ", ") + " are " + where
}

// ambiguous tells whether the name of a group is also that of a person or of another group.
func (p *Policy) ambiguous(g *Group) bool {
	n := 0
	for i := range p.Groups {
		if p.Groups[i].Name == g.Name {
			n++
		}
	}
	return n > 1 || slices.ContainsFunc(p.People, func(o Person) bool { return o.Name == g.Name })
}

// checkTeam holds that a group is of people or a team, and that the forge can be asked about it.
func (p *Policy) checkTeam(g *Group, src *strict.Source, ds *diag.List) {
	at := src.At(&g.Name)
	if g.Team != "" {
		at = src.At(&g.Team)
	}
	switch orgs := p.Forge == nil || p.Forge.Kind != "gitlab"; {
	case (g.Team == "") == (g.People == nil):
		ds.Failf(at, "policy/people-or-team", "group %q wants either people or a team", g.Name)
	case g.Team == "" && g.Number != 0:
		ds.Failf(src.At(&g.Number), "policy/people-or-team", "group %q has a number and is no team", g.Name).Hint = "take number out"
	case g.Team == "":
	case p.Forge == nil:
		ds.Failf(at, "policy/team-without-forge", "who is in team %s is told by a forge, and policy names none", g.Team).
			Hint = "name the forge (forge:), or name the people (people:): signed statements tell of no team"
	case orgs && strings.Count(string(g.Team), "/") != 1:
		ds.Failf(at, "policy/team", "want ORGANIZATION/TEAM, have %q", g.Team)
	case p.ambiguous(g):
		ds.Failf(src.At(&g.Name), "policy/group-twice", "%q is team %s, and somebody or another group too: they would count without being in it", g.Name, g.Team).
			Hint = "give the team a name of its own"
	case g.Number < 1:
		ds.Failf(at, "policy/team", "the number of team %s is not said: whoever makes the name anew would decide", g.Team).
			Hint = fmt.Sprintf("plumbline doctor --team %s prints it", g.Team)
	}
}
