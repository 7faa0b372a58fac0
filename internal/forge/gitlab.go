package forge

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

// gitlab is gitlab.com or a server of one's own: base ends in /api/v4 (GitLab REST API:
// "Notes", "Commits: set the pipeline status"). A note holds 1,000,000 characters.
func gitlab(c client) Forge {
	c.header = [2]string{"PRIVATE-TOKEN", ""}
	g := lab{c}
	return Forge{comments: g, statuses: g, notices: g, most: 1_000_000}
}

type lab struct{ client }

type labNote struct {
	ID     int64   `json:"id"`
	Body   string  `json:"body"`
	System bool    `json:"system"`
	Author hubUser `json:"author"`
}

func (g lab) project(format string, args ...any) string {
	return "/projects/" + url.PathEscape(g.client.project) + fmt.Sprintf(format, args...)
}

func (g lab) me(ctx context.Context) (string, error) {
	var u hubUser
	_, err := g.do(ctx, http.MethodGet, "/user", nil, &u)
	if err == nil && u.ID == 0 {
		err = fmt.Errorf("the forge does not say who we are")
	}
	return strconv.FormatInt(u.ID, 10), err
}

func (g lab) list(ctx context.Context, change int) (out []comment, err error) {
	found, err := all[labNote](ctx, g.client, g.project("/merge_requests/%d/notes?per_page=100&sort=asc&order_by=created_at", change))
	for _, n := range found {
		if !n.System {
			out = append(out, comment{strconv.FormatInt(n.ID, 10), strconv.FormatInt(n.Author.ID, 10), n.Body})
		}
	}
	return out, err
}

func (g lab) write(ctx context.Context, change int, id, body string) error {
	method, path := http.MethodPost, g.project("/merge_requests/%d/notes", change)
	if id != "" {
		method, path = http.MethodPut, path+"/"+url.PathEscape(id)
	}
	_, err := g.do(ctx, method, path, map[string]string{"body": body}, nil)
	return err
}

// set tells in GitLab's words: there is no state between failed and success.
func (g lab) set(ctx context.Context, commit, name string, s State, title string) error {
	state := "failed"
	if s == Success {
		state = "success"
	}
	_, err := g.do(ctx, http.MethodPost, g.project("/statuses/%s", url.PathEscape(commit)),
		map[string]string{"state": state, "name": name, "description": title}, nil)
	return err
}
