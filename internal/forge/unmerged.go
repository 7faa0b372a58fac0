package forge

import (
	"context"
	"fmt"
	"net/url"
)

// Unmerged is a change request that waits to be merged.
type Unmerged struct {
	Number int
	Head   string // its last commit
}

// waiting are the change requests that are open.
type waiting interface {
	// unmerged gives those for a branch.
	unmerged(ctx context.Context, branch string) ([]Unmerged, error)
}

// Unmerged gives the change requests that wait to be merged into a branch.
func (f Forge) Unmerged(ctx context.Context, branch string) ([]Unmerged, error) {
	all, err := f.waiting.unmerged(ctx, branch)
	for _, q := range all {
		if q.Number < 1 || !isCommit(q.Head) {
			return nil, fmt.Errorf("open request %d: %w", q.Number, errShape)
		}
	}
	return all, err
}

// hubOpen is an open request as GitHub and Gitea list it (GitHub REST API 2022-11-28, "Pulls": list
// pull requests; Gitea 1.26, the same path, which takes the branch too).
type hubOpen struct {
	Number int `json:"number"`
	Base   struct {
		Ref string `json:"ref"`
	} `json:"base"`
	Head struct {
		SHA string `json:"sha"`
	} `json:"head"`
}

// of leaves out those for other branches: a forge that does not know the question answers with all.
func of(branch string, list []hubOpen) (out []Unmerged) {
	for _, q := range list {
		if q.Base.Ref == branch {
			out = append(out, Unmerged{q.Number, q.Head.SHA})
		}
	}
	return out
}

func (g hub) unmerged(ctx context.Context, branch string) ([]Unmerged, error) {
	list, err := looks[hubOpen](ctx, g.client, g.repo("/pulls?state=open&per_page=100&base=%s", url.QueryEscape(branch)))
	return of(branch, list), err
}

func (g tea) unmerged(ctx context.Context, branch string) ([]Unmerged, error) {
	list, err := teaPages[hubOpen](ctx, g.client, g.repo("/pulls")+"?state=open", 0)
	return of(branch, list), err
}

// unmerged asks GitLab (REST API, "Merge requests": list project merge requests). One whose
// branch has no commit has nothing planned for it.
func (g lab) unmerged(ctx context.Context, branch string) (out []Unmerged, err error) {
	list, err := looks[struct {
		Number int    `json:"iid"`
		Branch string `json:"target_branch"`
		Head   string `json:"sha,omitempty"`
	}](ctx, g.client, g.project("/merge_requests?state=opened&per_page=100&target_branch=%s", url.QueryEscape(branch)))
	for _, q := range list {
		if q.Branch == branch && q.Head != "" {
			out = append(out, Unmerged{q.Number, q.Head})
		}
	}
	return out, err
}
