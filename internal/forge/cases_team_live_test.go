//go:build gitea

package forge_test

import (
	"fmt"

	"plumbline/internal/forge"
	"plumbline/internal/lab/gitea"
)

// teamCases is what people do where policy counts a team, in which Bob is. Eve stands in policy, may
// write to the repository, and is not in it.
var teamCases = []teamCase{
	{liveCase{"team member", func(w *world) { w.approve("bob"); w.merge("merge") }, ""}, "OWN/ops"},
	{liveCase{"outside the team", func(w *world) { w.approve("eve"); w.merge("merge") }, "gate/not-in-team"}, "OWN/ops"},
	{liveCase{"taken out of the team", func(w *world) {
		w.approve("bob")
		w.merge("squash")
		w.member("DELETE", "bob")
	}, "gate/not-in-team"}, "OWN/ops"},
	{liveCase{"team made anew", func(w *world) {
		w.approve("bob")
		w.merge("merge")
		w.s.Ask(gitea.Admin, "DELETE", fmt.Sprintf("/teams/%d", w.team), nil, nil, 204)
		w.s.Ask(gitea.Admin, "POST", "/orgs/acme-team-made-anew/teams", opsTeam, &w.made, 201)
		w.s.Ask(gitea.Admin, "PUT", fmt.Sprintf("/teams/%d/members/bob", w.made.ID), nil, nil, 204)
	}, "gate/other-team"}, "OWN/ops"},
	{liveCase{"team of another organization", func(w *world) { w.approve("bob"); w.merge("merge") }, "gate/other-team"}, "elsewhere/ops"},
	{liveCase{"put back into the team", func(w *world) {
		w.member("DELETE", "bob")
		w.approve("bob")
		w.merge("merge")
		w.member("PUT", "bob")
	}, ""}, "OWN/ops"},
	{liveCase{"own approval in the team", func(w *world) {
		w.commit("bob", map[string]string{"intent/a.yaml": "a: 3\n"})
		w.push("bob", "f")
		w.show()
		w.approve("bob")
		w.merge("merge")
	}, "gate/self-approval"}, "OWN/ops"},
	{liveCase{"stale approval in the team", func(w *world) {
		w.approve("bob")
		w.commit("ann", map[string]string{"intent/a.yaml": "a: evil\n"})
		w.push("ann", "f")
		w.show()
		w.merge("merge")
	}, "gate/stale-approval"}, "OWN/ops"},
	{liveCase{"team renamed", func(w *world) {
		w.approve("bob")
		w.merge("merge")
		w.s.Ask(gitea.Admin, "PATCH", fmt.Sprintf("/teams/%d", w.team), map[string]any{"name": "opsx", "permission": "write", "units": opsTeam["units"]}, nil, 200)
	}, "unread: organization acme-team-renamed has no team of that name"}, "OWN/ops"},
	{liveCase{"token without organizations", func(w *world) {
		w.approve("bob")
		w.merge("merge")
		var err error
		if w.forge, err = forge.Open("gitea", w.s.URL+"/api/v1", w.project, w.s.NewToken(gitea.Admin, "read:repository", "read:issue")); err != nil {
			w.Fatal(err)
		}
	}, "unread: it needs read:organization"}, "OWN/ops"},
	{liveCase{"token of somebody in no team", func(w *world) {
		w.approve("bob")
		w.merge("merge")
		w.ask(gitea.Admin, "PUT", "/collaborators/mal", map[string]any{"permission": "admin"}, nil, 204)
		var err error
		if w.forge, err = forge.Open("gitea", w.s.URL+"/api/v1", w.project, w.s.NewToken("mal", "read:repository", "read:issue", "read:organization")); err != nil {
			w.Fatal(err)
		}
	}, "unread: it needs read:organization, of an owner"}, "OWN/ops"},
}

// member puts somebody into the team or takes them out.
func (w *world) member(method, user string) {
	w.Helper()
	w.s.Ask(gitea.Admin, method, fmt.Sprintf("/teams/%d/members/%s", w.team, user), nil, nil, 204)
}
