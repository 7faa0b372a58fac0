package forge

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"plumbline/internal/gate"
)

// Teams adds to a request who of some accounts is in which team, as the forge tells it now.
func (f Forge) Teams(ctx context.Context, q *gate.Request, teams []gate.Team, of []gate.Account) error {
	for _, t := range teams {
		m, id, err := f.team(ctx, t, of)
		if err != nil {
			return err
		}
		if id != q.Repository {
			return fmt.Errorf("request %d is of repository %d, and this is %d now: try again", q.Number, q.Repository, id)
		}
		q.Teams = append(q.Teams, m)
	}
	return nil
}

// Team gives a team by its name, with nobody in it.
func (f Forge) Team(ctx context.Context, t gate.Team) (gate.Members, error) {
	m, _, err := f.team(ctx, t, nil)
	return m, err
}

// team gives a team, and the number of the repository that it was asked beside.
func (f Forge) team(ctx context.Context, t gate.Team, of []gate.Account) (m gate.Members, id int64, err error) {
	m, err = f.evidence.team(ctx, string(t), of)
	switch {
	case errors.Is(err, ErrDenied):
		err = fmt.Errorf("%w: it needs %s", err, f.scope)
	case errors.Is(err, ErrGone):
		err = fmt.Errorf("%w, or the token does not see it: it needs %s", err, f.scope)
	}
	if err != nil {
		return m, 0, fmt.Errorf("who is in team %s cannot be read: %w", t, err)
	}
	id, home, err := f.evidence.home(ctx)
	if err != nil {
		return m, 0, err
	}
	m.Team, m.Home, m.Asked = t, home, []int64{}
	for _, one := range of {
		m.Asked = append(m.Asked, one.ID)
	}
	if m.In == nil {
		m.In = []gate.Member{}
	}
	strange := slices.ContainsFunc(m.In, func(one gate.Member) bool { return one.Account < 1 || !slices.Contains(m.Asked, one.Account) })
	if m.Number < 1 || m.Owner == "" || strange {
		return m, 0, fmt.Errorf("team %s: %w", t, errShape)
	}
	return m, id, nil
}

// errRenamed says that a forge gives a team under another name than it was asked for.
var errRenamed = errors.New("the forge gives it another name: write that one, as the forge spells it, into policy.yaml")

// home asks GitHub (REST API 2022-11-28, "Repositories": get a repository).
func (g hub) home(ctx context.Context) (int64, string, error) {
	r, err := look[struct {
		ID    int64 `json:"id"`
		Owner struct {
			ID   int64  `json:"id"`
			Type string `json:"type"`
		} `json:"owner"`
	}](ctx, g.client, g.repo(""))
	switch {
	case err != nil || r.Owner.Type == "User":
		return r.ID, "", err
	case r.Owner.Type != "Organization":
		return 0, "", fmt.Errorf("the owner of the repository is a %q: %w", r.Owner.Type, errShape)
	}
	return r.ID, strconv.FormatInt(r.Owner.ID, 10), nil
}

type hubTeam struct {
	ID   int64  `json:"id"`
	Slug string `json:"slug"`
	Org  struct {
		ID    int64  `json:"id"`
		Login string `json:"login"`
	} `json:"organization"`
}

// team asks GitHub (REST API 2022-11-28, "Teams": get a team by name, get team membership for a
// user). Members of teams below it are in it. A membership is told by name, so the team must be the
// same one afterwards, and the name still the account's.
func (g hub) team(ctx context.Context, name string, of []gate.Account) (m gate.Members, err error) {
	org, slug, _ := strings.Cut(name, "/")
	at := "/orgs/" + url.PathEscape(org) + "/teams/" + url.PathEscape(slug)
	t, err := look[hubTeam](ctx, g.client, at)
	if err == nil && (t.Slug != slug || t.Org.Login != org) {
		err = errRenamed
	}
	if err != nil {
		return m, err
	}
	m.Number, m.Owner = t.ID, strconv.FormatInt(t.Org.ID, 10)
	for _, u := range of {
		in, err := g.in(ctx, at, u)
		if err != nil {
			return m, err
		}
		if in {
			m.In = append(m.In, gate.Member{Account: u.ID})
		}
	}
	if after, err := look[hubTeam](ctx, g.client, at); err != nil || after != t {
		return m, errors.Join(err, errors.New("the team changed while it was read: try again"))
	}
	return m, nil
}

func (g hub) in(ctx context.Context, team string, u gate.Account) (bool, error) {
	m, err := look[struct {
		Role  string `json:"role"`
		State string `json:"state"`
	}](ctx, g.client, team+"/memberships/"+url.PathEscape(u.Login))
	switch {
	case errors.Is(err, ErrGone):
		return false, nil
	case err != nil:
		return false, err
	case m.Role != "member" && m.Role != "maintainer" || m.State != "active" && m.State != "pending":
		return false, fmt.Errorf("account %d is %q and %q in the team: %w", u.ID, m.Role, m.State, errShape)
	case m.State == "pending":
		return false, nil
	}
	now, err := look[hubUser](ctx, g.client, "/users/"+url.PathEscape(u.Login))
	if err == nil && now.ID != u.ID {
		err = fmt.Errorf("account %d is not %q any more: try again", u.ID, u.Login)
	}
	return true, err
}

