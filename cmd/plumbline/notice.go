package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"plumbline/internal/drift"
	"plumbline/internal/forge"
	"plumbline/internal/repo"
	"plumbline/internal/report"
)

// driftRef is where a run leaves for the next one what it found.
const driftRef = "drift"

// keptDrift is what stands there. It is proved by nothing, since nothing is decided by it.
type keptDrift struct {
	Schema string     `json:"schema"`
	Notice int        `json:"notice"` // the issue that is open about it; 0: none
	Seen   drift.Seen `json:"seen"`
}

// keepDrift notes on the page since when each device is as it is, tells what is new on the
// forge where that is asked for, and keeps both for the next run. It tells first: what was
// told and not kept is told again, and the other way round it would be lost.
func (e *env) keepDrift(ctx context.Context, fs []drift.Finding, p *report.Page, notice bool) error {
	r, err := repo.Open(e.dir)
	if err != nil {
		return err
	}
	kept, err := readDrift(r)
	if err != nil {
		return err
	}
	var fresh []string
	kept.Seen, fresh = kept.Seen.Update(fs, e.now())
	for i := range p.Sections {
		if s, ok := kept.Seen[p.Sections[i].Head]; ok {
			p.Sections[i].Notes = append([]string{"since " + s.First.Format("2006-01-02 15:04 MST")}, p.Sections[i].Notes...)
		}
	}
	var told error
	if notice {
		kept.Notice, told = e.notify(ctx, kept, fresh, *p)
	}
	if told != nil && len(fresh) > 0 { // it is to be news for the next run too
		return told
	}
	text, err := json.Marshal(kept)
	if err != nil {
		return err
	}
	return errors.Join(told, r.Put(driftRef, text))
}

func readDrift(r *repo.Repo) (keptDrift, error) {
	kept := keptDrift{Schema: "plumbline.dev/drift/v1", Seen: drift.Seen{}}
	text, err := r.Get(driftRef)
	if errors.Is(err, repo.ErrNone) {
		return kept, nil
	}
	if err != nil {
		return kept, err
	}
	if json.Unmarshal(text, &kept) != nil || kept.Schema != "plumbline.dev/drift/v1" || kept.Notice < 0 {
		return kept, errors.New("refs/plumbline/drift holds nothing that this version kept: delete it (git update-ref -d refs/plumbline/drift), and all drift is told as new")
	}
	if kept.Seen == nil {
		kept.Seen = drift.Seen{}
	}
	return kept, nil
}

// notify says on the forge what is to be known now, and calls people only for what is new.
func (e *env) notify(ctx context.Context, kept keptDrift, fresh []string, p report.Page) (int, error) {
	f, err := e.forge()
	if err != nil {
		return kept.Notice, err
	}
	body, err := e.markdown(only(p, func(s report.Section) bool { return s.State != string(drift.OK) }))
	if err != nil {
		return kept.Notice, err
	}
	n := forge.Notice{Number: kept.Notice, Title: "The network is not as it was deployed", Body: body, Over: len(kept.Seen) == 0}
	if len(fresh) > 0 {
		news := only(p, func(s report.Section) bool { return slices.Contains(fresh, s.Head) })
		news.Title, news.Facts = "New: "+strings.Join(fresh[:min(len(fresh), 20)], ", "), nil
		if len(fresh) > 20 {
			news.Title += fmt.Sprintf(" and %d more", len(fresh)-20)
		}
		if n.News, err = e.markdown(news); err != nil {
			return kept.Notice, err
		}
	}
	return f.Notice(ctx, n)
}

// only is a page with some of its sections.
func only(p report.Page, keep func(report.Section) bool) report.Page {
	p.Sections = slices.DeleteFunc(slices.Clone(p.Sections), func(s report.Section) bool { return !keep(s) })
	return p
}

func (e *env) markdown(p report.Page) (string, error) {
	var b bytes.Buffer
	err := e.veil.page(&b, "md", p)
	return b.String(), err
}

// driftState is what a drift report is for a forge.
func driftState(verdict error) forge.State {
	switch {
	case errors.Is(verdict, errIncomplete):
		return forge.Trouble
	case verdict != nil:
		return forge.Failure
	}
	return forge.Success
}
