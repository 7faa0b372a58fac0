package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"plumbline/internal/forge"
	"plumbline/internal/repo"
	"plumbline/internal/report"
)

// posting is what a verb says on the forge, beside what it prints.
type posting struct {
	may    []string // of comment, check, notice
	where  []string
	change int
}

func (p *posting) flags(c *cobra.Command, may ...string) {
	p.may = may
	c.Flags().StringSliceVar(&p.where, "post", nil, "say it on the forge too: "+strings.Join(may, ", ")+" (the forge is found from the job, or stands in runner.yaml)")
	if slices.Contains(may, "comment") {
		c.Flags().IntVar(&p.change, "pr", 0, "number of the pull request or merge request that a comment is for")
	}
}

func (p posting) asks(where string) bool { return slices.Contains(p.where, where) }

// check refuses what cannot be posted before anything is read.
func (p posting) check() error {
	for _, w := range p.where {
		if !slices.Contains(p.may, w) {
			return fmt.Errorf("--post %s: there are %s", w, strings.Join(p.may, " and "))
		}
	}
	if p.asks("comment") && p.change < 1 {
		return errors.New("--post comment needs the number of the pull request: --pr N")
	}
	return nil
}

// post says a page on the forge. A token that may not do so, as that of a job for a fork, is
// no failure: the page then goes to the summary of the job.
func (e *env) post(ctx context.Context, p posting, name, head string, page report.Page, s forge.State, quiet bool) error {
	if !p.asks("comment") && !p.asks("check") {
		return nil
	}
	f, err := e.forge()
	if err == nil {
		err = e.postTo(ctx, f, p, name, head, page, s, quiet)
	}
	if errors.Is(err, forge.ErrDenied) {
		fmt.Fprintf(e.err, "not posted: %v\n", err)
		return e.summary(page)
	}
	return err
}

func (e *env) postTo(ctx context.Context, f forge.Forge, p posting, name, head string, page report.Page, s forge.State, quiet bool) error {
	body, err := e.markdown(page)
	if err != nil {
		return err
	}
	say := forge.Say{Name: name, Body: body, State: s, Title: page.Title, Quiet: quiet}
	if p.asks("comment") {
		say.Change = p.change
	}
	if p.asks("check") {
		r, err := repo.Open(e.dir)
		if err != nil {
			return err
		}
		if head == "" {
			head = "HEAD"
		}
		if say.Commit, err = r.Resolve(head); err != nil {
			return err
		}
	}
	return f.Post(ctx, say)
}

// summary puts a page where the job shows one, if it does (GitHub, "Adding a job summary").
func (e *env) summary(page report.Page) error {
	file := os.Getenv("GITHUB_STEP_SUMMARY")
	if file == "" {
		return nil
	}
	out, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return nil //nolint:nilerr // a job without a summary loses nothing: the page was printed
	}
	return errors.Join(e.veil.page(out, "md", page), out.Close())
}

// jobs are the variables by which a job knows its forge. Gitea and Forgejo set the names of
// GitHub too.
var jobs = []struct{ sign, kind, api, project string }{
	{"GITEA_ACTIONS", "gitea", "GITHUB_API_URL", "GITHUB_REPOSITORY"},
	{"FORGEJO_ACTIONS", "gitea", "GITHUB_API_URL", "GITHUB_REPOSITORY"},
	{"GITHUB_ACTIONS", "github", "GITHUB_API_URL", "GITHUB_REPOSITORY"},
	{"GITLAB_CI", "gitlab", "CI_API_V4_URL", "CI_PROJECT_ID"},
}

// forge opens the forge that runner.yaml names, else the one whose job this is.
func (e *env) forge() (forge.Forge, error) {
	r, err := e.loadRunner()
	if err != nil {
		return forge.Forge{}, err
	}
	if c := r.Forge; c != nil {
		token, err := r.credential(c.Token.String())
		if err != nil {
			return forge.Forge{}, fmt.Errorf("the token of the forge: %w", err)
		}
		return forge.Open(c.Kind, c.API, c.Project, strings.TrimSpace(string(token)))
	}
	for _, job := range jobs {
		if os.Getenv(job.sign) == "true" {
			token := os.Getenv("PLUMBLINE_TOKEN")
			e.veil.login([]byte(token))
			return forge.Open(job.kind, os.Getenv(job.api), os.Getenv(job.project), token)
		}
	}
	return forge.Forge{}, fmt.Errorf("this is no job of a forge that plumbline knows (%s): name the forge in runner.yaml, with kind, api, project and token", strings.Join(forge.Kinds(), ", "))
}