// home asks Gitea. Numbers of people and of organizations are of one row.
func (g tea) home(ctx context.Context) (int64, string, error) {
	r, err := look[struct {
		ID    int64   `json:"id"`
		Owner teaUser `json:"owner"`
	}](ctx, g.client, g.repo(""))
	return r.ID, strconv.FormatInt(r.Owner.ID, 10), err
}

// team asks Gitea: the teams of an organization, the one by its number, and each account in it. It
// has no teams within teams.
func (g tea) team(ctx context.Context, name string, of []gate.Account) (m gate.Members, err error) {
	org, team, _ := strings.Cut(name, "/")
	type named struct {
		ID   int64  `json:"id"`
		Name string `json:"name"`
	}
	list, err := teaPages[named](ctx, g.client, "/orgs/"+url.PathEscape(org)+"/teams", 0)
	if err != nil {
		return m, err
	}
	at := slices.IndexFunc(list, func(t named) bool { return t.Name == team })
	if at < 0 {
		return m, fmt.Errorf("organization %s has no team of that name: %w", org, ErrGone)
	}
	path := fmt.Sprintf("/teams/%d", list[at].ID)
	t, err := look[struct {
		ID   int64  `json:"id"`
		Name string `json:"name"`
		Org  struct {
			ID   int64  `json:"id"`
			Name string `json:"name"`
		} `json:"organization"`
	}](ctx, g.client, path)
	if err == nil && (t.ID != list[at].ID || t.Name != team || t.Org.Name != org) {
		err = errRenamed
	}
	m.Number, m.Owner = t.ID, strconv.FormatInt(t.Org.ID, 10)
	for _, u := range of {
		if err != nil {
			return m, err
		}
		var is teaUser
		is, err = look[teaUser](ctx, g.client, path+"/members/"+url.PathEscape(u.Login))
		switch {
		case errors.Is(err, ErrGone):
			err = nil
		case err == nil && is.ID != u.ID:
			err = fmt.Errorf("account %d is not %q any more: try again", u.ID, u.Login)
		case err == nil:
			m.In = append(m.In, gate.Member{Account: u.ID})
		}
	}
	return m, err
}

// home asks GitLab (REST API, "Projects": a single project) for the group above all others that the
// project is in.
func (g lab) home(ctx context.Context) (int64, string, error) {
	p, err := look[struct {
		ID    int64 `json:"id"`
		Space struct {
			Kind string `json:"kind"`
			Path string `json:"full_path"`
		} `json:"namespace"`
	}](ctx, g.client, g.project(""))
	switch {
	case err != nil || p.Space.Kind == "user":
		return p.ID, "", err
	case p.Space.Kind != "group":
		return 0, "", fmt.Errorf("the project is in a %q: %w", p.Space.Kind, errShape)
	}
	return p.ID, top(p.Space.Path), nil
}

// top is the group above all others of a path.
func top(path string) string {
	out, _, _ := strings.Cut(path, "/")
	return out
}

// team asks GitLab (REST API, "Groups": a single group; "Members": get a member, including inherited
// and invited ones). Members of the groups above it are in it.
func (g lab) team(ctx context.Context, name string, of []gate.Account) (m gate.Members, err error) {
	t, err := look[struct {
		ID   int64  `json:"id"`
		Path string `json:"full_path"`
	}](ctx, g.client, "/groups/"+url.PathEscape(name)+"?with_projects=false")
	if err == nil && t.Path != name {
		err = errRenamed
	}
	m.Number, m.Owner = t.ID, top(t.Path)
	for _, u := range of {
		if err != nil {
			return m, err
		}
		var one gate.Member
		if one, err = g.in(ctx, t.ID, u.ID); one.Account != 0 {
			m.In = append(m.In, one)
		}
	}
	return m, err
}

// in gives somebody as a member of a group, active and a guest or more; else no account.
func (g lab) in(ctx context.Context, group, account int64) (out gate.Member, err error) {
	m, err := look[struct {
		ID      int64   `json:"id"`
		State   string  `json:"state"`
		Joined  string  `json:"membership_state,omitempty"` // of larger editions
		Level   int     `json:"access_level"`
		Expires *string `json:"expires_at" null:"yes"`
	}](ctx, g.client, fmt.Sprintf("/groups/%d/members/all/%d", group, account))
	if errors.Is(err, ErrGone) {
		return out, nil
	}
	active, known := map[string]bool{"active": true, "awaiting": false, "blocked": false, "deactivated": false, "banned": false, "ldap_blocked": false, "blocked_pending_approval": false}[m.State]
	switch {
	case err != nil:
		return out, err
	case m.ID != account || !known || m.Joined != "" && m.Joined != "active" && m.Joined != "awaiting":
		return out, fmt.Errorf("account %d is %q in the group: %w", account, m.State, errShape)
	case !active || m.Joined == "awaiting" || m.Level < 10:
		return out, nil
	}
	out.Account = account
	if m.Expires != nil {
		if out.Until, err = time.Parse(time.DateOnly, *m.Expires); err != nil {
			out.Until, err = time.Parse(time.RFC3339, *m.Expires)
		}
		if err != nil {
			return gate.Member{}, fmt.Errorf("when account %d leaves the group: %w", account, errShape)
		}
	}
	return out, nil
}
